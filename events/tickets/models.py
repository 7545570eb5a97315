"""Tickets and the seats behind them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event, TicketType
from events.core.db import Base

# From, to, trigger.
TRANSITIONS = (
    ("unpaid", "valid", "money came"),
    ("unpaid", "void", "cancelled before it was paid"),
    ("valid", "void", "refund, cancellation or lost dispute"),
    ("valid", "replaced", "transfer or reissue: a new code, a new row"),
    ("void", "valid", "dispute won"),
)


class Hold(Base):
    """Seats of one quota kept for one party: held, then sold or released. The quota's counters are their sums."""

    __tablename__ = "hold"
    __table_args__ = (
        CheckConstraint("status IN ('held', 'sold', 'released')", name="status"),
        CheckConstraint("seats > 0", name="seats"),
        UniqueConstraint("party_id", "quota_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))  # its index is that of the constraint
    quota_id: Mapped[int] = mapped_column(ForeignKey("quota.id"), index=True)
    seats: Mapped[int]
    status: Mapped[str] = mapped_column(default="held")


class Ticket(Base):
    """One person's right to come in. `code` is what the QR symbol holds, `token` the secret of its page's address."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("status IN ('valid', 'unpaid', 'void', 'replaced')", name="status"),
        UniqueConstraint("event_id", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"))
    bundle_id: Mapped[str | None]  # tickets bought together as one table
    amount: Mapped[int]  # as it was paid, for the ticket's own paper; the books stand in payments
    benefit: Mapped[int]
    number: Mapped[int]  # short, per event, printed; not a secret
    code: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str] = mapped_column(unique=True)  # hex SHA-256 of the code: what a queued scan names
    token: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    guest_name: Mapped[str | None]  # may come later
    opened_at: Mapped[datetime | None]  # when its page was last opened by whoever has its link
    issued_at: Mapped[datetime]

    event: Mapped[Event] = relationship()
    ticket_type: Mapped[TicketType] = relationship()

    @property
    def short_number(self) -> str:
        """As printed: 0047."""
        return f"{self.number:04}"
