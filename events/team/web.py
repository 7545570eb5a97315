"""What the pages of sign-in share: who enters, where they were going, and what their device must sign."""

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, session, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from events.core import callers, clock, logs, tokens, trail
from events.core.db import db, transaction
from events.team import access, passkeys, sessions, signing_in, speaking
from events.team.models import Account
from events.team.passkeys import Challenge

NEXT, OFFER = "sign_in_next", "passkey_offer"
_HALF, _CHALLENGE = "sign_in_half", "passkey_challenge"


def enter(account_id: int, how: str, *, reusable: bool = False) -> ResponseReturnValue:
    """Sign the account in and go where the person wanted to. Nothing that stood in the cookie before is trusted."""
    goal = wanted()
    session.clear()
    with transaction():
        account = db.session.get_one(Account, account_id)
        is_first = sessions.is_first(account) and not reusable
        token = sessions.begin(account, request.user_agent.string, callers.network(), reusable=reusable)
        trail.note(f"account:{account.id}", "signed in", f"account:{account.id}", how=how)
    logs.note("signed in", how=how)
    access.sign_in(account, token)
    if is_first and passkeys.is_possible():
        session[OFFER] = True
    return redirect(goal, 303)


def wanted() -> str:
    """The page that somebody wanted before they were asked to sign in."""
    return access.local_path(session.get(NEXT)) or url_for("office.events")


def refuse(how: str) -> None:
    """Leave a line in the log: somebody tried to sign in, and it did not fit. Nobody is named."""
    logs.note("sign-in refused", how=how)


def remember_half(account_id: int) -> None:
    """The letter's key fitted; what is still to come is the second factor."""
    goal = session.get(NEXT)
    session.clear()
    session[NEXT] = goal
    session[_HALF] = [account_id, clock.now().timestamp()]


def find_half() -> int | None:
    """The account that is half signed in here, for a quarter of an hour."""
    account_id, since = session.get(_HALF) or (None, 0.0)
    in_time = since > clock.now().timestamp() - signing_in.LIFETIME.total_seconds()
    return account_id if in_time else None


def new_challenge() -> bytes:
    """Something for the person's device to sign, kept in this browser's cookie."""
    value = tokens.new_secret(32)
    session[_CHALLENGE] = [bytes_to_base64url(value), clock.now().isoformat()]
    return value


def find_challenge() -> Challenge | None:
    """What was drawn last in this browser, for ten minutes; good once."""
    value, drawn_at = session.pop(_CHALLENGE, None) or ("", None)
    if drawn_at is None:
        return None
    challenge = Challenge(base64url_to_bytes(value), datetime.fromisoformat(drawn_at))
    return challenge if challenge.drawn_at > clock.now() - sessions.FRESH else None


def offer() -> bool:
    """Whether this page should offer a passkey: once, on the first page after the very first sign-in."""
    return bool(session.pop(OFFER, False))


def page(template: str, status: int = 200, **context: Any) -> ResponseReturnValue:
    """A page of this room."""
    return render_template(f"events/team/{template}", can_passkey=passkeys.is_possible(), **context), status


def this_page() -> str:
    """The address that shows this page in another language; empty where none does, as after a form of its own."""
    if request.endpoint is None or not request_ctx.url_adapter or not request_ctx.url_adapter.test(method="GET"):
        return ""
    return speaking.plain(request.full_path) if request.method == "GET" else request.path
