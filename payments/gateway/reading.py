"""From Stripe's JSON to our plain values. A missing or odd field raises KeyError, TypeError or ValueError."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from payments.gateway.answers import (
    Balance,
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Dispute,
    EventNotice,
    FraudWarning,
    PaymentIntent,
    Payout,
    RefundResult,
    WebhookEndpoint,
)
from payments.gateway.currencies import from_stripe

Json = dict[str, Any]


def session(data: Json) -> CheckoutSession:
    currency = data.get("currency")
    total = data.get("amount_total")
    return CheckoutSession(
        id=data["id"],
        mode=data["mode"],
        status=data["status"],
        payment_status=data["payment_status"],
        amount_total=None if total is None or currency is None else from_stripe(total, currency),
        currency=currency and currency.upper(),
        client_reference_id=data.get("client_reference_id"),
        order_metadata=dict(data.get("metadata") or {}),
        payment_intent=_id(data.get("payment_intent")),
        url=data.get("url"),
        expires_at=moment(data["expires_at"]),
        livemode=data["livemode"],
    )


def payment_intent(data: Json) -> PaymentIntent:
    return PaymentIntent(
        id=data["id"],
        status=data["status"],
        amount=_amount(data, "amount"),
        amount_received=_amount(data, "amount_received"),
        currency=data["currency"].upper(),
        latest_charge=_id(data.get("latest_charge")),
        order_metadata=dict(data.get("metadata") or {}),
        livemode=data["livemode"],
    )


def charge(data: Json) -> Charge:
    return Charge(
        id=data["id"],
        status=data["status"],
        amount=_amount(data, "amount"),
        amount_refunded=_amount(data, "amount_refunded"),
        currency=data["currency"].upper(),
        paid=data["paid"],
        refunded=data["refunded"],
        disputed=data["disputed"],
        payment_intent=_id(data.get("payment_intent")),
        balance_transaction=_id(data.get("balance_transaction")),
        method=(data.get("payment_method_details") or {}).get("type"),
        order_metadata=dict(data.get("metadata") or {}),
        created=moment(data["created"]),
        livemode=data["livemode"],
    )


def refund(data: Json) -> RefundResult:
    return RefundResult(
        id=data["id"],
        status=data["status"],
        amount=_amount(data, "amount"),
        currency=data["currency"].upper(),
        charge=_id(data.get("charge")),
        payment_intent=_id(data.get("payment_intent")),
        balance_transaction=_id(data.get("balance_transaction")),
        failure_balance_transaction=_id(data.get("failure_balance_transaction")),
        failure_reason=data.get("failure_reason"),
        reason=data.get("reason"),
        order_metadata=dict(data.get("metadata") or {}),
        created=moment(data["created"]),
    )


def dispute(data: Json) -> Dispute:
    due = (data.get("evidence_details") or {}).get("due_by")
    return Dispute(
        id=data["id"],
        status=data["status"],
        reason=data["reason"],
        amount=_amount(data, "amount"),
        currency=data["currency"].upper(),
        charge=_id(data["charge"]) or "",
        payment_intent=_id(data.get("payment_intent")),
        balance_transactions=tuple(row["id"] for row in data.get("balance_transactions") or []),
        due_by=moment(due) if due else None,
        created=moment(data["created"]),
        livemode=data["livemode"],
    )


def fraud_warning(data: Json) -> FraudWarning:
    return FraudWarning(
        id=data["id"],
        charge=_id(data["charge"]) or "",
        payment_intent=_id(data.get("payment_intent")),
        fraud_type=data["fraud_type"],
        created=moment(data["created"]),
    )


def balance_transaction(data: Json) -> BalanceTransaction:
    rate = data.get("exchange_rate")
    return BalanceTransaction(
        id=data["id"],
        type=data["type"],
        reporting_category=data["reporting_category"],
        amount=_amount(data, "amount"),
        fee=_amount(data, "fee"),
        net=_amount(data, "net"),
        currency=data["currency"].upper(),
        exchange_rate=None if rate is None else Decimal(str(rate)),
        source=_id(data.get("source")),
        status=data["status"],
        description=data.get("description"),
        created=moment(data["created"]),
        available_on=moment(data["available_on"]),
    )


def payout(data: Json) -> Payout:
    return Payout(
        id=data["id"],
        status=data["status"],
        amount=_amount(data, "amount"),
        currency=data["currency"].upper(),
        automatic=data["automatic"],
        balance_transaction=_id(data.get("balance_transaction")),
        failure_balance_transaction=_id(data.get("failure_balance_transaction")),
        failure_code=data.get("failure_code"),
        reconciliation_status=data["reconciliation_status"],
        arrival_date=moment(data["arrival_date"]),
        created=moment(data["created"]),
        livemode=data["livemode"],
    )


def balance(data: Json) -> Balance:
    return Balance(_by_currency(data["available"]), _by_currency(data["pending"]), data["livemode"])


def webhook_endpoint(data: Json) -> WebhookEndpoint:
    events = tuple(data["enabled_events"])
    return WebhookEndpoint(
        data["id"], data["url"], data["status"], events, data.get("api_version"), bool(data["livemode"])
    )


def event(data: Json) -> EventNotice:
    subject = data["data"]["object"]
    return EventNotice(
        id=_text(data["id"]),
        type=_text(data["type"]),
        object_type=_text(subject["object"]),
        object_id=None if subject.get("id") is None else _text(subject["id"]),
        created=moment(data["created"]),
        livemode=data["livemode"] is True,
        api_version=data.get("api_version"),
    )


def moment(seconds: int) -> datetime:
    """Stripe's seconds since 1970 as an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)


def _amount(data: Json, name: str) -> int:
    return from_stripe(data[name], data["currency"])


def _by_currency(rows: Iterable[Json]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for row in rows:
        code = row["currency"].upper()
        totals[code] = totals.get(code, 0) + _amount(row, "amount")
    return totals


def _id(value: object) -> str | None:
    """A reference is an id, or the whole object where it was expanded."""
    if isinstance(value, dict):
        return str(value["id"])
    return None if value is None else str(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("not a text")
    return value
