"""What is offered: the organisation, its evenings, the blocks of their pages, ticket types, the places they share."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from events.core.marks import Marked

EVENT_STATUSES = ("draft", "published", "cancelled", "archived")
BLOCK_KINDS = ("cause", "story", "figures", "programme", "partners", "press", "help", "gallery", "questions")


class Organisation(Marked, Base):  # what public pages show is marked: see kept.py
    """A charity: whose money it is, whose accent colours the pages, whose name stands on receipts."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    legal_name: Mapped[str]
    address: Mapped[str]
    tax_id: Mapped[str | None]
    bank_account: Mapped[str] = mapped_column(default="")  # where transfers go, line by line: bank, IBAN, BIC
    email: Mapped[str]
    phone: Mapped[str]
    language: Mapped[str]
    time_zone: Mapped[str]
    accent_hue: Mapped[int | None]  # degrees in OKLCH; None keeps the blue hour
    accent_chroma: Mapped[int | None]  # thousandths, at most 140
    receipt_profile: Mapped[str] = mapped_column(default="generic")
    card_fee_bp: Mapped[int]  # the rate agreed with Stripe, in basis points: 365 = 3.65 %
    card_fee_fixed: Mapped[int]  # and its fixed part, in minor units
    fiscal_year_start: Mapped[int] = mapped_column(default=1)  # the month in which its books begin anew, 1 to 12
    guest_data_days: Mapped[int] = mapped_column(default=90)  # so long after an evening guests' data are kept
    created_at: Mapped[datetime]

    events: Mapped[list["Event"]] = relationship(back_populates="organisation")
    fee_rates: Mapped[list["FeeRate"]] = relationship(order_by="FeeRate.id")


