"""What should lie in the drawer, told by the ledger alone: the change, cash that came, cash that went back."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from events.core.db import db
from events.door.models import Device
from payments.box_office.models import DoorSale, Drawer
from payments.ledger.models import DOOR_CASH, JournalEntry, Posting
from payments.orders.models import Payment
from payments.refunds.models import Refund


@dataclass(frozen=True)
class DeviceCash:
    """What one phone's sales moved, in minor units: `back` is what was refunded of them, below zero."""

    device_id: int
    name: str
    sales: int
    came: int
    back: int
    sellers: str

    @property
    def total(self) -> int:
        """What should be there of it."""
        return self.came + self.back


def by_device(event_id: int) -> Sequence[DeviceCash]:
    """Each phone that took cash, in the order in which they were paired."""
    came, back, names = _came(event_id), _back(event_id), _sellers(event_id)
    phones = select(Device.id, Device.name).where(Device.id.in_(came)).order_by(Device.id)
    return [
        DeviceCash(device_id, name, *came[device_id], back.get(device_id, 0), ", ".join(names.get(device_id, [])))
        for device_id, name in db.session.execute(phones)
    ]


def expected(drawer: Drawer) -> int:
    """What should lie in the drawer now, in minor units."""
    return drawer.float_amount + sum(one.total for one in by_device(drawer.event_id))


def _came(event_id: int) -> dict[int, tuple[int, int]]:
    """Device -> how many sales, and their sum in the books."""
    about = and_(JournalEntry.ext_kind == "payment", JournalEntry.ext_id == Payment.reference)
    query = (
        select(DoorSale.device_id, func.count(), func.sum(Posting.amount))
        .join(Payment, Payment.order_id == DoorSale.order_id)
        .join(JournalEntry, about)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(DoorSale.event_id == event_id, Posting.account == DOOR_CASH)
        .group_by(DoorSale.device_id)
    )
    return {device_id: (number, int(total)) for device_id, number, total in db.session.execute(query)}


def _back(event_id: int) -> dict[int, int]:
    """Device -> what went back of its sales, below zero. A refund by hand is named by its own key in the books."""
    about = and_(JournalEntry.ext_kind == "refund", JournalEntry.ext_id == Refund.idempotency_key)
    query = (
        select(DoorSale.device_id, func.sum(Posting.amount))
        .join(Refund, Refund.order_id == DoorSale.order_id)
        .join(JournalEntry, about)
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .where(DoorSale.event_id == event_id, Posting.account == DOOR_CASH)
        .group_by(DoorSale.device_id)
    )
    return {device_id: int(total) for device_id, total in db.session.execute(query)}


def _sellers(event_id: int) -> dict[int, list[str]]:
    query = select(DoorSale.device_id, DoorSale.seller).filter_by(event_id=event_id, way="cash").distinct()
    found: dict[int, list[str]] = {}
    for device_id, seller in db.session.execute(query.order_by(DoorSale.device_id, DoorSale.seller)):
        found.setdefault(device_id, []).append(seller)
    return found
