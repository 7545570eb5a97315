"""What the office did to many guests at one time, and how each of them stood before."""

from datetime import datetime
from typing import Final

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base

ACTS = ("table", "mark", "send")
STATES = ("going", "done", "undoing", "undone")

# From, to, trigger.
TRANSITIONS = (
    ("going", "done", "everybody is dealt with"),
    ("going", "undoing", "a person took it back before it was through"),
    ("done", "undoing", "a person took it back"),
    ("undoing", "undone", "everybody is dealt with"),
)

OUTCOMES = ("waiting", "done", "same", "refused", "back", "kept")
"""Of one guest: nothing yet, done, was so already, not possible; and after an undo: put back, or left as they are."""

MOVING: Final = ("going", "undoing")


class GuestBatch(Base):
    """One action for many guests. `key` is its form's own: a form sent twice is one batch.

    `table_number` is the table they were to sit at (None: away from the tables), `table_id` that table while it stands.
    """

    __tablename__ = "guest_batch"
    __table_args__ = (
        UniqueConstraint("event_id", "key"),
        CheckConstraint(f"act IN {ACTS}", name="act"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        CheckConstraint("act <> 'send' OR state IN ('going', 'done')", name="letters_stay_sent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    key: Mapped[str]
    act: Mapped[str]
    mark: Mapped[str] = mapped_column(default="")
    table_id: Mapped[int | None] = mapped_column(ForeignKey("dining_table.id", ondelete="SET NULL"), index=True)
    table_number: Mapped[int | None]
    total: Mapped[int]
    state: Mapped[str] = mapped_column(default="going")
    started_by: Mapped[str]  # account:7
    started_at: Mapped[datetime]
    undone_by: Mapped[str | None]
    undone_at: Mapped[datetime | None]


class BatchGuest(Base):
    """One guest of a batch, by ticket; `..._before` is what the batch changed. `why` is a code of batch_words.WHY."""

    __tablename__ = "batch_guest"
    __table_args__ = (
        UniqueConstraint("batch_id", "ticket_id"),
        CheckConstraint(f"outcome IN {OUTCOMES}", name="outcome"),
        Index("ix_batch_guest_next", "batch_id", "outcome", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("guest_batch.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    outcome: Mapped[str] = mapped_column(default="waiting")
    why: Mapped[str] = mapped_column(default="")
    mark_before: Mapped[str] = mapped_column(default="")
    table_before_id: Mapped[int | None] = mapped_column(ForeignKey("dining_table.id", ondelete="SET NULL"), index=True)
    table_before: Mapped[int | None]  # its number; None: at no table
