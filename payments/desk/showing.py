"""One order as staff see it: what was bought, what came, what went back, and every step of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from payments.desk import history
from payments.disputes.models import Dispute
from payments.offline import crediting, invoicing, late, taking_back
from payments.offline.models import Invoice
from payments.orders.models import Order, OrderLine, Payment
from payments.refunds import choosing, steps
from payments.refunds.models import Refund
from payments.refunds.requesting import REFUNDABLE


@dataclass(frozen=True)
class Desk:
    """Everything on the page."""

    order: Order
    payments: Sequence[Payment]
    refunds: Sequence[Refund]
    disputes: Sequence[Dispute]
    history: Sequence[history.Step]
    owed: frozenset[int]  # refunds that failed and nobody has repeated
    invoice: Invoice | None
    late: Payment | None  # came by transfer when the seats had gone; somebody sends it back by hand

    @property
    def left(self) -> int:
        """What can still be chosen to go back, in minor units; what is owed already is not part of it."""
        paid = sum(payment.left for payment in self.payments if payment.outcome == "fulfilled")
        return min(paid, sum(line.left for line in self.order.lines))

    @property
    def turned(self) -> int:
        """What had been for meals and is a gift since seats were given back, in minor units."""
        return sum(line.turned for line in self.order.lines)

    @property
    def creditable(self) -> int:
        """What went back of an invoiced order and has no credit note yet, in minor units."""
        return crediting.open_amount(self.invoice) if self.invoice else 0

    @property
    def is_contested(self) -> bool:
        """Whether a bank still decides about a payment."""
        return any(dispute.is_open for dispute in self.disputes)

    @property
    def may_refund(self) -> bool:
        """Whether lines can be given back now."""
        return self.order.status in REFUNDABLE and self.left > 0 and not self.is_contested

    @property
    def by_hand(self) -> bool:
        """Whether what paid the order came without a card: then a person hands it back."""
        return any(payment.outcome == "fulfilled" and payment.provider != "stripe" for payment in self.payments)

    @property
    def may_take_back(self) -> bool:
        """Whether it cost nothing, and can be taken back whole."""
        return taking_back.may_take_back(self.order)

    @property
    def lost_its_places(self) -> bool:
        """Whether a dispute was won after it was lost, when others had the places already."""
        void = any(line.ticket and line.ticket.status == "void" and line.left for line in self.order.lines)
        return void and any(dispute.status == "won" and dispute.taken for dispute in self.disputes)

    @property
    def waits_for_decision(self) -> bool:
        """Whether money under review can be sent back whole."""
        return self.order.status == "needs_review" and any(
            payment.outcome == "needs_review" for payment in self.payments
        )


def get_order(event: Event, code: str) -> Order:
    """The evening's order of this code; raises NotFound."""
    order = db.session.scalars(select(Order).filter_by(event_id=event.id, code=code)).one_or_none()
    if order is None:
        raise NotFound(_("This order does not exist."))
    return order


def desk_of(order: Order) -> Desk:
    """The order with all that belongs to it."""
    refunds = db.session.scalars(select(Refund).filter_by(order_id=order.id).order_by(Refund.id)).all()
    return Desk(
        order=order,
        payments=db.session.scalars(select(Payment).filter_by(order_id=order.id).order_by(Payment.id)).all(),
        refunds=refunds,
        disputes=db.session.scalars(select(Dispute).filter_by(order_id=order.id).order_by(Dispute.id)).all(),
        history=history.of(order),
        owed=frozenset(refund.id for refund in refunds if steps.is_owed(refund)),
        invoice=invoicing.find_invoice(order.id),
        late=late.find_owed(order),
    )


@dataclass(frozen=True)
class Choice:
    """What is given back together: one line, or all seats of a table that goes back whole. `line` is the first."""

    lines: Sequence[OrderLine]

    @property
    def line(self) -> OrderLine:
        """The one whose field the choice is made in."""
        return self.lines[0]

    @property
    def left(self) -> int:
        """What has not gone back, in minor units."""
        return sum(line.left for line in self.lines)

    @property
    def tickets(self) -> list[str]:
        """Numbers of the tickets: the first and the last of a table."""
        numbers = [line.ticket.short_number for line in self.lines if line.ticket]
        return [numbers[0], numbers[-1]] if len(numbers) > 1 else numbers


def choices_of(order: Order) -> list[Choice]:
    """What may be given back of an order, in its own order."""
    found: dict[object, list[OrderLine]] = {}
    for line in order.lines:
        key = (line.bundle_id, has_ticket(line)) if _goes_with_others(line) else line.id
        found.setdefault(key, []).append(line)
    choices = [Choice(lines) for lines in found.values()]
    return [choice for choice in choices if choice.left]


def _goes_with_others(line: OrderLine) -> bool:
    """As choosing.check_bundles asks for it: a seat of a table that goes back whole."""
    return line.bundle_id is not None and line.ticket is not None and not choosing.divisible(line)


def has_ticket(line: OrderLine) -> bool:
    """Whether somebody may come in with the line's ticket."""
    return choosing.standing_ticket(line) is not None
