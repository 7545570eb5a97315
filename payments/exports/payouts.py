"""The payout sheet: what Stripe sent to the bank, movement by movement, a total and a sheet for each payout."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, case, func, select

from payments.disputes.models import Dispute
from payments.exports.csv_files import places_of
from payments.exports.rows import Column, Row, Scope, Source, total
from payments.ledger.models import BalanceTransaction, Payout
from payments.orders.models import Order, Payment
from payments.refunds.models import Refund

COLUMNS = (
    Column("payout", width=30),
    Column("arrival", "day", 11),
    Column("txn", width=30),
    Column("category", width=14),
    Column("order", width=9),
    Column("gross", "money"),
    Column("fee", "money"),
    Column("net", "money"),
    Column("currency", width=9),
    Column("presentment_amount", "decimal", 19),
    Column("presentment_currency", width=20),
    Column("rate", "decimal", 9),
)


def payouts(scope: Scope, _language: str) -> Source:
    """The movements that each payout was made of; the payout's own movement, which empties the balance, is left out."""
    order_id = func.coalesce(Payment.order_id, Refund.order_id, Dispute.order_id)
    arrived = scope.condition(Payout.arrival_at.expression, Payout.organisation_id.expression)
    paid = case((Payment.id.is_not(None), Payment.amount), (Refund.id.is_not(None), -Refund.amount))
    query = (
        select(Payout.id.label("payout"), Payout.organisation_id, Payout.arrival_at, BalanceTransaction.id.label("txn"))
        .add_columns(BalanceTransaction.category, Order.code, BalanceTransaction.amount, BalanceTransaction.fee)
        .add_columns(BalanceTransaction.net, BalanceTransaction.currency, BalanceTransaction.exchange_rate)
        .add_columns(paid.label("paid"), func.coalesce(Payment.currency, Refund.currency).label("paid_in"))
        .join(BalanceTransaction, BalanceTransaction.payout_id == Payout.id)
        .outerjoin(Payment, Payment.reference == BalanceTransaction.reference)
        .outerjoin(Refund, Refund.stripe_id == BalanceTransaction.reference)
        .outerjoin(Dispute, Dispute.stripe_id == BalanceTransaction.reference)
        .outerjoin(Order, Order.id == order_id)
        .where(arrived, BalanceTransaction.category.not_like("payout%"))
        .order_by(Payout.arrival_at, Payout.id, BalanceTransaction.created_at, BalanceTransaction.id)
    )

    def rows(_connection: Connection, records: Iterable[Any]) -> Iterator[Row]:
        for payout, movements in groupby(records, lambda it: it.payout):
            sums = [0] * len(COLUMNS)
            currency = ""
            for it in movements:
                currency = it.currency
                sums[5:8] = sums[5] + it.amount, sums[6] + it.fee, sums[7] + it.net
                yield Row(_cells(scope, it), currency, sheet=payout)
            yield total(COLUMNS, currency, sums, f"Total {payout}", payout)

    return Source(query, rows)


def _cells(scope: Scope, it: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a record of the query
    arrival = scope.day(it.arrival_at, it.organisation_id)
    presentment = Decimal(it.paid).scaleb(-places_of(it.paid_in)) if it.paid_in else None
    rate = Decimal(it.exchange_rate) if it.exchange_rate else None
    amounts = (it.amount, it.fee, it.net, it.currency, presentment, it.paid_in, rate)
    return (it.payout, arrival, it.txn, it.category, it.code, *amounts)
