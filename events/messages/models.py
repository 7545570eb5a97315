"""What an organiser writes to the people of an evening, and who wants nothing but news of their own tickets."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import Event
from events.core.db import Base

PURPOSES = ("news", "appeal")
"""News about one's own ticket or order goes to everybody; thanks and appeals go to whoever did not object."""

STATUSES = ("draft", "scheduled", "sending", "sent", "stopped")

# From, to, trigger.
TRANSITIONS = (
    ("draft", "scheduled", "sent now, or at an hour"),
    ("scheduled", "draft", "taken back before its hour"),
    ("scheduled", "sending", "its hour has come"),
    ("sending", "sent", "there is a letter for everybody"),
    ("sending", "stopped", "a person stopped it"),
    ("sent", "stopped", "a person stopped the letters that still waited"),
)


class GuestMessage(Base):
    """One message: subject and text in up to three languages, and for whom. Its letters are rows of the outbox.

    `segment` is a code of segments.py, with its value after a colon: "guests", "table:4 · Lotus". Once it is on its way
    it does not change any more.
    """

    __tablename__ = "guest_message"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint(f"purpose IN {PURPOSES}", name="purpose"),
        CheckConstraint("status = 'draft' OR send_at IS NOT NULL", name="hour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    purpose: Mapped[str]
    segment: Mapped[str]
    subject: Mapped[dict[str, str]]
    text: Mapped[dict[str, str]]  # Markdown, with places to be filled in: {name}, {table}, {link}
    status: Mapped[str] = mapped_column(default="draft")
    send_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)  # one more with each change: who changes an older one is told
    written_by: Mapped[str]  # account:7
    created_at: Mapped[datetime]
    people: Mapped[int | None]  # to how many it went, when everybody had a letter

    event: Mapped[Event] = relationship()


class Objection(Base):
    """An address that wants no thanks and appeals from an organisation. `digest` is SHA-256 of both."""

    __tablename__ = "objection"
    __table_args__ = (UniqueConstraint("organisation_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    digest: Mapped[str]
    at: Mapped[datetime]
