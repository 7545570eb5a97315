"""For whoever has lost telephone, passkeys and printed codes: an operator takes them back, and the person is told.

There is no page for it: whoever could ask for it in a browser could ask for somebody else.
"""

from typing import NamedTuple

from sqlalchemy import delete, update

from events.core import clock, tokens, trail
from events.core.db import changed
from events.mail import outbox
from events.team import factors, sessions
from events.team.models import Account, Passkey, SignInKey, WrongProof

LETTER = "factors_reset"


class Taken(NamedTuple):
    """What an account had: whether an app, how many passkeys, and in how many browsers it was signed in."""

    app: bool
    passkeys: int
    browsers: int


def reset(account: Account, actor: str) -> Taken:
    """Leave the account the letter alone to sign in with, signed in nowhere; in the caller's transaction.

    Where its organisation asks for more, something new must be set up after the next letter.
    """
    app = factors.has_app(account.id)
    factors.remove_app(account.id)
    passkeys = changed(delete(Passkey).where(Passkey.account_id == account.id))
    changed(delete(WrongProof).where(WrongProof.account_id == account.id))
    on_the_way = (SignInKey.account_id == account.id, SignInKey.used_at.is_(None), SignInKey.reusable.is_(False))
    changed(update(SignInKey).where(*on_the_way).values(used_at=clock.now()))
    taken = Taken(app, passkeys, sessions.end_all(account.id))
    houses: list[int | None] = [*sorted({held.organisation_id for held in account.memberships})]
    for house in houses or [None]:
        trail.note(actor, "account.factors_reset", f"account:{account.id}", house, **taken._asdict())
    key = f"factors-reset:{account.id}:{tokens.new_reference(12)}"
    outbox.put(LETTER, key, name=account.name, email=account.email, language=account.language)
    return taken
