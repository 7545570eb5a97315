"""New members of staff: an account, a role, and a link that opens the door the first time; and roles that end."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from events.core import clock, trail
from events.core.db import db
from events.core.i18n import gettext
from events.core.refusal import NotFound, Refusal
from events.core.typed import find_address
from events.mail import outbox
from events.team import letters, signing_in
from events.team.models import ROLES, Account, Membership, SignInKey

LIFETIME = letters.INVITED


class House(NamedTuple):
    """Who invites: the organisation's id, and its name for the letter."""

    id: int
    name: str


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
    key = _invited(email, role, organisation_id, event_id, name, language, actor)
    token, _code = signing_in.draw(key)
    return letters.link_to(token)


def invite_by_letter(
    email: str, role: str, house: House, event_id: int | None = None, *, name: str = "", language: str, actor: str
) -> None:
    """The same, and the link goes out in a letter, drawn when that is written. Raises Refusal as `invite` does."""
    key = _invited(email, role, house.id, event_id, name, language, actor)
    account = db.session.get_one(Account, key.account_id)
    outbox.put(
        "invitation",
        f"invitation:{key.id}",
        name=account.name,
        email=account.email,
        language=account.language,
        key_id=key.id,
        house=house.name,
        role=role,
    )


def members(organisation_id: int) -> Sequence[Membership]:
    """Who serves the organisation or one of its evenings, by name."""
    mine = select(Membership).join(Account).where(Membership.organisation_id == organisation_id)
    return db.session.scalars(
        mine.options(joinedload(Membership.account)).order_by(Account.name, Account.id, Membership.id)
    ).all()


def end(membership_id: int, organisation_id: int, actor: str) -> None:
    """Take a role back; it counts from the next click. Raises NotFound, and Refusal for the last owner of all."""
    own = (Membership.organisation_id == organisation_id, Membership.role == "owner", Membership.event_id.is_(None))
    owners = db.session.scalars(select(Membership).where(*own).order_by(Membership.id).with_for_update()).all()
    held = db.session.get(Membership, membership_id)
    if held is None or held.organisation_id != organisation_id:
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    if [one.id for one in owners] == [held.id]:
        raise Refusal(
            "last_owner", gettext("Nobody would be left who may invite others. Make somebody else owner first.")
        )
    trail.note(actor, f"ended the role {held.role}", f"account:{held.account_id}", organisation_id, event=held.event_id)
    db.session.delete(held)


def _invited(
    email: str, role: str, organisation_id: int, event_id: int | None, name: str, language: str, actor: str
) -> SignInKey:
    account = _account(_checked(email), name, language)
    _grant(account, _known(role), organisation_id, event_id)
    trail.note(actor, f"invited as {role}", f"account:{account.id}", organisation_id, event=event_id)
    return signing_in.new_key(account, clock.now() + LIFETIME)


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
