"""What a buyer does on the pay page: pays, is declined, is asked by the bank, pays later."""

from payments.gateway.sandbox import balances
from payments.gateway.sandbox.books import Books, Obj, ident, letters

_LATER = {"thb": "promptpay", "eur": "sepa_debit", "gbp": "bacs_debit", "usd": "us_bank_account"}
_NO_CARD = "customer_balance"


def pay(books: Books, session: Obj, method: str = "card") -> None:
    """The money comes at once."""
    if session["amount_total"]:
        _capture(books, _intent(books, session, method))
    _complete(books, session, "paid" if session["amount_total"] else "no_payment_required")


def decline(books: Books, session: Obj) -> None:
    """The bank says no; the page stays open and the buyer may try again."""
    _refuse(books, _intent(books, session, "card"), "card_declined", "Your card was declined.", "generic_decline")


def challenge(books: Books, session: Obj) -> None:
    """The bank wants to see who pays (3-D Secure)."""
    intent = _intent(books, session, "card")
    intent.update(status="requires_action", next_action={"type": "use_stripe_sdk"})
    books.emit("payment_intent.requires_action", intent)


def fail_challenge(books: Books, session: Obj) -> None:
    """The bank did not recognise the buyer."""
    intent = _intent(books, session, "card")
    message = "We are unable to authenticate your payment method."
    _refuse(books, intent, "payment_intent_authentication_failure", message, None)


def defer(books: Books, session: Obj, method: str | None = None) -> None:
    """The session is complete, the money on its way: unpaid until `settle`."""
    intent = _intent(books, session, method or _LATER.get(session["currency"], _NO_CARD))
    intent.update(status="processing", next_action=None)
    books.emit("payment_intent.processing", intent)
    _complete(books, session, "unpaid")


def settle(books: Books, session: Obj, *, succeeded: bool) -> None:
    """The late money comes, or does not."""
    intent = books.get("payment_intent", session["payment_intent"])
    if succeeded:
        _capture(books, intent)
        session["payment_status"] = "paid"
        books.emit("checkout.session.async_payment_succeeded", session)
    else:
        _refuse(books, intent, "payment_intent_payment_attempt_failed", "The payment failed.", None)
        books.emit("checkout.session.async_payment_failed", session)


def is_waiting(books: Books, session: Obj) -> bool:
    """Whether a completed session still waits for its money."""
    intent = books.kinds.get("payment_intent", {}).get(session["payment_intent"] or "")
    return session["status"] == "complete" and intent is not None and intent["status"] == "processing"


def _complete(books: Books, session: Obj, payment_status: str) -> None:
    session.update(status="complete", payment_status=payment_status, url=None)
    books.open_sessions.pop(session["id"], None)
    books.emit("checkout.session.completed", session)


def _intent(books: Books, session: Obj, method: str) -> Obj:
    """The session's payment intent, made when the buyer first does something."""
    if session["payment_intent"] is None:
        session["payment_intent"] = _new_intent(books, session)["id"]
    intent = books.get("payment_intent", session["payment_intent"])
    intent.update(payment_method=ident("pm"), payment_method_types=[method], last_payment_error=None, next_action=None)
    return intent


def _new_intent(books: Books, session: Obj) -> Obj:
    data = books.intent_data[session["id"]]
    intent_id = ident("pi")
    intent = books.add(
        {
            "id": intent_id,
            "object": "payment_intent",
            "amount": session["amount_total"],
            "amount_capturable": 0,
            "amount_received": 0,
            "canceled_at": None,
            "capture_method": "automatic_async",
            "client_secret": f"{intent_id}_secret_{letters(24)}",
            "confirmation_method": "automatic",
            "created": books.now(),
            "currency": session["currency"],
            "customer": None,
            "description": data.get("description"),
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": data.get("metadata") or {},
            "next_action": None,
            "payment_method": None,
            "payment_method_types": [],
            "receipt_email": data.get("receipt_email"),
            "status": "requires_payment_method",
        }
    )
    books.emit("payment_intent.created", intent)
    return intent


def _refuse(books: Books, intent: Obj, code: str, message: str, decline_code: str | None) -> None:
    error = {"code": code, "message": message, "type": "card_error"}
    intent.update(
        status="requires_payment_method",
        next_action=None,
        last_payment_error=error | ({"decline_code": decline_code} if decline_code else {}),
    )
    books.emit("payment_intent.payment_failed", intent)


def _capture(books: Books, intent: Obj) -> None:
    charge = books.add(_charge(books, intent))
    intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"], next_action=None)
    books.emit("payment_intent.succeeded", intent)
    late = books.faults.late_balance
    if not late:
        book(books, charge)
    books.emit("charge.succeeded", charge)
    if not late:
        books.emit("charge.updated", charge)


def book(books: Books, charge: Obj) -> None:
    """Give the charge its movement of the balance, with Stripe's fee."""
    kind = "charge" if charge["id"].startswith("ch_") else "payment"
    fee = balances.card_fee(books, charge["amount"], charge["currency"])
    charge["balance_transaction"] = balances.post(books, kind, charge["amount"], charge, fee=fee)["id"]


def _charge(books: Books, intent: Obj) -> Obj:
    method = intent["payment_method_types"][0]
    card = {"brand": "visa", "country": "TH", "exp_month": 12, "exp_year": 2034, "funding": "credit", "last4": "4242"}
    return {
        "id": ident("ch" if method == "card" else "py"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "balance_transaction": None,
        "captured": True,
        "created": books.now(),
        "currency": intent["currency"],
        "customer": None,
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": False,
        "metadata": dict(intent["metadata"]),
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": intent["payment_method"],
        "payment_method_details": {"type": method, method: card if method == "card" else {}},
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": "succeeded",
    }
