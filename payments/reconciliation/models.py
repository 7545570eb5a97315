"""What a person has looked at."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base


class Handled(Base):
    """Somebody has dealt with an item of the morning page, and says how: append-only, once for each item."""

    __tablename__ = "handled"
    __table_args__ = (UniqueConstraint("organisation_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    item: Mapped[str]
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    note: Mapped[str]
