"""Orders, their lines, donors, and what went back: the rows behind the files about sales."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import CTE, ColumnElement, Connection, String, Subquery, case, cast, func, literal, select, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql.selectable import Select

from events.catalogue.models import Event
from events.core.i18n import local
from events.guests.models import Party
from events.tickets.models import Ticket
from payments.disputes.models import Dispute, DisputeLine
from payments.exports.rows import Column, Row, Scope, Source
from payments.orders.models import Order, OrderLine, Payment
from payments.refunds.models import ENDED, Refund, RefundLine

_PARTS = (Column("benefit", "money"), Column("gift", "money"), Column("fee_cover", "money"))
_BACK = (Column("returned", "money"), Column("kept", "money"))
_CURRENCY = Column("currency", width=9)

ORDER_COLUMNS = (
    Column("order", width=9),
    Column("paid", "day", 11),
    Column("buyer", width=26),
    Column("status", width=15),
    *_PARTS,
    Column("total", "money"),
    *_BACK,
    _CURRENCY,
    Column("ordered", "day", 11),
    Column("event", width=20),
    Column("email", width=30),
    Column("payment", width=30),
)
LINE_COLUMNS = (
    Column("order", width=9),
    Column("paid", "day", 11),
    Column("kind", width=11),
    Column("name", width=30),
    Column("ticket", width=8),
    *_PARTS,
    Column("amount", "money"),
    *_BACK,
    _CURRENCY,
)
DONOR_COLUMNS = (
    Column("donor", width=26),
    Column("email", width=30),
    Column("orders", "count", 8),
    Column("first", "day", 11),
    Column("last", "day", 11),
    *_PARTS,
    *_BACK,
    _CURRENCY,
)
REFUND_COLUMNS = (
    Column("refund", width=30),
    Column("order", width=9),
    Column("decided", "day", 11),
    Column("buyer", width=26),
    Column("why", width=11),
    Column("status", width=15),
    *_PARTS,
    Column("amount", "money"),
    _CURRENCY,
)
_BACK_OF_LINE = OrderLine.back_benefit + OrderLine.back_gift + OrderLine.back_fee
_FEE = case((OrderLine.kind == "fee_cover", OrderLine.amount), else_=0)


def orders(scope: Scope, _language: str) -> Source:
    """Orders whose money fulfilled them: what the ledger calls sales; `kept` is what has not gone back."""
    sums = _sums(OrderLine.order_id)
    query = (
        select(Order.id, Order.organisation_id, Order.code, Order.paid_at, Order.created_at, Party.name)
        .add_columns(Party.email, Order.status, Order.total, Order.currency, Event.slug, Payment.reference)
        .add_columns(sums.c.benefit, sums.c.gift, sums.c.fee_cover, sums.c.back)
        .join(Event, Event.id == Order.event_id)
        .join(Party, Party.id == Order.party_id)
        .outerjoin(sums, sums.c.order_id == Order.id)
        .outerjoin(Payment, (Payment.order_id == Order.id) & (Payment.outcome == "fulfilled"))
        .where(Order.paid_at.is_not(None), scope.condition(Order.paid_at.expression))
        .order_by(Order.paid_at, Order.id)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            paid, ordered = scope.day(it.paid_at, it.organisation_id), scope.day(it.created_at, it.organisation_id)
            back = int(it.back or 0)
            parts = (int(it.benefit or 0), int(it.gift or 0), int(it.fee_cover or 0), it.total, back, it.total - back)
            about = (it.currency, ordered, it.slug, it.email, it.reference)
            yield Row((it.code, paid, it.name, it.status, *parts, *about), it.currency)

    return Source(query, rows)


def lines(scope: Scope, language: str) -> Source:
    """One row per ticket, gift and fee cover of those orders."""
    query = (
        select(Order.organisation_id, Order.code, Order.paid_at, Order.currency, OrderLine.kind, OrderLine.name)
        .add_columns(OrderLine.benefit, OrderLine.gift, OrderLine.amount, Ticket.number, _BACK_OF_LINE.label("back"))
        .join(Order, Order.id == OrderLine.order_id)
        .outerjoin(Ticket, Ticket.id == OrderLine.ticket_id)
        .where(Order.paid_at.is_not(None), scope.condition(Order.paid_at.expression))
        .order_by(Order.paid_at, Order.id, OrderLine.id)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            fee_cover = it.amount if it.kind == "fee_cover" else 0
            ticket = f"{it.number:04}" if it.number is not None else None
            about = (it.code, scope.day(it.paid_at, it.organisation_id), it.kind, local(it.name, language), ticket)
            amounts = (it.benefit, it.gift, fee_cover, it.amount, it.back, it.amount - it.back)
            yield Row((*about, *amounts, it.currency), it.currency)

    return Source(query, rows)


def donors(scope: Scope, _language: str) -> Source:
    """One row per address and currency: all that somebody gave, under the name written last."""
    sums, address = _sums(OrderLine.order_id), func.lower(Party.email)
    query = (
        select(address.label("email"), Order.organisation_id, Order.currency, func.max(Party.name).label("name"))
        .add_columns(func.count(Order.id).label("orders"), func.min(Order.paid_at).label("first"))
        .add_columns(func.max(Order.paid_at).label("last"), func.sum(sums.c.benefit).label("benefit"))
        .add_columns(func.sum(sums.c.gift).label("gift"), func.sum(sums.c.fee_cover).label("fee_cover"))
        .add_columns(func.sum(sums.c.back).label("back"), func.sum(Order.total).label("total"))
        .join(Party, Party.id == Order.party_id)
        .outerjoin(sums, sums.c.order_id == Order.id)
        .where(Order.paid_at.is_not(None), scope.condition(Order.paid_at.expression))
        .group_by(address, Order.organisation_id, Order.currency)
        .order_by(address, Order.organisation_id, Order.currency)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            days = (scope.day(moment, it.organisation_id) for moment in (it.first, it.last))
            back = int(it.back or 0)
            parts = (int(it.benefit or 0), int(it.gift or 0), int(it.fee_cover or 0), back, int(it.total) - back)
            yield Row((it.name, it.email, it.orders, *days, *parts, it.currency), it.currency)

    return Source(query, rows)


def refunds(scope: Scope, _language: str) -> Source:
    """What went back, or is on its way, as negative amounts; lost disputes too. What came to nothing is not counted.

    A seat that was given back for nothing moves no money: its row turns a benefit into a gift.
    """
    query = union_all(_refunds(scope), _lost(scope), _given(scope)).subquery()

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for it in records:
            parts = (-int(it.benefit or 0), -int(it.gift or 0), -int(it.fee or 0), -it.amount)
            about = (it.refund, it.code, scope.day(it.at, it.organisation_id), it.name, it.why, it.status)
            yield Row((*about, *parts, it.currency), it.currency, counts=it.status not in ENDED)

    return Source(select(query).order_by(query.c.at, query.c.refund), rows)


def _refunds(scope: Scope) -> Select[*tuple[Any, ...]]:
    parts, first = _parts(RefundLine, RefundLine.refund_id), _first()
    whole = parts.c.benefit + parts.c.gift + parts.c.fee == Refund.amount
    return (
        select(func.coalesce(Refund.stripe_id, Refund.idempotency_key).label("refund"), Refund.created_at.label("at"))
        .add_columns(Order.organisation_id, Order.code, Party.name, Refund.why, Refund.status, Refund.amount)
        .add_columns(Refund.currency, parts.c.benefit, parts.c.gift, parts.c.fee)
        .join(Order, Order.id == Refund.order_id)
        .join(Party, Party.id == Order.party_id)
        .outerjoin(first, first.c.id == Refund.id)
        .outerjoin(parts, (parts.c.of == first.c.root) & whole)
        .where(scope.condition(Refund.created_at.expression))
    )


def _first() -> CTE:
    """Of each refund the one that was decided: whatever tries it again has no parts of its own."""
    later, decided = aliased(Refund), select(Refund.id.label("id"), Refund.id.label("root"))
    first = decided.where(Refund.again_of.is_(None)).cte("first", recursive=True)
    return first.union_all(select(later.id, first.c.root).join(first, later.again_of == first.c.id))


def _lost(scope: Scope) -> Select[*tuple[Any, ...]]:
    parts = _parts(DisputeLine, DisputeLine.dispute_id)
    return (
        select(Dispute.stripe_id.label("refund"), func.coalesce(Dispute.closed_at, Dispute.opened_at).label("at"))
        .add_columns(Order.organisation_id, Order.code, Party.name, literal("dispute").label("why"), Dispute.status)
        .add_columns(Dispute.taken.label("amount"), Dispute.currency, parts.c.benefit, parts.c.gift, parts.c.fee)
        .join(Order, Order.id == Dispute.order_id)
        .join(Party, Party.id == Order.party_id)
        .outerjoin(parts, parts.c.of == Dispute.id)
        .where(Dispute.status == "lost", scope.condition(func.coalesce(Dispute.closed_at, Dispute.opened_at)))
    )


def _given(scope: Scope) -> Select[*tuple[Any, ...]]:
    named = literal("seat:").concat(cast(OrderLine.id, String)).label("refund")
    return (
        select(named, OrderLine.seat_given_at.label("at"), Order.organisation_id, Order.code, Party.name)
        .add_columns(literal("seat_given").label("why"), literal("given").label("status"), literal(0).label("amount"))
        .add_columns(Order.currency, OrderLine.turned.label("benefit"), (-OrderLine.turned).label("gift"))
        .add_columns(literal(0).label("fee"))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Party, Party.id == Order.party_id)
        .where(OrderLine.turned > 0, scope.condition(OrderLine.seat_given_at.expression))
    )


def _parts(lines: Any, of: Any) -> Subquery:  # noqa: ANN401 - a table of parts, and whose they are
    sums = (func.sum(column).label(column.key) for column in (lines.benefit, lines.gift, lines.fee))
    return select(of.label("of"), *sums).group_by(of).subquery()


def _sums(of: ColumnElement[int] | Any) -> Subquery:  # noqa: ANN401 - a column
    benefit, gift = func.sum(OrderLine.benefit).label("benefit"), func.sum(OrderLine.gift).label("gift")
    fee_cover, back = func.sum(_FEE).label("fee_cover"), func.sum(_BACK_OF_LINE).label("back")
    return select(of, benefit, gift, fee_cover, back).group_by(of).subquery()
