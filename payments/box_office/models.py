"""What is sold at the door, and the drawer its cash goes into: counted by two people, closed once."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from events.door.models import Device
from events.team.models import Account
from payments.orders.models import Order

WAYS = ("cash", "card", "comp")

# From, to, trigger. A drawer begins as `open`, with the first cash that goes into it or when its change is entered.
TRANSITIONS = (
    ("open", "counting", "a person begins the count: cash sales pause"),
    ("counting", "open", "selling goes on: the counts so far are void"),
    ("counting", "closed", "the second counter signs"),
)


class DoorSale(Base):
    """A sale at the door. The same `sale_id` is one sale for ever, so a phone may ask again when a reply was lost.

    `seller` is the name that the volunteer typed when the shift began. `order_id` is empty only inside the transaction
    that makes it.
    """

    __tablename__ = "door_sale"
    __table_args__ = (UniqueConstraint("event_id", "sale_id"), CheckConstraint(f"way IN {WAYS}", name="way"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    sale_id: Mapped[str]
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), unique=True)
    way: Mapped[str]
    seller: Mapped[str]
    at: Mapped[datetime]

    order: Mapped[Order] = relationship()
    device: Mapped[Device] = relationship()


class Drawer(Base):
    """The cash of one evening's door. `float_amount` is the change that was brought, in minor units of `currency`.

    `round` counts on when a count is given up. What the ledger expected, what was counted and why they differ are
    written when it is closed, and never again.
    """

    __tablename__ = "drawer"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'counting', 'closed')", name="status"),
        CheckConstraint("float_amount >= 0", name="float_amount"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        CheckConstraint("status <> 'closed' OR counted = expected OR explanation <> ''", name="explained"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(default="open")
    round: Mapped[int] = mapped_column(default=1)
    currency: Mapped[str]
    float_amount: Mapped[int] = mapped_column(default=0)
    float_by: Mapped[str | None]  # who entered it: account:7; nobody when it opened with the first sale
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    expected: Mapped[int | None]
    counted: Mapped[int | None]
    explanation: Mapped[str] = mapped_column(default="")

    @property
    def difference(self) -> int:
        """Over, or below zero what was short, minor units; nothing before two have counted and closed it."""
        return (self.counted or 0) - (self.expected or 0) if self.closed_at else 0


class DrawerCount(Base):
    """What one person counted, piece by piece: append-only. Nobody counts twice in a round; two make it whole."""

    __tablename__ = "drawer_count"
    __table_args__ = (
        UniqueConstraint("event_id", "round", "account_id"),
        UniqueConstraint("event_id", "round", "place"),
        CheckConstraint("place IN (1, 2)", name="place"),
        CheckConstraint("total >= 0", name="total"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("drawer.event_id"))
    round: Mapped[int]
    place: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    pieces: Mapped[dict[str, Any]]  # how many of each note and coin, by its value in minor units
    total: Mapped[int]
    at: Mapped[datetime]

    account: Mapped[Account] = relationship()


class DrawerSignature(Base):
    """A counter stands for count, expectation and explanation, as `statement` (a digest) names them: append-only."""

    __tablename__ = "drawer_signature"
    __table_args__ = (UniqueConstraint("event_id", "round", "account_id", "statement"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("drawer.event_id"))
    round: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    statement: Mapped[str]
    explanation: Mapped[str]
    at: Mapped[datetime]


class DrawerPaper(Base):
    """The record of a closed drawer as it was issued, with its SHA-256 in hex: append-only."""

    __tablename__ = "drawer_paper"

    event_id: Mapped[int] = mapped_column(ForeignKey("drawer.event_id"), primary_key=True, autoincrement=False)
    pdf: Mapped[bytes]
    sha256: Mapped[str]
    issued_at: Mapped[datetime]


class CashDeposit(Base):
    """Cash of a closed drawer that was brought to the bank on `banked_on`, in minor units of its currency: append-only.

    `key` comes with the form, so that the same form sent twice is one deposit. An entry that was a mistake is taken
    back by another row of the same amount, which names it in `takes_back`.
    """

    __tablename__ = "cash_deposit"
    __table_args__ = (UniqueConstraint("event_id", "key"), CheckConstraint("amount > 0", name="amount"))

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("drawer.event_id"))
    key: Mapped[str]
    amount: Mapped[int]
    banked_on: Mapped[date]
    carrier: Mapped[str]  # who brought it, as typed
    entered_by: Mapped[str]  # account:7
    entered_at: Mapped[datetime]
    takes_back: Mapped[int | None] = mapped_column(ForeignKey("cash_deposit.id"), unique=True)
