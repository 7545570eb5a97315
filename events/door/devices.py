"""Paired phones: who they are, and how they lose their right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, func, select, update

from events.catalogue.models import Event
from events.core import clock, facts, tokens
from events.core.db import changed, db, plainly, table_of
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door.models import ENTRANCE, CheckList, Device, DoorHours, Scan
from events.guests import questions


@dataclass(frozen=True)
class Badge:
    """What a device's token says: it checks one list of this event at this gate, and may do nothing else.

    A person who enters ticks from paper has a badge too: without a device, and with the account (`entered_by`).
    """

    device_id: int | None
    organisation_id: int
    event_id: int
    gate: str
    name: str
    expires_at: datetime
    check_list: str = ENTRANCE
    repeats: bool = False  # of the list: each guest may pass it again and again
    asks: bool = False  # the list asks questions of those who have not answered
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    may_sell: bool = False  # tickets, at the door
    may_comp: bool = False  # and give some away
    entered_by: int | None = None
    heard: bool = True  # somebody outside wants to know who comes in

    @property
    def actor(self) -> str:
        """How the trail names it: device:3."""
        return f"account:{self.entered_by}" if self.device_id is None else f"device:{self.device_id}"


def get_badge(token: str) -> Badge:
    """The badge of a token. Raises Refusal 401: `device_unknown`, `device_revoked` or `device_expired`."""
    return badge_of(plainly(_badge_query(), {"digest": tokens.digest(token)}).one_or_none() or ())


def badge_of(columns: Sequence[Any]) -> Badge:
    """The badge of a row of `columns()`, which is empty where there is none. Raises as `get_badge`."""
    if not columns:
        raise _turned_away("device_unknown", gettext("This phone is not paired. Ask the organiser for a code."))
    found = _Found(*columns)
    if found.revoked_at is not None:
        raise _turned_away("device_revoked", gettext("The organiser has ended this phone’s access."))
    if found.expires_at <= clock.now():
        raise _turned_away("device_expired", gettext("The evening is over, and this phone’s access with it."))
    return Badge(
        device_id=found.device_id,
        organisation_id=found.organisation_id,
        event_id=found.event_id,
        gate=found.gate,
        name=found.name,
        expires_at=found.expires_at,
        check_list=found.check_list,
        repeats=bool(found.repeats),
        asks=bool(found.asks) and found.check_list == ENTRANCE,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        may_sell=found.may_sell,
        may_comp=found.may_comp,
        heard=bool(found.heard),
    )


class _Found(NamedTuple):
    """What is known of a device, in the order of `columns()`."""

    device_id: int
    event_id: int
    gate: str
    name: str
    expires_at: datetime
    revoked_at: datetime | None
    check_list: str
    may_sell: bool
    may_comp: bool
    repeats: bool | None
    organisation_id: int
    opens_at: datetime | None
    closes_at: datetime | None
    asks: bool
    heard: bool


def columns() -> list[ColumnElement[Any]]:
    """What a badge is made of, from `standing()`."""
    device, mine = table_of(Device).c, table_of(CheckList).c
    rights = [device.check_list, device.may_sell, device.may_comp, mine.repeats]
    return [
        *(device.id.label("device_id"), device.event_id, device.gate, device.name, device.expires_at),
        *(device.revoked_at, *rights, table_of(Event).c.organisation_id),
        *(table_of(DoorHours).c.opens_at, table_of(DoorHours).c.closes_at),
        questions.asked_at_door(device.event_id).label("asks"),
        facts.heard(device.event_id, table_of(Event).c.organisation_id).label("heard"),
    ]


def standing() -> FromClause:
    """Devices with what stands around them: their evening, their list and its hours."""
    device = table_of(Device)
    mine = and_(CheckList.event_id == device.c.event_id, CheckList.key == device.c.check_list)
    its = and_(DoorHours.event_id == device.c.event_id, DoorHours.check_list == device.c.check_list)
    evening = device.join(table_of(Event), table_of(Event).c.id == device.c.event_id)
    return evening.outerjoin(table_of(CheckList), mine).outerjoin(table_of(DoorHours), its)


@cache
def _badge_query() -> Select[*tuple[Any, ...]]:
    """Everything in one question, made once."""
    return select(*columns()).select_from(standing()).where(bears_token())


def bears_token() -> ColumnElement[bool]:
    """The device whose token has the digest `digest`."""
    return table_of(Device).c.token_digest == bindparam("digest")


def _turned_away(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, status=401)


@dataclass(frozen=True)
class DeviceLine:
    """A device in the organiser's list, with the number of its scans and the time of its last one."""

    device: Device
    scans: int
    last_scan_at: datetime | None


def of_event(event_id: int) -> Sequence[DeviceLine]:
    """Every device that was ever paired for the event, newest first."""
    rows = db.session.execute(
        select(Device, func.count(Scan.id), func.max(Scan.at))
        .outerjoin(Scan, and_(Scan.event_id == Device.event_id, Scan.device_id == Device.id))
        .where(Device.event_id == event_id)
        .group_by(Device.id)
        .order_by(Device.id.desc())
    )
    return [DeviceLine(device, scans, last) for device, scans, last in rows]


def revoke(event_id: int, device_id: int) -> bool:
    """End a device's access at once; True when this call ended it."""
    statement = (
        update(Device)
        .where(Device.id == device_id, Device.event_id == event_id, Device.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )
    return changed(statement) == 1
