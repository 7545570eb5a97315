"""Issuing receipts: numbers run 1, 2, 3 without a gap per organisation, profile and year, whatever is rolled back."""

from zoneinfo import ZoneInfo

from events.core import clock
from events.core.db import count_on, db
from payments.orders.models import Order
from payments.receipts.models import Receipt, ReceiptSeries

RULE_VERSION = "generic-1"
"""eligible = paid - benefit, never below zero; both are shown."""


def issue(order: Order) -> Receipt:
    """A receipt for a paid order. The series' counter is the last row that the caller's transaction touches."""
    return _write(order)


def replace(order: Order, before: Receipt, state: str) -> Receipt:
    """A new number for what remains, citing the one that was cancelled."""
    return _write(order, state, before.id)


def remaining(order: Order) -> tuple[int, int]:
    """What was paid, and the benefit in it, less what went back; minor units."""
    return sum(line.left for line in order.lines), sum(line.benefit - line.back_benefit for line in order.lines)


def _write(order: Order, state: str = "issued", replaces_id: int | None = None) -> Receipt:
    moment = clock.now()
    organisation = order.event.organisation
    year = moment.astimezone(ZoneInfo(organisation.time_zone)).year
    key = {"organisation_id": organisation.id, "profile": organisation.receipt_profile, "year": year}
    series = count_on(ReceiptSeries, key)
    paid, benefit = remaining(order)
    receipt = Receipt(
        series_id=series.id,
        sequence=series.last,
        number=f"R-{year}-{series.last:06}",
        order_id=order.id,
        state=state,
        donor_name=order.party.name,
        received_at=order.paid_at or moment,
        issued_at=moment,
        currency=order.currency,
        paid=paid,
        benefit=benefit,
        eligible=max(paid - benefit, 0),
        rule_version=RULE_VERSION,
        replaces_id=replaces_id,
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt
