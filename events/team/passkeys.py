"""Passkeys: a key pair whose private half stays on the person's device, opened there by finger, face or PIN.

A challenge is drawn by the edge and kept in the browser's signed cookie. It is spent by using the passkey: an answer
counts only if its challenge was drawn after the last use, so the same answer never counts twice.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import current_app
from sqlalchemy import delete, or_, select, update
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json_dict
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from events.core import clock
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team.models import Account, Passkey

MOST = 10
"""Passkeys of one account."""
LONGEST_NAME = 60
_HOUSE = "Bonsoir"
_REQUIRED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Challenge:
    """What a device must sign, and since when it waits."""

    value: bytes
    drawn_at: datetime


@dataclass(frozen=True)
class Site:
    """What a passkey is bound to: the host of the public address, and the whole of it."""

    host: str
    origin: str


def site() -> Site:
    """Of PUBLIC_URL."""
    address = urlsplit(current_app.config["PUBLIC_URL"])
    return Site(address.hostname or "", f"{address.scheme}://{address.netloc}")


def is_possible() -> bool:
    """Whether browsers make passkeys for our address: it needs a name, a number will not do."""
    try:
        ip_address(site().host)
    except ValueError:
        return True
    return False


def of_account(account_id: int) -> Sequence[Passkey]:
    """The account's passkeys, oldest first."""
    return db.session.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.id)).all()


def to_make(account: Account, challenge: bytes) -> dict[str, Any]:
    """What a browser needs to make a passkey, as JSON: one that can be chosen without typing an address."""
    options = webauthn.generate_registration_options(
        rp_id=site().host,
        rp_name=_HOUSE,
        user_id=_handle(account.id),
        user_name=account.email,
        user_display_name=account.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=[_named(one) for one in of_account(account.id)],
    )
    return options_to_json_dict(options)


def to_use(account_id: int | None, challenge: bytes) -> dict[str, Any]:
    """What a browser needs to use one, as JSON; of this account alone, or (None) whichever the person chooses."""
    own = [_named(one) for one in of_account(account_id)] if account_id else []
    options = webauthn.generate_authentication_options(
        rp_id=site().host, challenge=challenge, allow_credentials=own, user_verification=_REQUIRED
    )
    return options_to_json_dict(options)


def add(account: Account, answer: str, challenge: Challenge | None, name: str) -> None:
    """Keep the passkey that a browser has made. Raises Refusal: too_many, bad_passkey."""
    if len(of_account(account.id)) >= MOST:
        raise Refusal("too_many", _("There are ten passkeys already: remove one first."))
    if challenge is None:
        raise _unfit()
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=site().host,
            expected_origin=site().origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise _unfit() from error
    row = {
        "account_id": account.id,
        "credential_id": bytes_to_base64url(made.credential_id),
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "name": name[:LONGEST_NAME],
        "created_at": clock.now(),
    }
    if not insert_once(Passkey, row, ["credential_id"]):
        raise _unfit()


def use(answer: str, challenge: Challenge | None) -> Account | None:
    """The account that a browser's answer proves, or None: unknown, forged, used before, or of another site."""
    passkey = _find(answer)
    if passkey is None or challenge is None:
        return None
    try:
        shown = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge.value,
            expected_rp_id=site().host,
            expected_origin=site().origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return passkey.account if _spend(passkey.id, challenge, shown.new_sign_count) else None


def remove(account_id: int, passkey_id: int) -> bool:
    """Forget one of the account's; False when there is no such."""
    return bool(changed(delete(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == account_id)))


def _spend(passkey_id: int, challenge: Challenge, count: int) -> bool:
    """First come, first served. A count that does not rise tells of a copied key; many devices always say nought."""
    rises = (Passkey.sign_count < count) if count else (Passkey.sign_count == 0)
    unspent = or_(Passkey.used_at.is_(None), Passkey.used_at < challenge.drawn_at)
    mine = update(Passkey).where(Passkey.id == passkey_id, rises, unspent)
    return bool(changed(mine.values(sign_count=count, used_at=clock.now())))


def _find(answer: str) -> Passkey | None:
    try:
        told = json.loads(answer)
        name, handle = told["id"], told["response"].get("userHandle")
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if not isinstance(name, str) or not isinstance(handle, str | None):
        return None
    passkey = db.session.scalars(select(Passkey).where(Passkey.credential_id == name)).first()
    if passkey is None or handle not in (None, bytes_to_base64url(_handle(passkey.account_id))):
        return None
    return passkey


def _handle(account_id: int) -> bytes:
    """How a device names the account: says nothing about the person."""
    return f"account:{account_id}".encode()


def _named(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))


def _unfit() -> Refusal:
    return Refusal("bad_passkey", _("This passkey could not be kept. Please try once more."))
