"""What the bank and Stripe do afterwards: disputes, fraud warnings, payouts. All of it on the switch API's word."""

from payments.gateway import currencies
from payments.gateway.sandbox import balances
from payments.gateway.sandbox.books import Books, Obj, ident
from payments.gateway.sandbox.errors import ApiError


def open_dispute(books: Books, charge: Obj, amount: int | None = None, reason: str = "fraudulent") -> Obj:
    """The buyer's bank takes the money back, and Stripe its dispute fee."""
    if charge["disputed"]:
        raise ApiError(f"Charge {charge['id']} is disputed already.")
    dispute = books.add(
        {
            "id": ident("du"),
            "object": "dispute",
            "amount": amount or charge["amount"] - charge["amount_refunded"],
            "balance_transactions": [],
            "charge": charge["id"],
            "created": books.now(),
            "currency": charge["currency"],
            "evidence": {},
            "evidence_details": {
                "due_by": books.now() + 10 * 86400,
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": False,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": "needs_response",
        }
    )
    charge["disputed"] = True
    books.emit("charge.dispute.created", dispute)
    _move(books, dispute, -dispute["amount"], books.config.dispute_fee, "dispute")
    books.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(books: Books, dispute: Obj, outcome: str) -> Obj:
    """`won`: the money comes back, the fee does not, even after it was lost. `lost`: it stays away."""
    if dispute["status"] == "won" or outcome not in ("won", "lost") or dispute["status"] == outcome:
        raise ApiError(f"A dispute that is {dispute['status']} cannot become {outcome}.")
    dispute["status"] = outcome
    if outcome == "won":
        _move(books, dispute, dispute["amount"], 0, "dispute_reversal")
        books.emit("charge.dispute.funds_reinstated", dispute)
    books.emit("charge.dispute.closed", dispute)
    return dispute


def warn_of_fraud(books: Books, charge: Obj) -> Obj:
    """The card network thinks that this payment was a fraud: a dispute may follow."""
    warning = books.add(
        {
            "id": ident("issfr"),
            "object": "radar.early_fraud_warning",
            "actionable": True,
            "charge": charge["id"],
            "created": books.now(),
            "fraud_type": "unauthorized_use_of_card",
            "livemode": False,
            "payment_intent": charge["payment_intent"],
        }
    )
    books.emit("radar.early_fraud_warning.created", warning)
    return warning


def pay_out(books: Books, currency: str, *, pending: bool = True) -> Obj:
    """An automatic payout of everything not paid out before; with `pending`, what has not ripened too."""
    balances.ripen(books)
    rows = [row for row in books.all("balance_transaction") if _is_due(books, row, currency, pending)]
    total = sum(row["net"] for row in rows)
    if total <= 0 or total % currencies.payout_step(currency):
        raise ApiError(f"There is nothing to pay out in {currency}: {total}.", code="balance_insufficient")
    payout = books.add(_payout(books, currency, total))
    movement = balances.post(books, "payout", -total, payout, note="STRIPE PAYOUT")
    payout["balance_transaction"] = movement["id"]
    for row in [*rows, movement]:
        row["status"] = "available"
        books.members[row["id"]] = payout["id"]
    books.emit("payout.created", payout)
    return payout


def finish_payout(books: Books, payout: Obj, status: str) -> Obj:
    """`paid`: arrived and explained. `failed`: the bank sent it back."""
    if payout["status"] not in ("in_transit", "paid") or status not in ("paid", "failed"):
        raise ApiError(f"A payout that is {payout['status']} cannot become {status}.")
    payout["status"] = status
    if status == "failed":
        movement = balances.post(books, "payout_failure", payout["amount"], payout, note="STRIPE PAYOUT FAILURE")
        payout.update(failure_balance_transaction=movement["id"], failure_code="account_closed")
    books.emit(f"payout.{status}", payout)
    if status == "paid":
        payout["reconciliation_status"] = "completed"
        books.emit("payout.reconciliation_completed", payout)
    return payout


def _move(books: Books, dispute: Obj, amount: int, fee: int, category: str) -> None:
    note = f"Chargeback {'withdrawal' if amount < 0 else 'reversal'} for {dispute['charge']}"
    movement = balances.post(books, "adjustment", amount, dispute, fee=fee, category=category, note=note)
    dispute["balance_transactions"].append(movement)


def _is_due(books: Books, row: Obj, currency: str, pending: bool) -> bool:
    ripe = pending or row["status"] == "available"
    return ripe and row["currency"] == currency and row["id"] not in books.members


def _payout(books: Books, currency: str, total: int) -> Obj:
    return {
        "id": ident("po"),
        "object": "payout",
        "amount": total,
        "arrival_date": books.now() + 86400,
        "automatic": True,
        "balance_transaction": None,
        "created": books.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": None,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": {},
        "method": "standard",
        "original_payout": None,
        "reconciliation_status": "in_progress",
        "reversed_by": None,
        "source_type": "card",
        "statement_descriptor": None,
        "status": "in_transit",
        "type": "bank_account",
    }
