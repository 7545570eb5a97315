"""Codes of an evening: found as people type them, and counted so that the last use is used once."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.catalogue.models import TicketType
from events.core.db import Base, changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal


class DiscountCode(Base):
    """A word that lowers the price of tickets, opens hidden ticket types, or both. Without a type of its own: for all.

    It lowers by a percentage (basis points) or by an amount (minor units) for each seat or bundle. `uses` counts
    orders, and moves by conditional updates alone (catalogue.codes).
    """

    __tablename__ = "discount_code"
    __table_args__ = (
        UniqueConstraint("event_id", "code"),
        CheckConstraint("percent_bp IS NULL OR amount IS NULL", name="one_way"),
        CheckConstraint("percent_bp IS NULL OR (percent_bp > 0 AND percent_bp <= 10000)", name="percent"),
        CheckConstraint("amount IS NULL OR amount > 0", name="amount"),
        CheckConstraint("uses >= 0 AND (use_limit IS NULL OR uses <= use_limit)", name="uses"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    code: Mapped[str]  # in capitals, without spaces
    percent_bp: Mapped[int | None]
    amount: Mapped[int | None]
    use_limit: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    opens_hidden: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(default="")  # for colleagues: whom it was given to
    created_at: Mapped[datetime]

    ticket_types: Mapped[list[TicketType]] = relationship(
        secondary="discount_code_ticket_type", order_by="TicketType.position", lazy="selectin"
    )

    @property
    def used_up(self) -> bool:
        """Whether nobody can use it just now."""
        return self.use_limit is not None and self.uses >= self.use_limit

    def fits(self, ticket_type: TicketType) -> bool:
        """Whether it is for this ticket type."""
        return not self.ticket_types or ticket_type.public_id in {kind.public_id for kind in self.ticket_types}

    def opens(self, ticket_type: TicketType) -> bool:
        """Whether it lets one buy this hidden ticket type."""
        return self.opens_hidden and self.fits(ticket_type)


class DiscountCodeTicketType(Base):
    """A code is for this ticket type; one without any is for all of the evening's."""

    __tablename__ = "discount_code_ticket_type"

    discount_code_id: Mapped[int] = mapped_column(ForeignKey("discount_code.id"), primary_key=True)
    ticket_type_id: Mapped[int] = mapped_column(ForeignKey("ticket_type.id"), primary_key=True)


class UsedUp(Refusal):
    """Somebody else took the last use."""

    def __init__(self) -> None:
        super().__init__("code_used_up", _("This code has been used as often as it may be."), status=409, field="code")


def folded(typed: str) -> str:
    """A code as it is stored: capitals, and none of the spaces that slip in when one copies it."""
    return "".join(typed.split()).upper()


def find_code(event_id: int, typed: str) -> DiscountCode | None:
    """The evening's code, however it was typed; None when there is none, or nothing was typed."""
    code = folded(typed)
    if not code:
        return None
    return db.session.scalar(select(DiscountCode).where(DiscountCode.event_id == event_id, DiscountCode.code == code))


def list_codes(event_id: int) -> Sequence[DiscountCode]:
    """The evening's codes, the newest first."""
    query = select(DiscountCode).where(DiscountCode.event_id == event_id)
    return db.session.scalars(query.order_by(DiscountCode.id.desc())).all()


def take(code_id: int) -> None:
    """Count one use. Raises UsedUp: the caller's transaction (or savepoint) must then be rolled back."""
    free = or_(DiscountCode.use_limit.is_(None), DiscountCode.uses < DiscountCode.use_limit)
    if not changed(update(DiscountCode).where(DiscountCode.id == code_id, free).values(uses=DiscountCode.uses + 1)):
        raise UsedUp


def give_back(code_id: int) -> None:
    """Count one use less."""
    changed(update(DiscountCode).where(DiscountCode.id == code_id).values(uses=DiscountCode.uses - 1))
