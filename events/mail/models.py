"""Letters: each is put once, sent by a job, and remembered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from events.core.jobs import Job


class Letter(Base):
    """A letter to one person. What it says is composed when it is sent; `key` makes putting it twice harmless."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    args: Mapped[dict[str, Any]]
    recipient_name: Mapped[str]
    recipient_email: Mapped[str]
    language: Mapped[str]
    message_id: Mapped[str] = mapped_column(unique=True)  # the same on every try
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    event_id: Mapped[int | None] = mapped_column(index=True)  # of the evening it is about; no key: mail knows none
    bounced_at: Mapped[datetime | None]  # a mail server said for good that nobody reads there
    bounce: Mapped[str] = mapped_column(default="")  # in that server's words
    stopped_at: Mapped[datetime | None]  # a person stopped it before it went
    job_key: Mapped[str] = mapped_column(ForeignKey("job.key"))

    job: Mapped[Job] = relationship()

    @property
    def state(self) -> str:
        """For staff to read: `bounced`, `sent`, `stopped`, or what its job says: queued, leased, retry, dead."""
        if self.bounced_at:
            return "bounced"
        if self.sent_at:
            return "sent"
        return "stopped" if self.stopped_at else self.job.status
