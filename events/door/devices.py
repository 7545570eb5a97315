"""Paired phones: who they are, and how they lose their right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import changed, db
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door.models import Device, Scan


@dataclass(frozen=True)
class Badge:
    """What a device's token says: it scans for this event at this gate, and may do nothing else."""

    device_id: int
    organisation_id: int
    event_id: int
    gate: str
    name: str
    expires_at: datetime

    @property
    def actor(self) -> str:
        """How the trail names it: device:3."""
        return f"device:{self.device_id}"


def get_badge(token: str) -> Badge:
    """The badge of a token. Raises Refusal 401: `device_unknown`, `device_revoked` or `device_expired`."""
    found = db.session.execute(
        select(Device, Event.organisation_id)
        .join(Event, Event.id == Device.event_id)
        .where(Device.token_digest == tokens.digest(token))
    ).one_or_none()
    if found is None:
        raise _turned_away("device_unknown", gettext("This phone is not paired. Ask the organiser for a code."))
    device, organisation_id = found
    if device.revoked_at is not None:
        raise _turned_away("device_revoked", gettext("The organiser has ended this phone’s access."))
    if device.expires_at <= clock.now():
        raise _turned_away("device_expired", gettext("The evening is over, and this phone’s access with it."))
    return Badge(device.id, organisation_id, device.event_id, device.gate, device.name, device.expires_at)


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
        .outerjoin(Scan, Scan.device_id == Device.id)
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
