"""The sign-in letter, and the one with a code for whoever does something grave."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from events.core import clock
from events.core.db import db, transaction
from events.core.i18n import gettext
from events.mail import links
from events.mail.message import Message
from events.team import signing_in
from events.team.models import SignInKey

MINUTES = signing_in.LIFETIME.seconds // 60
INVITED = timedelta(days=7)
"""So long an invitation waits."""


def sign_in(args: Mapping[str, Any]) -> Message:
    """Draw the key's link and code now, in a transaction of its own: they stand in the letter and nowhere else.

    The quarter of an hour begins when the letter is written, so that a slow mail server costs nobody the key.
    """
    token, code = _draw(args["key_id"])
    return Message(
        gettext("Your key to sign in"), "sign_in", {"link": link_to(token), "code": code, "minutes": MINUTES}
    )


def proof_code(args: Mapping[str, Any]) -> Message:
    """The same without a link: the code is typed where it was asked for."""
    _token, code = _draw(args["key_id"])
    return Message(gettext("Your code: is it you?"), "proof_code", {"code": code, "minutes": MINUTES})


def invitation(args: Mapping[str, Any]) -> Message:
    """Welcome, in a role, with a link that is good once, for a week."""
    token, _code = _draw(args["key_id"], INVITED)
    context = {"link": link_to(token), "house": args["house"], "role": args["role"], "days": INVITED.days}
    return Message(gettext("%(house)s invites you to Bonsoir", house=args["house"]), "invitation", context)


def factors_reset(_args: Mapping[str, Any]) -> Message:
    """That an operator took back what the person proved themselves with; it cannot be done without this letter."""
    return Message(gettext("Your sign-in was reset"), "factors_reset", {"link": links.absolute("team.sign_in")})


def link_to(token: str) -> str:
    """The whole address of the sign-in link."""
    return links.absolute("team.confirm", token=token)


def _draw(key_id: int, lifetime: timedelta = signing_in.LIFETIME) -> tuple[str, str]:
    with transaction():
        key = db.session.get_one(SignInKey, key_id)
        key.expires_at = clock.now() + lifetime
        return signing_in.draw(key)
