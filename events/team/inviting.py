"""New members of staff: an account, a role, and a link that opens the door the first time."""

from datetime import timedelta

from sqlalchemy import select

from events.core import clock, trail
from events.core.db import db
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.core.typed import find_address
from events.team import letters, signing_in
from events.team.models import ROLES, Account, Membership

LIFETIME = timedelta(days=7)


def invite(
    email: str,
    role: str,
    organisation_id: int,
    event_id: int | None = None,
    *,
    name: str = "",
    language: str = "en",
    actor: str = "service",
) -> str:
    """Give the address a role and return its sign-in link: good once, for seven days.

    Without `event_id` the role counts for the whole organisation. Inviting again only makes a new link.
    Raises Refusal for an unknown role or an address that is none.
    """
    account = _account(_checked(email), name, language)
    _grant(account, _known(role), organisation_id, event_id)
    token, _code = signing_in.draw(signing_in.new_key(account, clock.now() + LIFETIME))
    trail.note(actor, f"invited as {role}", f"account:{account.id}", organisation_id, event=event_id)
    return letters.link_to(token)


def _checked(email: str) -> str:
    if find_address(email) is None:
        raise Refusal("bad_email", gettext("This is not an e-mail address."), field="email")
    return signing_in.normalised(email)


def _known(role: str) -> str:
    if role not in ROLES:
        raise Refusal("unknown_role", gettext("There is no such role."), field="role")
    return role


def _account(email: str, name: str, language: str) -> Account:
    account = signing_in.find_account(email)
    if account is None:
        account = Account(email=email, name=name or email.split("@")[0], language=language, created_at=clock.now())
        db.session.add(account)
        db.session.flush()
    return account


def _grant(account: Account, role: str, organisation_id: int, event_id: int | None) -> None:
    held = select(Membership).where(
        Membership.account_id == account.id,
        Membership.organisation_id == organisation_id,
        Membership.event_id.is_(None) if event_id is None else Membership.event_id == event_id,
        Membership.role == role,
    )
    if db.session.scalars(held).first() is None:
        db.session.add(
            Membership(
                account_id=account.id,
                organisation_id=organisation_id,
                event_id=event_id,
                role=role,
                created_at=clock.now(),
            )
        )