class FeeRate(Base):
    """What one way of paying costs in a currency from a day on, as agreed. Without one, cards cost the usual rate."""

    __tablename__ = "fee_rate"
    __table_args__ = (
        UniqueConstraint("organisation_id", "method", "currency", "holds_from"),
        CheckConstraint("rate_bp >= 0 AND rate_bp < 10000 AND fixed >= 0", name="part"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    method: Mapped[str]  # as Stripe calls it: card, promptpay, ...
    currency: Mapped[str]
    rate_bp: Mapped[int]  # basis points
    fixed: Mapped[int]  # minor units
    holds_from: Mapped[date]  # where the organisation is


class Event(Marked, Base):
    """One evening. Times are UTC; people read them in `time_zone`. Texts are {"fr": ..., "en": ..., "th": ...}."""

    __tablename__ = "event"
    __table_args__ = (CheckConstraint(f"status IN {EVENT_STATUSES}", name="status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    cancelled_at: Mapped[datetime | None]  # it does not take place, be its page shown or put away
    currency: Mapped[str]
    time_zone: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    sales_end_at: Mapped[datetime]
    language: Mapped[str]  # of its public, when a visitor's own is unknown
    languages: Mapped[list[Any]]  # the languages it is written in, in the order they are shown
    title: Mapped[dict[str, str]]
    kind: Mapped[dict[str, str]]  # the line above the title
    hosts: Mapped[dict[str, str]]  # the line below it
    notice: Mapped[dict[str, str]]  # a band at the top of every page; empty for none
    cause_link: Mapped[dict[str, str]]  # words of the second button
    venue: Mapped[str]
    venue_address: Mapped[dict[str, str]]
    map_url: Mapped[str]
    info_url: Mapped[str]
    phone: Mapped[str]
    goal: Mapped[int]  # minor units; 0 shows no goal
    gift_amounts: Mapped[list[Any]]  # suggested gifts in minor units
    absent_gift: Mapped[int]  # the gift of those who cannot come, in minor units; 0 for none
    waiting_list: Mapped[bool] = mapped_column(default=True)  # what is sold out may be waited for (payments.waiting)
    asks_dedication: Mapped[bool] = mapped_column(default=False)  # a gift may be in honour or in memory of somebody
    names_givers: Mapped[bool] = mapped_column(default=False)  # donors are thanked by name, save who wants it not
    asks_news: Mapped[bool] = mapped_column(default=False)  # buyers are asked whether the organisation may write
    co_organiser: Mapped[str] = mapped_column(default="")  # who asks the same apart, by name; empty for nobody
    benefit_description: Mapped[dict[str, str]]  # what the benefit is: "a dinner in four courses"
    next_ticket_number: Mapped[int] = mapped_column(default=1)
    accent_hue: Mapped[int | None]  # this evening's own colour, as the organisation's; None takes the organisation's
    accent_chroma: Mapped[int | None]
    cover: Mapped[str | None]  # names the version of its cover photo; None shows the drawn table
    version: Mapped[int] = mapped_column(default=1)  # one more with each change: who saves an older one is told

    organisation: Mapped[Organisation] = relationship(back_populates="events", lazy="joined")
    blocks: Mapped[list["Block"]] = relationship(order_by="Block.position")
    ticket_types: Mapped[list["TicketType"]] = relationship(order_by="TicketType.position", back_populates="event")
    quotas: Mapped[list["Quota"]] = relationship(order_by="Quota.id")

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place; the release before this one wrote the status alone."""
        return self.status == "cancelled" or self.cancelled_at is not None


class Block(Marked, Base):
    """A part of the event page. `content` holds its texts, each in every language; the kind says which keys."""

    __tablename__ = "block"
    __table_args__ = (CheckConstraint(f"kind IN {BLOCK_KINDS}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)


class Quota(Marked, Base):
    """Places that one or more ticket types draw on. Counters move by conditional updates alone (tickets.holding)."""

    __tablename__ = "quota"
    __table_args__ = (
        CheckConstraint("held >= 0 AND sold >= 0 AND size >= 0", name="not_negative"),
        CheckConstraint("held + sold <= size", name="not_overbooked"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    name: Mapped[str]
    size: Mapped[int]
    held: Mapped[int] = mapped_column(default=0)
    sold: Mapped[int] = mapped_column(default=0)
    keeper_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))  # who keeps what returns for those in line

    @property
    def left(self) -> int:
        """Places that may still be held."""
        return self.size - self.held - self.sold


class TicketType(Marked, Base):
    """What one buys: a seat, or a bundle (a table of eight is eight tickets). Amounts are for the whole bundle."""

    __tablename__ = "ticket_type"
    __table_args__ = (
        CheckConstraint("benefit >= 0 AND benefit <= price", name="benefit"),
        CheckConstraint("bundle_size >= 1", name="bundle"),
        CheckConstraint("min_per_order >= 1 AND min_per_order <= max_per_order", name="per_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    position: Mapped[int]
    name: Mapped[dict[str, str]]
    description: Mapped[dict[str, str]]
    price: Mapped[int]
    benefit: Mapped[int]  # fair market value of what the guest receives; the rest of the price is a gift
    bundle_size: Mapped[int] = mapped_column(default=1)
    min_per_order: Mapped[int] = mapped_column(default=1)  # who orders any at all orders so many
    max_per_order: Mapped[int] = mapped_column(default=8)
    sales_start_at: Mapped[datetime | None]
    sales_end_at: Mapped[datetime | None]
    hidden: Mapped[bool] = mapped_column(default=False)  # sold only to who has a code that opens it
    refund_by_seat: Mapped[bool] = mapped_column(default=False)  # a bundle may go back seat by seat, not only whole
    version: Mapped[int] = mapped_column(default=1)

    event: Mapped[Event] = relationship(back_populates="ticket_types")
    quotas: Mapped[list[Quota]] = relationship(secondary="ticket_type_quota", order_by="Quota.id", lazy="selectin")

    @property
    def gift(self) -> int:
        """The part of the price that is given, in minor units."""
        return self.price - self.benefit

    @property
    def left(self) -> int:
        """How many more can be sold now: the scarcest of its quotas, in bundles."""
        return min((quota.left // self.bundle_size for quota in self.quotas), default=0)

    def on_sale(self, moment: datetime) -> bool:
        """Whether its own window is open (the event's and the places left are asked separately)."""
        return (self.sales_start_at is None or self.sales_start_at <= moment) and (
            self.sales_end_at is None or moment < self.sales_end_at
        )


class TicketTypeQuota(Base):
    """A ticket type takes a seat of this quota for each of its tickets."""

    __tablename__ = "ticket_type_quota"

    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)
    quota_id: Mapped[int] = mapped_column(ForeignKey("quota.id"), primary_key=True)


class Raised(Marked, Base):
    """What an event has brought in so far, as payments reports it: gifts and benefits apart, minor units."""

    __tablename__ = "raised"
    __table_args__ = (UniqueConstraint("event_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    gifts: Mapped[int] = mapped_column(default=0)
    benefits: Mapped[int] = mapped_column(default=0)
