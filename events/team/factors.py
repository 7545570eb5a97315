"""The second factor: an authenticator app, and printed codes for the day on which it is lost. Tries are limited.

An app's secret must be read to check a code, so it is sealed under a key made from the service's own secret: with a
copy of the database alone nobody reads it. Printed codes have 120 random bits and are kept as digests.
"""

import base64
import re
from datetime import timedelta

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Exists, delete, exists, func, select, update

from events.core import clock, tokens
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team.models import (
    Account,
    Authenticator,
    Membership,
    Passkey,
    RecoveryCode,
    SecondFactorRule,
    WrongProof,
)
from events.team.sessions import RULED

CODES = 10
"""Printed codes made at a time."""
MOST_WRONG = 10
"""Codes that may be wrong within PATIENCE; then none is read, not even the right one."""
PATIENCE = timedelta(minutes=15)
_LENGTH = 24
_STEP = 30
_NONCE = 12


def is_required(organisation_id: int) -> bool:
    """Whether the organisation wants more than a letter from those who move money."""
    return bool(db.session.scalar(select(exists().where(SecondFactorRule.organisation_id == organisation_id))))


def require(organisation_id: int, wanted: bool, account_id: int) -> None:
    """Want it from now on, or not any more; `account_id` decides."""
    if wanted:
        row = {"organisation_id": organisation_id, "since": clock.now(), "account_id": account_id}
        insert_once(SecondFactorRule, row, ["organisation_id"])
    else:
        changed(delete(SecondFactorRule).where(SecondFactorRule.organisation_id == organisation_id))


def find_app(account_id: int) -> Authenticator | None:
    """The account's authenticator app, if one is set up (`confirmed_at`) or being set up."""
    return db.session.scalars(select(Authenticator).where(Authenticator.account_id == account_id)).first()


def has_app(account_id: int) -> bool:
    """Whether codes of an app count for the account."""
    app = find_app(account_id)
    return app is not None and app.confirmed_at is not None


def is_asked(account_id: int) -> bool:
    """Whether a letter alone does not sign this account in: it has an app, or a passkey and a strict organisation."""
    return has_app(account_id) or bool(db.session.scalar(select(_has_passkey(account_id) & _is_ruled(account_id))))


def begin_app(account_id: int) -> None:
    """Draw the secret of a new app; an unfinished one before it is forgotten. Raises Refusal when one is in use."""
    if has_app(account_id):
        raise Refusal("has_app", _("An authenticator app is set up already: remove it first."))
    db.session.execute(delete(Authenticator).where(Authenticator.account_id == account_id))
    sealed = _seal(account_id, tokens.new_secret())
    db.session.add(Authenticator(account_id=account_id, sealed=sealed, created_at=clock.now()))


def secret_of(app: Authenticator) -> str:
    """What a person types into the app where no camera is at hand. Raises Refusal when SECRET_KEY has changed since."""
    try:
        return base64.b32encode(_unseal(app)).decode("ascii")
    except InvalidTag as error:
        raise Refusal("lost_app", _("This app must be set up anew.")) from error


def address_of(app: Authenticator, email: str) -> str:
    """The otpauth:// address that the app reads from a QR symbol."""
    return str(pyotp.TOTP(secret_of(app)).provisioning_uri(name=email, issuer_name="Bonsoir"))


def confirm_app(account_id: int, typed: str) -> bool:
    """Whether the app shows what it should; from then on its codes count."""
    if not _fits(account_id, typed, confirmed=False):
        return False
    changed(update(Authenticator).where(Authenticator.account_id == account_id).values(confirmed_at=clock.now()))
    return True


def remove_app(account_id: int) -> None:
    """Forget the app, and the printed codes that stood in for it."""
    db.session.execute(delete(Authenticator).where(Authenticator.account_id == account_id))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def new_codes(account_id: int) -> list[str]:
    """Ten printed codes, shown this once; those before are worth nothing any more."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [tokens.new_reference(_LENGTH) for _number in range(CODES)]
    for code in codes:
        digest = _digest(account_id, code)
        db.session.add(RecoveryCode(account_id=account_id, digest=digest, created_at=clock.now()))
    return ["-".join(code[at : at + 4] for at in range(0, _LENGTH, 4)) for code in codes]


def codes_left(account_id: int) -> int:
    """How many printed codes are still good."""
    good = (RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*good)) or 0


def check(account_id: int, typed: str) -> bool:
    """Whether this is a code of the app or a printed one; each counts once. Commit either way: wrong ones are counted.

    Raises Refusal too_many_tries. The account's row is locked, so that many at once cannot pass the limit.
    """
    db.session.get_one(Account, account_id, with_for_update=True)
    changed(delete(WrongProof).where(WrongProof.account_id == account_id, WrongProof.at <= clock.now() - PATIENCE))
    wrong = select(func.count()).where(WrongProof.account_id == account_id)
    if (db.session.scalar(wrong) or 0) >= MOST_WRONG:
        raise Refusal("too_many_tries", _("Too many codes were wrong. Please wait a quarter of an hour."), status=429)
    code = re.sub(r"[\s-]", "", typed).upper()
    if _use_printed(account_id, code) or _fits(account_id, code, confirmed=True):
        return True
    db.session.add(WrongProof(account_id=account_id, at=clock.now()))
    return False


def _fits(account_id: int, code: str, *, confirmed: bool) -> bool:
    """This half minute's code, the one before or the next, for clocks differ; none a second time, nor an older one."""
    app = find_app(account_id)
    if app is None or (app.confirmed_at is not None) is not confirmed or not re.fullmatch(r"[0-9]{6}", code):
        return False
    totp, now = pyotp.TOTP(secret_of(app)), int(clock.now().timestamp()) // _STEP
    fitting = [step for step in (now - 1, now, now + 1) if tokens.same(totp.generate_otp(step), code)]
    mine = update(Authenticator).where(Authenticator.id == app.id, Authenticator.last_step < max(fitting, default=0))
    return bool(changed(mine.values(last_step=max(fitting, default=0))))


def _use_printed(account_id: int, code: str) -> bool:
    mine = update(RecoveryCode).where(RecoveryCode.digest == _digest(account_id, code), RecoveryCode.used_at.is_(None))
    return bool(changed(mine.values(used_at=clock.now())))


def _digest(account_id: int, code: str) -> str:
    return tokens.digest(f"recovery:{account_id}:{code}")


def _has_passkey(account_id: int) -> Exists:
    return exists().where(Passkey.account_id == account_id)


def _is_ruled(account_id: int) -> Exists:
    held = (Membership.account_id == account_id, Membership.role.in_(RULED))
    return exists().where(*held, SecondFactorRule.organisation_id == Membership.organisation_id)


def _key() -> bytes:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"authenticator").derive(secret)


def _seal(account_id: int, secret: bytes) -> str:
    drawn = tokens.new_nonce(_NONCE)
    return base64.b64encode(drawn + AESGCM(_key()).encrypt(drawn, secret, str(account_id).encode())).decode("ascii")


def _unseal(app: Authenticator) -> bytes:
    raw = base64.b64decode(app.sealed)
    return AESGCM(_key()).decrypt(raw[:_NONCE], raw[_NONCE:], str(app.account_id).encode())
