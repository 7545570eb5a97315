"""Refunds: full or in part, at once or when the customer has answered, and those that fail afterwards."""

from typing import Any

from payments.gateway.currencies import stripe_exponent
from payments.gateway.sandbox import balances
from payments.gateway.sandbox.books import Books, Obj, ident
from payments.gateway.sandbox.errors import ApiError, invalid

_ASK_CUSTOMER = ("promptpay", "konbini")
_STANDING = ("pending", "requires_action", "succeeded")


def create(books: Books, params: dict[str, Any]) -> Obj:
    """Give money back; refused for more than is left."""
    charge = _charge(books, params)
    amount = params.get("amount", charge["amount"] - charge["amount_refunded"])
    _check(charge, amount)
    asks = charge["payment_method_details"]["type"] in _ASK_CUSTOMER
    if asks and "instructions_email" not in params:
        message = "This payment method needs `instructions_email` for a refund."
        raise invalid(message, "parameter_missing", "instructions_email")
    status = "requires_action" if asks else books.faults.refund_status
    refund = books.add(_refund(books, charge, amount, params, "pending" if status == "failed" else status))
    _book(books, charge, refund)
    books.emit("refund.created", refund)
    books.emit("charge.refunded", charge)
    if status == "failed":
        _undo(books, refund, "failed", "unknown")
    return refund


def cancel(books: Books, params: dict[str, Any], refund_id: str) -> Obj:
    """Take back a refund that waits for the customer."""
    refund = books.get("refund", refund_id)
    if refund["status"] != "requires_action":
        raise ApiError(f"Refund {refund_id} cannot be canceled because it has status {refund['status']}.")
    _undo(books, refund, "canceled", None)
    return refund


def finish(books: Books, refund: Obj, status: str) -> Obj:
    """What Stripe learns later of a refund: `pending`, `succeeded`, or `failed` (even after it had succeeded)."""
    if refund["status"] not in _STANDING:
        raise ApiError(f"Refund {refund['id']} is {refund['status']}.")
    if status == "failed":
        _undo(books, refund, "failed", "lost_or_stolen_card")
    else:
        refund.update(status=status, next_action=None)
        books.emit("refund.updated", refund)
    return refund


def _charge(books: Books, params: dict[str, Any]) -> Obj:
    if "charge" in params:
        return books.get("charge", params["charge"], "charge")
    if "payment_intent" not in params:
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise invalid(message, "parameter_missing")
    intent = books.get("payment_intent", params["payment_intent"], "payment_intent")
    if intent["latest_charge"] is None:
        raise ApiError(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return books.get("charge", intent["latest_charge"])


def _check(charge: Obj, amount: int) -> None:
    left = charge["amount"] - charge["amount_refunded"]
    if not left:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"]:
        raise ApiError(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "parameter_invalid_integer", "amount")
    if amount > left:
        # Stripe gives this one no code.
        asked, rest = (_said(value, charge["currency"]) for value in (amount, left))
        raise ApiError(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", param="amount")


def _said(amount: int, currency: str) -> str:
    places = stripe_exponent(currency)
    return f"{amount / 10**places:.{places}f} {currency.upper()}"


def _refund(books: Books, charge: Obj, amount: int, params: dict[str, Any], status: str) -> Obj:
    kind = charge["payment_method_details"]["type"]
    return {
        "id": ident("re" if charge["id"].startswith("ch_") else "pyr"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": books.now(),
        "currency": charge["currency"],
        "description": None,
        "destination_details": {"type": kind, kind: {}},
        "instructions_email": params.get("instructions_email"),
        "metadata": params.get("metadata") or {},
        "next_action": {"type": "display_details"} if status == "requires_action" else None,
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "status": status,
    }


def _book(books: Books, charge: Obj, refund: Obj) -> None:
    kind = "refund" if refund["id"].startswith("re_") else "payment_refund"
    refund["balance_transaction"] = balances.post(books, kind, -refund["amount"], refund, note="REFUND")["id"]
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def _undo(books: Books, refund: Obj, status: str, reason: str | None) -> None:
    """The money comes back to the balance by a movement of its own; the first one stays."""
    movement = balances.post(books, "refund_failure", refund["amount"], refund, note="REFUND FAILURE")
    refund.update(status=status, failure_balance_transaction=movement["id"], next_action=None)
    charge = books.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    if status == "failed":
        refund["failure_reason"] = reason
        books.emit("refund.failed", refund)
    books.emit("refund.updated", refund)
