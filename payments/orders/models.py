"""Orders: what was bought, for how much, and how far the money has come."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.codes import DiscountCode
from events.catalogue.models import Event
from events.core.db import Base
from events.guests.models import Party
from events.tickets.models import Ticket
from payments.orders.references import reference

STATUSES = (
    "held", "waiting", "processing", "paid", "expired", "failed", "cancelled",
    "refunded", "partly_refunded", "refund_due", "needs_review",
)  # fmt: skip

UNPAID = ("held", "waiting")  # seats are kept, and no money is on its way

# From, to, trigger (MONEY.md). An order begins as `held`.
TRANSITIONS = (
    ("held", "waiting", "Stripe refuses or is away: the seats are kept"),
    ("waiting", "held", "Stripe answered again, or it is to be paid in another way"),
    ("held", "processing", "checkout completed, money on its way"),
    ("held", "paid", "settled"),
    ("waiting", "paid", "settled"),
    ("processing", "paid", "settled"),
    ("held", "expired", "the session is expired at Stripe; without Stripe, the time limit is over"),
    ("waiting", "expired", "no session can exist any more"),
    ("processing", "failed", "the slow payment failed"),
    ("held", "cancelled", "buyer or staff, session expired first"),
    ("waiting", "cancelled", "buyer or staff"),
    ("expired", "paid", "late money, seats taken again"),
    ("failed", "paid", "late money, seats taken again"),
    ("cancelled", "paid", "late money, seats taken again"),
    ("expired", "refund_due", "late money, no seats"),
    ("failed", "refund_due", "late money, no seats"),
    ("cancelled", "refund_due", "late money, no seats"),
    ("expired", "held", "a promise is being paid again: it keeps no seats"),
    ("failed", "held", "a promise is being paid again: it keeps no seats"),
    ("cancelled", "held", "a promise is being paid again: it keeps no seats"),
    ("held", "needs_review", "amount, currency, mode or reference differs"),
    ("waiting", "needs_review", "amount, currency, mode or reference differs"),
    ("processing", "needs_review", "amount, currency, mode or reference differs"),
    ("expired", "needs_review", "amount, currency, mode or reference differs"),
    ("failed", "needs_review", "amount, currency, mode or reference differs"),
    ("cancelled", "needs_review", "amount, currency, mode or reference differs"),
    ("needs_review", "paid", "staff"),
    ("needs_review", "refund_due", "staff"),
    ("paid", "cancelled", "an invitation or a free order was taken back"),
    ("refund_due", "refunded", "refund succeeded"),
    ("refunded", "refund_due", "refund failed: the bank sent it back"),
    ("paid", "partly_refunded", "refund succeeded"),
    ("paid", "refunded", "refund succeeded"),
    ("partly_refunded", "refunded", "refund succeeded"),
    ("refunded", "paid", "a lost dispute was won after all"),
    ("refunded", "partly_refunded", "a lost dispute was won after all"),
    ("partly_refunded", "paid", "a lost dispute was won after all"),
)


WAYS = ("stripe", "cash", "door", "transfer", "comp", "free")
"""How an order is to be paid; `door` is cash taken at the door. What is not Stripe's is settled by staff; a free one by
its confirmed address."""


class Order(Base):
    """One buyer's purchase. Amounts are frozen by the server when it begins, in minor units of `currency`.

    `held_until` is when the seats go back unless money came: with Stripe by Stripe's proof alone, else by the clock.
    """

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"way IN {WAYS}", name="way"),
        CheckConstraint("total >= 0", name="total"),
        UniqueConstraint("organisation_id", "code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), unique=True)
    code: Mapped[str]  # A7K2Q: for people, not a secret
    token: Mapped[str] = mapped_column(unique=True)  # the secret of /o/<token>
    status: Mapped[str] = mapped_column(index=True)
    way: Mapped[str] = mapped_column(default="stripe")
    currency: Mapped[str]
    total: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(index=True)
    held_until: Mapped[datetime]
    paid_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    party: Mapped[Party] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.id", back_populates="order")
    discount: Mapped["DiscountUse | None"] = relationship(back_populates="order")
    # Of rooms above; named, not imported.
    receipts = relationship("Receipt", secondary="receipt_part", order_by="Receipt.id", viewonly=True)
    refunds = relationship("Refund", order_by="Refund.id", viewonly=True)
    disputes = relationship("Dispute", order_by="Dispute.id", viewonly=True)
    dedication = relationship("Dedication", uselist=False, viewonly=True)
    anonymity = relationship("Anonymity", uselist=False, viewonly=True)
    consents = relationship("Consent", order_by="Consent.id", viewonly=True)

    @property
    def transfer_reference(self) -> str:
        """What a bank transfer for this order must say."""
        return reference(self.code)

    @property
    def discounted(self) -> tuple[str, int] | None:
        """The code and by how much it lowered the prices, in minor units."""
        return (self.discount.code.code, self.discount.amount) if self.discount else None


class OrderLine(Base):
    """One ticket, one gift or one fee cover: never a quantity. amount = benefit + gift, save for the fee cover.

    `back_...` is what went back of each part, by refunds and lost disputes; what was bought stays as it was bought.
    `turned` is the benefit that became a gift when the seat was given back without the money (`seat_given_at`).
    """

    __tablename__ = "order_line"
    __table_args__ = (
        CheckConstraint("kind IN ('ticket', 'gift', 'fee_cover')", name="kind"),
        CheckConstraint("amount >= 0 AND benefit >= 0 AND gift >= 0", name="not_negative"),
        CheckConstraint("kind = 'fee_cover' OR amount = benefit + gift", name="split"),
        CheckConstraint("kind <> 'fee_cover' OR benefit + gift = 0", name="fee_cover"),
        CheckConstraint("comped >= 0 AND (comped = 0 OR amount = 0)", name="comped"),
        CheckConstraint("back_benefit >= 0 AND back_benefit + turned <= benefit", name="back_benefit"),
        CheckConstraint("back_gift >= 0 AND back_gift <= gift + turned", name="back_gift"),
        CheckConstraint("turned >= 0 AND (turned = 0 OR seat_given_at IS NOT NULL)", name="turned"),
        CheckConstraint("back_fee >= 0 AND back_fee <= amount - benefit - gift", name="back_fee"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    kind: Mapped[str]
    name: Mapped[dict[str, str]]  # as it was called when it was bought
    ticket_type_id: Mapped[int | None] = mapped_column(ForeignKey("ticket_type.id"))
    bundle_id: Mapped[str | None]
    amount: Mapped[int]
    benefit: Mapped[int]
    gift: Mapped[int]
    comped: Mapped[int] = mapped_column(default=0)  # what an invited guest receives at the house's cost, at its value
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), unique=True)
    back_benefit: Mapped[int] = mapped_column(default=0)
    back_gift: Mapped[int] = mapped_column(default=0)
    back_fee: Mapped[int] = mapped_column(default=0)
    turned: Mapped[int] = mapped_column(default=0)
    seat_given_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship(back_populates="lines")
    ticket: Mapped[Ticket | None] = relationship()

    @property
    def left(self) -> int:
        """What has not gone back, in minor units."""
        return self.amount - self.back_benefit - self.back_gift - self.back_fee

    @property
    def benefit_left(self) -> int:
        """The part that pays for what the guest receives, as it stands now: neither back nor turned into a gift."""
        return self.benefit - self.back_benefit - self.turned

    @property
    def gift_left(self) -> int:
        """The part that is given, as it stands now."""
        return self.gift - self.back_gift + self.turned


class DiscountUse(Base):
    """The code that lowered an order's prices, by `amount` minor units in all: counted while it is held or kept.

    It goes the way of the order's seats: held, then kept, or released.
    """

    __tablename__ = "discount_use"
    __table_args__ = (
        CheckConstraint("status IN ('held', 'kept', 'released')", name="status"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), unique=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("discount_code.id"), index=True)
    amount: Mapped[int]
    status: Mapped[str] = mapped_column(default="held")

    order: Mapped[Order] = relationship(back_populates="discount")
    code: Mapped[DiscountCode] = relationship()


class OrderStatus(Base):
    """A step in an order's history: a path in TRANSITIONS, append-only."""

    __tablename__ = "order_status"
    __table_args__ = (Index("ix_order_status_order", "order_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    from_status: Mapped[str | None]
    to_status: Mapped[str]
    at: Mapped[datetime]
    trigger: Mapped[str]
    actor: Mapped[str]


class Payment(Base):
    """Money that was captured. Exactly one of: it fulfilled its order, it is due back, or a person must look.

    `refunded` is the sum of its refunds that have not come to nothing, those not yet asked for included; `lost` what
    the buyer's bank took back for good. Both move by conditional updates alone.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint("outcome IN ('fulfilled', 'refund_due', 'needs_review')", name="outcome"),
        CheckConstraint("refunded >= 0 AND lost >= 0 AND refunded + lost <= amount", name="never_more_than_paid"),
        Index(
            "uq_payment_fulfilling",
            "order_id",
            unique=True,
            sqlite_where=text("outcome = 'fulfilled'"),
            postgresql_where=text("outcome = 'fulfilled'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    provider: Mapped[str]  # stripe, cash, door, transfer, none
    reference: Mapped[str] = mapped_column(unique=True)  # the payment intent's id
    amount: Mapped[int]
    currency: Mapped[str]
    received_at: Mapped[datetime]
    outcome: Mapped[str]
    why: Mapped[str]
    refunded: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship()

    @property
    def left(self) -> int:
        """What may still be given back, in minor units."""
        return self.amount - self.refunded - self.lost
