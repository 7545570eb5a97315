"""An authority of our own in Apple's place, and a service account in Google's: keys and files for tests."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PASS_TYPE, TEAM, ISSUER = "pass.org.example.tickets", "TEAM123456", "3388000000001"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key


def issue(name: str, issuer: Issued | None, key: Key, days: int = 90, team: str = TEAM) -> Issued:
    """A certificate of this name, by `issuer` or by itself; an authority, if its key is one of a curve."""
    now = datetime.now(UTC)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.USER_ID, name),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, team),
        ]
    )
    authority = isinstance(key, ec.EllipticCurvePrivateKey)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(issuer.key if issuer else key, SHA256())
    )
    return Issued(made, key)


def apple(folder: Path, days: int = 90, password: str = "") -> dict[str, str]:
    """Settings of Apple's wallet, their files in `folder`; `root.pem` there is who is trusted."""
    root = issue("Root", None, ec.generate_private_key(ec.SECP256R1()))
    between = issue("Between", root, ec.generate_private_key(ec.SECP256R1()))
    signer = issue(PASS_TYPE, between, rsa.generate_private_key(65537, 2048), days)
    lock = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    for name, one in (("root", root), ("between", between), ("pass", signer)):
        (folder / f"{name}.pem").write_bytes(one.certificate.public_bytes(Encoding.PEM))
    (folder / "pass.key").write_bytes(signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return {
        "APPLE_PASS_CERTIFICATE": str(folder / "pass.pem"),
        "APPLE_PASS_KEY": str(folder / "pass.key"),
        "APPLE_PASS_KEY_PASSWORD": password,
        "APPLE_WWDR_CERTIFICATE": str(folder / "between.pem"),
        "APPLE_PASS_TYPE_ID": PASS_TYPE,
        "APPLE_TEAM_ID": TEAM,
    }


def google(folder: Path) -> tuple[dict[str, str], rsa.RSAPublicKey]:
    """Settings of Google's wallet, and the key that what is signed is checked with."""
    key = rsa.generate_private_key(65537, 2048)
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    account = {"type": "service_account", "client_email": "tickets@project.example", "private_key": written}
    (folder / "account.json").write_text(json.dumps(account), encoding="utf-8")
    settings = {
        "GOOGLE_WALLET_SERVICE_ACCOUNT": str(folder / "account.json"),
        "GOOGLE_WALLET_ISSUER_ID": ISSUER,
    }
    return settings, key.public_key()


def as_apple_sends_them(folder: Path) -> None:
    """A pass certificate and an authority's, in DER, under the names they have when they are downloaded."""
    between = issue("Between", None, ec.generate_private_key(ec.SECP256R1()))
    signer = issue(PASS_TYPE, between, ec.generate_private_key(ec.SECP256R1()))
    for name, one in (("AppleWWDRCAG4.cer", between), ("pass.cer", signer)):
        (folder / name).write_bytes(one.certificate.public_bytes(Encoding.DER))


def of_a_server(folder: Path, names: list[str], days: int = 90) -> tuple[Path, Path]:
    """A web server's certificate for names and addresses, by itself, and its key: server.pem, server.key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    known = [x509.IPAddress(ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(known), critical=False)
        .sign(key, SHA256())
    )
    certificate, locked = folder / "server.pem", folder / "server.key"
    certificate.write_bytes(made.public_bytes(Encoding.PEM))
    locked.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, locked
