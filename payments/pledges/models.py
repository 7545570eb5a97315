"""Pledges in the room: gifts and promises credited to a table, their course, and what the screen shows of them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event
from events.core.db import Base
from events.table_codes.models import TableCode
from payments.orders.models import Order

STATUSES = ("promised", "paid", "withdrawn", "lapsed")

# From, to, trigger. A pledge begins as `promised`; only money makes it `paid`, whatever was thought of it before.
TRANSITIONS = (
    ("promised", "paid", "its order is paid"),
    ("promised", "withdrawn", "staff, with a reason"),
    ("promised", "lapsed", "reminded, and the time is over"),
    ("lapsed", "paid", "its order is paid after all"),
    ("lapsed", "withdrawn", "staff, with a reason"),
    ("withdrawn", "paid", "somebody was paying just then"),
)
OWED = ("promised", "lapsed")
"""States in which the pay link still takes money."""

COUNTS = ("gifts", "all")


class Pledge(Base):
    """Somebody promised a gift, in minor units of the event's currency. It is no money until it is paid.

    Who is asked to pay is name, e-mail and telephone; by hand a raised paddle is enough. `is_shown`: whether the name
    may be read in the room. `order_id` is the one order that pays it, from the first try on.
    """

    __tablename__ = "pledge"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("reminders >= 0", name="reminders"),
        CheckConstraint("status <> 'paid' OR order_id IS NOT NULL", name="paid"),
        CheckConstraint("(status = 'withdrawn') = (withdrawn_why <> '') OR status = 'paid'", name="withdrawn"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("table_code.id"), index=True)
    token: Mapped[str] = mapped_column(unique=True)  # the secret of the pay link, /pledges/<token>
    form_key: Mapped[str] = mapped_column(unique=True)  # of the form that made it: a button pressed twice promises once
    status: Mapped[str] = mapped_column(default="promised", index=True)
    amount: Mapped[int]
    currency: Mapped[str]
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str]
    language: Mapped[str]
    paddle: Mapped[str]
    is_shown: Mapped[bool]
    made_by: Mapped[str]  # guest, or account:7
    made_at: Mapped[datetime]
    reminders: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str] = mapped_column(default="")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), unique=True)

    event: Mapped[Event] = relationship()
    code: Mapped[TableCode] = relationship()
    order: Mapped[Order | None] = relationship()

    @property
    def who(self) -> str:
        """The name, or the paddle that was raised."""
        return self.name or self.paddle


class PledgeStatus(Base):
    """A step in a pledge's history: a path in TRANSITIONS, append-only."""

    __tablename__ = "pledge_status"
    __table_args__ = (Index("ix_pledge_status_pledge", "pledge_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledge.id"))
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    at: Mapped[datetime]
    trigger: Mapped[str]
    actor: Mapped[str]


class TableGift(Base):
    """An order that is credited to a table: a gift made there and then, or the payment of a pledge."""

    __tablename__ = "table_gift"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, autoincrement=False)
    code_id: Mapped[int] = mapped_column(ForeignKey("table_code.id"), index=True)
    is_shown: Mapped[bool]  # whether the giver's name may be read in the room

    order: Mapped[Order] = relationship()
    code: Mapped[TableCode] = relationship()


class Appeal(Base):
    """How one evening asks: what its screen counts and shows, and when promises are remembered."""

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(f"counts IN {COUNTS}", name="counts"),
        CheckConstraint("remind_times >= 0 AND remind_days >= 1 AND lapse_days >= 0", name="days"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(unique=True)  # the secret of the screen
    counts: Mapped[str] = mapped_column(default="gifts")  # gifts alone, or the meals' prices with them
    shows_promised: Mapped[bool] = mapped_column(default=True)
    shows_names: Mapped[bool] = mapped_column(default=False)
    remind_days: Mapped[int] = mapped_column(default=7)  # after the promise, and between two reminders
    remind_times: Mapped[int] = mapped_column(default=1)  # 0 for never
    lapse_days: Mapped[int] = mapped_column(default=90)  # after the promise; 0 for never
    made_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
