"""What the wallets of telephones need of us: Apple's certificates and Google's service account, read once.

A wallet that is not configured does not exist: no button, and its addresses are not found.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import NameOID
from flask import Flask, current_app

from events.core.settings import Settings, SettingsError

SOON: Final = timedelta(days=30)
"""So long before its end a certificate is spoken of."""

SigningKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Apple:
    """Who signs a pass, and the certificate of Apple's that stands between that one and Apple's root."""

    pass_type_id: str
    team_id: str
    certificate: x509.Certificate
    key: SigningKey
    intermediate: x509.Certificate

    @property
    def ends_at(self) -> datetime:
        """From then on telephones refuse what is signed."""
        return min(self.certificate.not_valid_after_utc, self.intermediate.not_valid_after_utc)


@dataclass(frozen=True)
class Google:
    """The account that signs a link to save a ticket."""

    issuer_id: str
    email: str
    key: rsa.RSAPrivateKey


@dataclass(frozen=True)
class Wallets:
    """Those that are configured."""

    apple: Apple | None = None
    google: Google | None = None

    def offers_apple(self, moment: datetime) -> bool:
        """Whether a pass signed now would be taken."""
        return self.apple is not None and moment < self.apple.ends_at


def init_app(app: Flask, settings: Settings) -> None:
    """Read the files once. What is wrong with them stops `serve` and `work` and is told by `check`, nothing else."""
    try:
        app.extensions["wallets"] = read(settings)
    except SettingsError:
        app.extensions["wallets"] = Wallets()


def current() -> Wallets:
    """The wallets of this application."""
    found: Wallets = current_app.extensions["wallets"]
    return found


def read(settings: Settings) -> Wallets:
    """The wallets as they are configured. Raises SettingsError for a file that does not hold what it should."""
    apple = _apple(settings) if settings.apple_pass_certificate else None
    google = _google(settings) if settings.google_wallet_service_account else None
    return Wallets(apple, google)


def worries(wallets: Wallets, moment: datetime) -> Iterator[str]:
    """Certificates that have ended or soon will, in sentences."""
    for name in ("certificate", "intermediate") if wallets.apple else ():
        ends = getattr(wallets.apple, name).not_valid_after_utc
        setting = {"certificate": "APPLE_PASS_CERTIFICATE", "intermediate": "APPLE_WWDR_CERTIFICATE"}[name]
        if ends <= moment:
            yield f"{setting} ended on {ends:%Y-%m-%d}: no pass is offered until it is renewed."
        elif ends <= moment + SOON:
            yield f"{setting} ends on {ends:%Y-%m-%d}: renew it before."


def _apple(settings: Settings) -> Apple:
    certificate = _certificate("APPLE_PASS_CERTIFICATE", settings.apple_pass_certificate)
    key = _key("APPLE_PASS_KEY", settings.apple_pass_key, settings.apple_pass_key_password)
    intermediate = _certificate("APPLE_WWDR_CERTIFICATE", settings.apple_wwdr_certificate)
    if key.public_key() != certificate.public_key():
        raise SettingsError(
            "APPLE_PASS_KEY is not the key of APPLE_PASS_CERTIFICATE: give the pair that belongs together."
        )
    if certificate.issuer != intermediate.subject:
        raise SettingsError(
            "APPLE_WWDR_CERTIFICATE did not issue APPLE_PASS_CERTIFICATE: take the one Apple names there."
        )
    for setting, oid, given in (
        ("APPLE_PASS_TYPE_ID", NameOID.USER_ID, settings.apple_pass_type_id),
        ("APPLE_TEAM_ID", NameOID.ORGANIZATIONAL_UNIT_NAME, settings.apple_team_id),
    ):
        named = [str(one.value) for one in certificate.subject.get_attributes_for_oid(oid)]
        if named and given not in named:
            raise SettingsError(f"{setting} is not what APPLE_PASS_CERTIFICATE says: it names {named[0]}.")
    return Apple(settings.apple_pass_type_id, settings.apple_team_id, certificate, key, intermediate)


def _google(settings: Settings) -> Google:
    setting = "GOOGLE_WALLET_SERVICE_ACCOUNT"
    try:
        account = json.loads(_file(setting, settings.google_wallet_service_account))
        key = load_pem_private_key(account["private_key"].encode(), None)
        email = str(account["client_email"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SettingsError(f"{setting} is not the JSON key of a service account: download it again.") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise SettingsError(f"{setting} has no RSA key: download it again.")
    return Google(settings.google_wallet_issuer_id, email, key)


def _certificate(setting: str, path: str) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(_file(setting, path))
    except ValueError as error:
        raise SettingsError(f"{setting} is no certificate in PEM: docs/running.md says how to make one.") from error


def _key(setting: str, path: str, password: str) -> SigningKey:
    try:
        key = load_pem_private_key(_file(setting, path), password.encode() or None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{setting} is no key in PEM, or APPLE_PASS_KEY_PASSWORD does not open it.") from error
    if not isinstance(key, SigningKey):
        raise SettingsError(f"{setting} is neither an RSA key nor one of an elliptic curve.")
    return key


def _file(setting: str, path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise SettingsError(f"{setting} cannot be read at {path}: {error.strerror}.") from error
