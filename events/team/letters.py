"""The sign-in letter, and the one with a code for whoever does something grave."""

from collections.abc import Mapping
from typing import Any

from events.core import clock
from events.core.db import db, transaction
from events.core.i18n import gettext
from events.mail import links
from events.mail.message import Message
from events.team import signing_in
from events.team.models import SignInKey

MINUTES = signing_in.LIFETIME.seconds // 60


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


def link_to(token: str) -> str:
    """The whole address of the sign-in link."""
    return links.absolute("team.confirm", token=token)


def _draw(key_id: int) -> tuple[str, str]:
    with transaction():
        key = db.session.get_one(SignInKey, key_id)
        key.expires_at = clock.now() + signing_in.LIFETIME
        return signing_in.draw(key)
