"""The trail as an organisation's owners read it: newest first, narrowed by who, what and when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, or_, select

from events.catalogue.models import Event, Organisation
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext, local
from events.core.trail import TrailEntry
from events.door import actors
from events.office.trail_details import SUBJECTS, WHOLES
from events.office.trail_telling import Telling
from events.office.trail_words import ACTS
from events.team.models import Account, Membership
from events.tickets.models import Ticket

PAGE: Final = 100
AT_ONCE: Final = 1_000
"""Rows that are read together while a file is written."""

AREAS: Final = {
    "people": (lazy_gettext("People"), ("account",)),
    "evenings": (
        lazy_gettext("Evenings"),
        ("event", "block", "cover", "gallery", "ticket_type", "quota", "question", "code", "codes")
        + ("return_terms", "appeal"),
    ),
    "guests": (
        lazy_gettext("Guests"),
        ("guests", "seating", "seat", "ticket", "table_cards", "waiting", "message", "letter", "consent", "consents"),
    ),
    "door": (lazy_gettext("The door"), ("door", "drawer")),
    "orders": (lazy_gettext("Orders"), ("order", "buyer", "pledge", "refund", "payment", "dispute", "item", "alert")),
    "money": (
        lazy_gettext("Treasury"),
        ("exported", "receipt", "receipts", "books", "board", "rate", "statement", "donor", "keeping"),
    ),
    "programs": (lazy_gettext("API"), ("token", "webhook")),
}
"""What happened, by the beginnings of its actions. What has no beginning is about people signing in and their roles."""


@dataclass(frozen=True)
class Wanted:
    """What is looked for. Days are the organisation's own, both included; `before` is the row that was shown last."""

    who: str = ""
    area: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Line:
    """One entry with its names. `code` is the service's own word for the act, which `act` says in the reader's language
    where there are words for it."""

    id: int
    at: datetime
    who: str
    act: str
    about: str
    details: str
    code: str

    @property
    def is_named(self) -> bool:
        """Whether `act` is in the reader's language."""
        return self.code in ACTS


@dataclass(frozen=True)
class Page:
    """The newest that fit, and where the older ones begin."""

    lines: Sequence[Line]
    older: int | None


def find(house: Organisation, wanted: Wanted) -> Page:
    """A page of the trail."""
    rows = db.session.scalars(_query(house, wanted).limit(PAGE + 1)).all()
    own = _house(house)
    names = _names(rows[:PAGE]) | own.titles
    return Page([_line(row, names, own) for row in rows[:PAGE]], rows[PAGE - 1].id if len(rows) > PAGE else None)


def every(house: Organisation, wanted: Wanted) -> Iterator[Line]:
    """All that fits, newest first, for a file."""
    before, own = wanted.before, _house(house)
    while True:
        turn = Wanted(wanted.who, wanted.area, wanted.since, wanted.until, before)
        rows = db.session.scalars(_query(house, turn).limit(AT_ONCE)).all()
        names = _names(rows) | own.titles
        yield from (_line(row, names, own) for row in rows)
        if len(rows) < AT_ONCE:
            return
        before = rows[-1].id


def people(house: Organisation) -> Sequence[Account]:
    """Whoever serves the organisation, by name."""
    mine = select(Membership.account_id).where(Membership.organisation_id == house.id)
    return db.session.scalars(select(Account).where(Account.id.in_(mine)).order_by(Account.name, Account.id)).all()


def _query(house: Organisation, wanted: Wanted) -> Select[TrailEntry]:
    """What the organisation did, and the signing in of its people, which belongs to no organisation."""
    own = [f"account:{account.id}" for account in people(house)]
    mine = or_(
        TrailEntry.organisation_id == house.id,
        and_(TrailEntry.organisation_id.is_(None), TrailEntry.actor.in_(own)),
    )
    found = select(TrailEntry).where(mine, *_narrowed(house, wanted))
    return found.order_by(TrailEntry.id.desc())


def _narrowed(house: Organisation, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    zone = ZoneInfo(house.time_zone)
    if wanted.who:
        yield TrailEntry.actor == wanted.who
    if wanted.area in AREAS:
        yield _within(wanted.area)
    if wanted.since:
        yield TrailEntry.at >= datetime.combine(wanted.since, time.min, zone)
    if wanted.until:
        yield TrailEntry.at < datetime.combine(wanted.until + timedelta(days=1), time.min, zone)
    if wanted.before:
        yield TrailEntry.id < wanted.before


def _within(area: str) -> ColumnElement[bool]:
    beginnings = AREAS[area][1]
    parts = [TrailEntry.action.startswith(f"{one}.", autoescape=True) for one in beginnings]
    plain = ~TrailEntry.action.contains(".") & (TrailEntry.action != "exported")
    return or_(TrailEntry.action.in_(beginnings), *parts, *([plain] if area == "people" else []))


def _names(rows: Sequence[TrailEntry]) -> dict[str, str]:
    """Of the accounts, phones, evenings and tickets in these rows."""
    named = {text for row in rows for text in (row.actor, row.subject, f"event:{row.details.get('event')}")}
    own = Event.organisation_id.in_({row.organisation_id for row in rows})
    tickets = select(Ticket.id, Ticket.number).join(Event).where(Ticket.id.in_(actors.ids_of("ticket", named)), own)
    return actors.names_of(named) | {
        f"ticket:{number}": f"{SUBJECTS['ticket']} {printed:04}" for number, printed in db.session.execute(tickets)
    }


@dataclass(frozen=True)
class _House:
    """An organisation’s evenings: what they are called, by id and by address, and the money they are in."""

    zone: str
    titles: dict[str, str]
    currencies: dict[str, str]
    only_currency: str | None

    def currency_of(self, row: TrailEntry) -> str | None:
        """The evening’s, or the only one that the organisation uses; None where it is not certain."""
        mine = self.currencies.get(f"event:{row.details.get('event')}") or self.currencies.get(row.subject)
        return mine or self.only_currency


def _house(house: Organisation) -> _House:
    evenings = select(Event.id, Event.slug, Event.title, Event.currency).where(Event.organisation_id == house.id)
    titles, currencies = {}, {}
    for number, slug, title, currency in db.session.execute(evenings):
        for key in (f"event:{number}", slug):
            titles[key], currencies[key] = local(title), currency
    used = set(currencies.values())
    return _House(house.time_zone, titles, currencies, used.pop() if len(used) == 1 else None)


def _line(row: TrailEntry, names: dict[str, str], own: _House) -> Line:
    details = Telling(names, own.currency_of(row), own.zone).sentence(row.details, row.subject)
    act = str(ACTS.get(row.action) or row.action.replace(".", ": ").replace("_", " "))
    return Line(row.id, row.at, _who(row.actor, names), act, _about(row.subject, names), details, row.action)


def _about(subject: str, names: dict[str, str]) -> str:
    kind, _colon, rest = subject.partition(":")
    return names.get(subject) or (
        f"{SUBJECTS[kind]} {rest}" if rest and kind in SUBJECTS else str(WHOLES.get(subject, subject))
    )


def _who(actor: str, names: dict[str, str]) -> str:
    kinds = {
        "service": _("the service"),
        "buyer": _("a buyer"),
        "guest": _("a guest"),
        "demo": _("the demonstration"),
        "stranger": _("somebody who was not signed in"),
        "token": _("a program"),
    }
    kind, _colon, number = actor.partition(":")
    word = kinds.get(kind, kind)
    return names.get(actor) or (f"{word} {number}" if number else word)
