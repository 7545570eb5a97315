"""Ticks from the paper lists, entered afterwards: admissions like any other, marked with who entered them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.core.i18n import gettext as _
from events.door import check_in, check_lists, codes, looking
from events.door.devices import Badge
from events.door.lists import sortable
from events.door.models import Presence, Scan
from events.guests import naming
from events.guests.models import Guest, Party
from events.tickets.models import Ticket

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class TickLine:
    """A guest on the paper list; `came_at` once somebody let him in, by phone or on paper."""

    ticket_id: int
    number: str
    name: str
    table: str
    came_at: datetime | None
    on_paper: bool


def of_list(event_id: int, check_list: str) -> list[TickLine]:
    """Everybody who may come in, by name: as the printed list has them."""
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == check_list)
    entry = and_(Scan.scan_id == Presence.scan_id, Scan.event_id == Ticket.event_id)
    query = (
        select(Ticket.id, Ticket.number, naming.shown(), naming.host(), Guest.table_name)
        .add_columns(looking.came_at(), Scan.entered_by)
        .join(Party, Party.id == Ticket.party_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Presence, here)
        .outerjoin(Scan, entry)
        .where(Ticket.event_id == event_id, Ticket.status == "valid")
    )
    lines = [
        TickLine(
            id_,
            f"{number:04}",
            naming.told(name) or _("%(name)s · guest", name=naming.told(booked_by)),
            table or "",
            at,
            bool(by),
        )
        for id_, number, name, booked_by, table, at, by in db.session.execute(query)
    ]
    return sorted(lines, key=lambda line: (sortable(line.name), line.number))


def paper_badge(event: Event, line: check_lists.ListLine, account_id: int) -> Badge:
    """Somebody who enters what a pencil ticked."""
    return Badge(
        device_id=None,
        organisation_id=event.organisation_id,
        event_id=event.id,
        gate=_("Paper list"),
        name=_("Paper list"),
        expires_at=clock.now() + _DAY,
        check_list=line.key,
        repeats=line.repeats,
        entered_by=account_id,
    )


def enter(badge: Badge, form_key: str, ticks: Mapping[int, datetime]) -> int:
    """Let in everybody who was ticked, at the hour that stood there (UTC); how many came in by it.

    In the caller's transaction. The same form sent twice counts once. Whoever a phone let in meanwhile is a conflict
    like any other: two people may have come on one ticket.
    """
    wanted = select(Ticket.id, Ticket.code).where(Ticket.event_id == badge.event_id, Ticket.id.in_(ticks))
    rows = db.session.execute(wanted.order_by(Ticket.id)).all()
    new = [(id_, code) for id_, code in rows if not _is_entered(badge.event_id, _scan_id(form_key, id_))]
    answers = [check_in.check_in(badge, _shown(form_key, id_, code, ticks[id_])) for id_, code in new]
    return sum(answer["admitted"] for answer in answers)


def _shown(form_key: str, ticket_id: int, code: str, at: datetime) -> check_in.Shown:
    return check_in.Shown(_scan_id(form_key, ticket_id), codes.typed(code), at, offline=True)


def _scan_id(form_key: str, ticket_id: int) -> str:
    return f"paper:{form_key}:{ticket_id}"


def _is_entered(event_id: int, scan_id: str) -> bool:
    return db.session.scalar(select(Scan.id).where(Scan.event_id == event_id, Scan.scan_id == scan_id)) is not None


def moment_of(event: Event, hour: time) -> datetime:
    """The hour on the list as a moment (UTC): the one nearest to the beginning of the evening."""
    zone = ZoneInfo(event.time_zone)
    begins = event.starts_at.astimezone(zone)
    days: Sequence[datetime] = [datetime.combine(begins.date() + step * _DAY, hour, zone) for step in (-1, 0, 1)]
    return min(days, key=lambda moment: abs(moment - begins))
