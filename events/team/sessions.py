"""Where an account is signed in: a row for each browser, ended singly or all at once.

The address a browser came from is kept by its first half alone, and the browser by its name: enough to recognise one's
own telephone, too little to follow anybody.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, or_, select, update
from sqlalchemy.orm import joinedload

from events.core import clock, tokens
from events.core.db import changed, db
from events.team.models import Account, Authenticator, Membership, Passkey, SecondFactorRule, StaffSession

IDLE = timedelta(days=14)
"""A browser that nobody used for so long is asked to sign in again."""
WHOLE = timedelta(days=90)
"""However much it is used, a session ends after this time."""
FRESH = timedelta(minutes=10)
"""So long nobody is asked again who has just shown that it is them."""
KEPT = timedelta(days=90)
"""Where somebody was signed in is forgotten after this time, at their next sign-in."""
SEEN = timedelta(minutes=5)
"""How exactly `seen_at` is kept."""
RULED = ("owner", "treasurer")
"""Whom an organisation may ask for more than a letter: those who move money."""

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_MACHINES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


class Seat(NamedTuple):
    """A session, and whether its account owes its organisation a second factor that it has not set up."""

    session: StaffSession
    owes_factor: bool


def begin(account: Account, agent: str, network: str | None, *, reusable: bool = False) -> str:
    """The token of a new session; the person has just proved who they are."""
    token, now = tokens.new_token(), clock.now()
    changed(delete(StaffSession).where(StaffSession.account_id == account.id, StaffSession.seen_at < now - KEPT))
    db.session.add(
        StaffSession(
            account_id=account.id,
            digest=tokens.digest(token),
            device=device_of(agent),
            place=place_of(network),
            created_at=now,
            seen_at=now,
            proved_at=now,
            reusable=reusable,
        )
    )
    return token


def is_first(account: Account) -> bool:
    """Whether the account has never been signed in anywhere."""
    return not db.session.scalar(select(exists().where(StaffSession.account_id == account.id)))


def find(token: str) -> Seat | None:
    """The living session of a token, its account loaded with it."""
    mine = select(StaffSession, _owes_factor()).where(StaffSession.digest == tokens.digest(token), _alive())
    found = db.session.execute(mine.options(joinedload(StaffSession.account))).first()
    return Seat(found[0], bool(found[1])) if found else None


def is_fresh(session: StaffSession) -> bool:
    """Whether the person proved themselves just now. Always, for the demonstration's reusable key."""
    return session.reusable or session.proved_at > clock.now() - FRESH


def see(session_id: int, network: str | None) -> None:
    """Note that the session is used, and from where."""
    changed(update(StaffSession).where(_is(session_id)).values(seen_at=clock.now(), place=place_of(network)))


def prove(session_id: int) -> None:
    """Note that the person has proved themselves anew."""
    changed(update(StaffSession).where(_is(session_id)).values(proved_at=clock.now(), seen_at=clock.now()))


def of_account(account_id: int) -> Sequence[StaffSession]:
    """Where the account is signed in, last seen first."""
    mine = select(StaffSession).where(StaffSession.account_id == account_id, _alive())
    return db.session.scalars(mine.order_by(StaffSession.seen_at.desc(), StaffSession.id.desc())).all()


def end(account_id: int, session_id: int) -> bool:
    """End one session of the account's; False when it is not one, or ended already."""
    return bool(_end(StaffSession.account_id == account_id, _is(session_id)))


def end_all(account_id: int, but: int | None = None) -> int:
    """End every session of the account, `but` one if given; how many there were."""
    return _end(StaffSession.account_id == account_id, StaffSession.id != but if but else _alive())


def device_of(agent: str) -> str:
    """Browser and machine from a User-Agent: "Firefox · Android"; nothing where neither is known."""
    found = [next((name for mark, name in marks if mark in agent), "") for marks in (_BROWSERS, _MACHINES)]
    return " · ".join(filter(None, found))


def place_of(network: str | None) -> str:
    """The first half of an address at most: 203.0.… or 2001:db8:…"""
    if not network:
        return ""
    parts = re.split(r"[.:]", network)
    mark = ":" if ":" in network else "."
    return f"{parts[0]}{mark}{parts[1]}{mark}…"


def _is(session_id: int) -> ColumnElement[bool]:
    return and_(StaffSession.id == session_id, StaffSession.ended_at.is_(None))


def _alive() -> ColumnElement[bool]:
    now = clock.now()
    young = and_(StaffSession.seen_at > now - IDLE, StaffSession.created_at > now - WHOLE)
    used = or_(StaffSession.reusable, young)
    return and_(StaffSession.ended_at.is_(None), used)


def _end(*which: ColumnElement[bool]) -> int:
    return changed(update(StaffSession).where(*which, StaffSession.ended_at.is_(None)).values(ended_at=clock.now()))


def _owes_factor() -> ColumnElement[bool]:
    """Asked in the same query as the session, so that it costs no page another one."""
    account_id = StaffSession.account_id
    held = and_(Membership.account_id == account_id, Membership.role.in_(RULED))
    ruled = exists().where(held, SecondFactorRule.organisation_id == Membership.organisation_id)
    passkey = exists().where(Passkey.account_id == account_id)
    app = exists().where(Authenticator.account_id == account_id, Authenticator.confirmed_at.is_not(None))
    return and_(ruled, ~passkey, ~app, ~StaffSession.reusable)
