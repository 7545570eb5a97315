"""Questions about cash at the door: who sold, what lies in the drawer, and how it was closed."""

from collections.abc import Iterator

from sqlalchemy import case, func, select

from events.core.db import db
from payments.auditing.books import totals
from payments.box_office import banking
from payments.box_office.closing import ENTRY
from payments.box_office.drawers import NEEDED
from payments.box_office.models import CashDeposit, DoorSale, Drawer, DrawerCount, DrawerPaper, DrawerSignature
from payments.box_office.record import hash_of
from payments.ledger.models import BANK, DOOR_CASH, JournalEntry, Posting
from payments.orders.models import Order, Payment
from payments.refunds.models import TAKEN, Refund

ORDER_WAYS = {"cash": "door", "card": "stripe", "comp": "comp"}
"""How the order of a sale is paid, unless a card gave way to something else."""


def door_sales() -> Iterator[str]:
    """7c. Each sale at the door has its order, paid the way it says; cash of the drawer belongs to a sale."""
    for sale_id in db.session.scalars(select(DoorSale.sale_id).where(DoorSale.order_id.is_(None))):
        yield f"sale {sale_id} at the door has no order"
    query = select(DoorSale.sale_id, DoorSale.way, DoorSale.event_id, Order.way, Order.event_id)
    for sale_id, way, event_id, order_way, of_event in db.session.execute(query.join(Order)):
        if event_id != of_event:
            yield f"sale {sale_id} at the door is of another evening than its order"
        elif way != "card" and order_way != ORDER_WAYS[way]:
            yield f"sale {sale_id} at the door was {way}, its order says {order_way}"
    alone = select(Order.code).outerjoin(DoorSale).where(Order.way == "door", DoorSale.id.is_(None))
    for code in db.session.scalars(alone):
        yield f"order {code} was paid in cash at the door, and no phone sold it"


def door_cash() -> Iterator[str]:
    """4d. Cash of the door in the books = cash sales less what went back and to the bank, and what drawers found."""
    paid = select(Payment.currency, func.sum(Payment.amount)).where(Payment.provider == "door")
    back = select(Refund.currency, func.sum(Refund.amount)).join(Payment).where(Payment.provider == "door")
    found_more = func.coalesce(Drawer.counted, 0) - func.coalesce(Drawer.expected, 0)
    closed = select(Drawer.currency, func.sum(found_more)).where(Drawer.status == "closed")
    books = select(Posting.currency, func.sum(Posting.amount)).where(Posting.account == DOOR_CASH)
    banked = _banked()
    came = totals(paid.group_by(Payment.currency))
    returned = totals(back.where(Refund.status.in_(TAKEN)).group_by(Refund.currency))
    found = totals(closed.group_by(Drawer.currency))
    booked = totals(books.group_by(Posting.currency))
    for unit in sorted(came.keys() | returned.keys() | found.keys() | booked.keys() | banked.keys()):
        ours = came.get(unit, 0) - returned.get(unit, 0) + found.get(unit, 0) - banked.get(unit, 0)
        if ours != booked.get(unit, 0):
            yield f"{unit}: the door took and kept {ours} in cash, the books hold {booked.get(unit, 0)}"


def _banked() -> dict[str, int]:
    """Currency -> what was brought to the bank, and not taken back."""
    amount = case((CashDeposit.takes_back.is_(None), CashDeposit.amount), else_=-CashDeposit.amount)
    return totals(select(Drawer.currency, func.sum(amount)).join(CashDeposit).group_by(Drawer.currency))


def deposits() -> Iterator[str]:
    """7f. Each deposit is in the books as it was entered, and no drawer brought more than was counted in it."""
    lines = select(Posting.account, Posting.amount, JournalEntry.ext_id).join(JournalEntry)
    kinds = JournalEntry.ext_kind.in_((banking.BANKED, banking.TAKEN_BACK))
    booked: dict[str, dict[str, int]] = {}
    for account, amount, name in db.session.execute(lines.where(kinds)):
        booked.setdefault(name, {})[account] = amount
    for one in db.session.scalars(select(CashDeposit).order_by(CashDeposit.id)):
        amount, name = -one.amount if one.takes_back else one.amount, f"deposit:{one.id}"
        if booked.pop(name, None) != {BANK: amount, DOOR_CASH: -amount}:
            yield f"{name} of {one.amount} is not in the books as it was entered"
    yield from (f"{name} is in the books, and nobody brought it" for name in sorted(booked))
    for drawer in db.session.scalars(select(Drawer).order_by(Drawer.event_id)):
        brought = sum(one.amount for one in banking.standing(drawer.event_id))
        if brought > (drawer.counted or 0) - drawer.float_amount and brought:
            yield f"{brought} of the drawer of event {drawer.event_id} is at the bank, which is more than it held"


def drawers() -> Iterator[str]:
    """7d. A closed drawer was counted alike by two people, signed by both, and its difference is booked."""
    for drawer in db.session.scalars(select(Drawer).where(Drawer.status == "closed").order_by(Drawer.event_id)):
        name, counts = f"the drawer of event {drawer.event_id}", _counts(drawer)
        if len(counts) != NEEDED or set(counts.values()) != {drawer.counted}:
            yield f"{name} is closed, and two people did not count {drawer.counted}"
        if not _signers(drawer) >= counts.keys():
            yield f"{name} is closed, and not all who counted have signed"
        difference, booked = (drawer.counted or 0) - (drawer.expected or 0), _booked(drawer.event_id)
        if difference != booked:
            yield f"{name} differed by {difference}, {booked} is booked"


def _counts(drawer: Drawer) -> dict[int, int]:
    """Account -> what it counted in the round that was closed."""
    query = select(DrawerCount.account_id, DrawerCount.total).filter_by(event_id=drawer.event_id, round=drawer.round)
    return {account_id: total for account_id, total in db.session.execute(query)}


def _signers(drawer: Drawer) -> set[int]:
    query = select(DrawerSignature.account_id).filter_by(event_id=drawer.event_id, round=drawer.round)
    return set(db.session.scalars(query))


def _booked(event_id: int) -> int:
    about = (JournalEntry.ext_kind == ENTRY, JournalEntry.ext_id == f"drawer:{event_id}", Posting.account == DOOR_CASH)
    return int(db.session.scalar(select(func.sum(Posting.amount)).join(JournalEntry).where(*about)) or 0)


def drawer_papers() -> Iterator[str]:
    """7e. The record of a drawer is the one that was issued, and belongs to one that is closed."""
    for event_id, pdf, sha256 in db.session.execute(select(DrawerPaper.event_id, DrawerPaper.pdf, DrawerPaper.sha256)):
        if hash_of(pdf) != sha256:
            yield f"the record of the drawer of event {event_id} is not the one that was issued"
    early = select(DrawerPaper.event_id).join(Drawer, Drawer.event_id == DrawerPaper.event_id)
    for event_id in db.session.scalars(early.where(Drawer.status != "closed")):
        yield f"the drawer of event {event_id} has a record and is not closed"
