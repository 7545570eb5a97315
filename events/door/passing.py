"""When a guest came in, by which door and phone, and what was taken back: for whoever looks at the guest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select

from events.core.db import db
from events.door import looking
from events.door.models import Admission, CheckList, Device
from events.team.models import Account


@dataclass(frozen=True)
class Passage:
    """A guest came in, or that was undone. `at` (UTC) is the hour as people lived it."""

    at: datetime
    undone: bool
    check_list: str  # empty for the entrance
    gate: str
    by: str  # the phone's name, or who entered the tick from the paper list
    offline: bool


def of_ticket(ticket_id: int) -> Sequence[Passage]:
    """All of a ticket, in the order in which the server heard of them."""
    its_list = and_(CheckList.event_id == Admission.event_id, CheckList.key == Admission.check_list)
    query = (
        select(Admission, looking.came_at(Admission), CheckList.name, func.coalesce(Device.name, Account.name, ""))
        .outerjoin(CheckList, its_list)
        .outerjoin(Device, Device.id == Admission.device_id)
        .outerjoin(Account, Account.id == Admission.entered_by)
        .where(Admission.ticket_id == ticket_id)
        .order_by(Admission.id)
    )
    return [
        Passage(
            at or row.at, row.undoes is not None, line or "", row.gate, by, row.offline and row.device_id is not None
        )
        for row, at, line, by in db.session.execute(query)
    ]
