"""What a buyer adds to a gift: for whom it is, whether their name is told, and who may write to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base
from payments.orders.models import Order

DEDICATIONS = ("honour", "memory")
ORGANISERS = ("own", "co")
_ALIVE = text("withdrawn_at IS NULL")


class Dedication(Base):
    """Whom an order's gift honours, or remembers."""

    __tablename__ = "dedication"
    __table_args__ = (CheckConstraint(f"kind IN {DEDICATIONS}", name="kind"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    at: Mapped[datetime]


class Anonymity(Base):
    """The buyer's name is told to nobody when donors are thanked. There is a row, or it may be told."""

    __tablename__ = "anonymity"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    at: Mapped[datetime]


class Consent(Base):
    """The buyer allowed one organiser to write: when, and in exactly which words. Withdrawn by a date, never unsaid.

    `organiser` is "own" (the charity) or "co"; `version` names the wording in any language of one sentence.
    """

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(f"organiser IN {ORGANISERS}", name="organiser"),
        Index("uq_consent_alive", "order_id", "organiser", unique=True, sqlite_where=_ALIVE, postgresql_where=_ALIVE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    organiser: Mapped[str]
    name: Mapped[str]  # the organiser's, as it was read
    wording: Mapped[str]  # the sentence beside the box
    version: Mapped[str]
    language: Mapped[str]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    order: Mapped[Order] = relationship()
