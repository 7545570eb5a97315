"""The sign-in letter."""

from collections.abc import Mapping
from typing import Any

from events.core import clock
from events.core.db import db, transaction
from events.core.i18n import gettext
from events.mail import links
from events.mail.message import Message
from events.team import signing_in
from events.team.models import SignInKey


def sign_in(args: Mapping[str, Any]) -> Message:
    """Draw the key's link and code now, in a transaction of its own: they stand in the letter and nowhere else.

    The quarter of an hour begins when the letter is written, so that a slow mail server costs nobody the key.
    """
    with transaction():
        key = db.session.get_one(SignInKey, args["key_id"])
        key.expires_at = clock.now() + signing_in.LIFETIME
        token, code = signing_in.draw(key)
    context = {"link": link_to(token), "code": code, "minutes": signing_in.LIFETIME.seconds // 60}
    return Message(gettext("Your key to sign in"), "sign_in", context)


def link_to(token: str) -> str:
    """The whole address of the sign-in link."""
    return links.absolute("team.confirm", token=token)
