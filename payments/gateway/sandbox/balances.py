"""Movements of the balance: every one has an amount, a fee and a net, in the charge's own currency."""

from typing import Any

from events.core.money import fee
from payments.gateway.currencies import from_stripe, to_stripe
from payments.gateway.sandbox.books import Books, Obj, ident

_CATEGORIES = {
    "charge": "charge",
    "payment": "charge",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "payment_failure_refund": "charge_failure",
    "payout": "payout",
    "payout_failure": "payout_reversal",
}


def post(
    books: Books, kind: str, amount: int, source: Obj, *, fee: int = 0, category: str = "", note: str | None = None
) -> Obj:
    """Book `amount` (negative when it leaves) less `fee`, both in Stripe's units."""
    delay = 0 if kind.startswith("payout") else books.config.days_to_available * 86400
    return books.add(
        {
            "id": ident("txn"),
            "object": "balance_transaction",
            "amount": amount,
            "available_on": books.now() + delay,
            "balance_type": "payments",
            "created": books.now(),
            "currency": source["currency"],
            "description": note or source.get("description"),
            "exchange_rate": None,
            "fee": fee,
            "fee_details": [_fee_detail(fee, source["currency"])] if fee else [],
            "net": amount - fee,
            "reporting_category": category or _CATEGORIES[kind],
            "source": source["id"],
            "status": "pending" if delay else "available",
            "type": kind,
        }
    )


def card_fee(books: Books, amount: int, currency: str) -> int:
    """Stripe's fee on a payment, in Stripe's units, but in whole ISO minor units (whole krónur), rounded half up."""
    points, fixed = books.config.fees.get(currency, books.config.default_fee)
    return to_stripe(fee(from_stripe(amount, currency), points, fixed), currency)


def ripen(books: Books) -> None:
    """What has waited long enough becomes available."""
    for row in books.all("balance_transaction"):
        if row["status"] == "pending" and row["available_on"] <= books.now():
            row["status"] = "available"


def balance(books: Books, _params: dict[str, Any]) -> Obj:
    """The balance: sums of the nets, by currency."""
    ripen(books)
    return {
        "object": "balance",
        "available": _sums(books, "available"),
        "livemode": False,
        "pending": _sums(books, "pending"),
    }


def _sums(books: Books, status: str) -> list[Obj]:
    totals: dict[str, int] = {}
    for row in books.all("balance_transaction"):
        totals[row["currency"]] = totals.get(row["currency"], 0) + (row["net"] if row["status"] == status else 0)
    return [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in totals.items()
    ]


def _fee_detail(fee: int, currency: str) -> Obj:
    return {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
