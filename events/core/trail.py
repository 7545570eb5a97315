"""Who did what and when: append-only rows, for the people who must answer for it."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from events.core import clock
from events.core.db import Base, db


class TrailEntry(Base):
    """One act of a person or of the service itself. Holds ids and counts, never a guest's data."""

    __tablename__ = "trail"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]]


def note(actor: str, action: str, subject: str, organisation_id: int | None = None, **details: Any) -> None:
    """One line of the trail, in the caller's transaction. `actor` is "account:7", "device:3", "buyer" or "service"."""
    db.session.add(
        TrailEntry(
            at=clock.now(),
            organisation_id=organisation_id,
            actor=actor,
            action=action,
            subject=subject,
            details=details,
        )
    )
