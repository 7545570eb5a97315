"""What goes back of an order, line by line and part by part. The line's own CHECKs would catch a mistake."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update

from events.core import clock
from events.core.db import changed, db
from payments.orders.models import Order, OrderLine


@dataclass(frozen=True)
class Part:
    """A piece of one line, in minor units; `ticket_id` is the ticket that becomes void with it."""

    line_id: int
    benefit: int = 0
    gift: int = 0
    fee: int = 0
    ticket_id: int | None = None

    @property
    def amount(self) -> int:
        """What goes back of the line."""
        return self.benefit + self.gift + self.fee


def take(parts: Iterable[Part]) -> bool:
    """Write down what goes back; False when a line has less left than that: the caller must then roll back."""
    return all(_take(part) for part in sorted(parts, key=lambda part: part.line_id))


def turn(line: OrderLine) -> bool:
    """The line's seat is given back and its money kept: what is left of its benefit is a gift from now on.

    False when somebody was faster: the caller must then roll back.
    """
    rest = OrderLine.benefit - OrderLine.back_benefit - OrderLine.turned
    same = (OrderLine.seat_given_at.is_(None), rest == line.benefit_left)
    values = {"turned": OrderLine.turned + line.benefit_left, "seat_given_at": clock.now()}
    return changed(update(OrderLine).where(OrderLine.id == line.id, *same).values(**values)) == 1


def put_back(parts: Iterable[Part]) -> None:
    """It does not go back after all. Raises IntegrityError for more than was taken."""
    for part in sorted(parts, key=lambda part: part.line_id):
        line = update(OrderLine).where(OrderLine.id == part.line_id)
        changed(
            line.values(
                back_benefit=OrderLine.back_benefit - part.benefit,
                back_gift=OrderLine.back_gift - part.gift,
                back_fee=OrderLine.back_fee - part.fee,
            )
        )


def reread(order: Order) -> None:
    """Make the order's lines say what the database says now."""
    for line in order.lines:
        db.session.refresh(line)


def _take(part: Part) -> bool:
    fee_left = OrderLine.amount - OrderLine.benefit - OrderLine.gift - OrderLine.back_fee
    enough = (
        OrderLine.benefit - OrderLine.back_benefit - OrderLine.turned >= part.benefit,
        OrderLine.gift - OrderLine.back_gift + OrderLine.turned >= part.gift,
        fee_left >= part.fee,
    )
    values = {
        "back_benefit": OrderLine.back_benefit + part.benefit,
        "back_gift": OrderLine.back_gift + part.gift,
        "back_fee": OrderLine.back_fee + part.fee,
    }
    return changed(update(OrderLine).where(OrderLine.id == part.line_id, *enough).values(**values)) == 1
