"""The switches, under /_control: what the world outside (buyers, banks, Stripe's dashboard, bad luck) does on demand.

JSON in, JSON out. Requests must say `Content-Type: application/json`, so that no web page can send them unasked.
"""

import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from payments.gateway.sandbox import aftermath, balances, paying, refunds, sessions
from payments.gateway.sandbox.books import Books, Obj
from payments.gateway.sandbox.delivery import Courier
from payments.gateway.sandbox.errors import ApiError

_SHOWN = (
    "checkout.session",
    "payment_intent",
    "charge",
    "refund",
    "dispute",
    "payout",
    "balance_transaction",
    "event",
    "webhook_endpoint",
)


def serve(books: Books, courier: Courier, request: Request, name: str) -> Response:
    """Answer one switch; 400 with a sentence when it cannot be done."""
    try:
        if request.method == "GET":
            return _json(_READ[name](books, courier))
        if not request.is_json:
            raise ApiError("Send application/json.", status=415)
        wanted = request.get_json(silent=True)
        if not isinstance(wanted, dict):
            raise ApiError("Send a JSON object.")
        return _json(_DO[name](books, courier, wanted))
    except ApiError as refusal:
        return _json(refusal.body(), refusal.status)
    except KeyError as unknown:
        return _json({"error": {"message": f"unknown or missing: {unknown}"}}, 404)
    except (TypeError, ValueError) as wrong:
        return _json({"error": {"message": str(wrong)}}, 400)


def _books(books: Books, courier: Courier) -> Obj:
    with books.lock:
        sessions.sweep(books)
        shown = {kind: books.all(kind) for kind in _SHOWN}
        # Serialised here: nothing may change while it is written down.
        copied: Obj = json.loads(json.dumps({**shown, "balance": balances.balance(books, {})}, default=str))
        return copied


def _deliveries(books: Books, courier: Courier) -> Obj:
    with books.lock:
        return {"deliveries": list(courier.log)}


def _faults(books: Books, courier: Courier, wanted: Obj) -> Obj:
    if wanted.pop("reset", False):
        books.faults.reset()
    books.faults.configure(wanted)
    return {"ok": True}


def _pay(books: Books, courier: Courier, wanted: Obj) -> Obj:
    """A buyer without a browser: `outcome` is pay, decline, later or promptpay."""
    acts: dict[str, Callable[[Books, Obj], None]] = {
        "pay": paying.pay,
        "decline": paying.decline,
        "later": paying.defer,
        "promptpay": lambda books, session: paying.defer(books, session, "promptpay"),
    }
    act = acts[wanted.get("outcome", "pay")]
    with books.lock:
        sessions.sweep(books)
        session = books.get("checkout.session", wanted["session"])
        if session["status"] != "open":
            raise ApiError(f"The session is {session['status']}.")
        act(books, session)
        return session


def _complete_async(books: Books, courier: Courier, wanted: Obj) -> Obj:
    with books.lock:
        session = books.get("checkout.session", wanted["session"])
        if not paying.is_waiting(books, session):
            raise ApiError("The session waits for no money.")
        paying.settle(books, session, succeeded=wanted.get("outcome", "succeeded") == "succeeded")
        return session


def _dispute(books: Books, courier: Courier, wanted: Obj) -> Obj:
    with books.lock:
        if "dispute" in wanted:
            return aftermath.close_dispute(books, books.get("dispute", wanted["dispute"]), wanted["outcome"])
        reason = wanted.get("reason", "fraudulent")
        return aftermath.open_dispute(books, _charge(books, wanted), wanted.get("amount"), reason)


def _fraud_warning(books: Books, courier: Courier, wanted: Obj) -> Obj:
    with books.lock:
        return aftermath.warn_of_fraud(books, _charge(books, wanted))


def _payout(books: Books, courier: Courier, wanted: Obj) -> Obj:
    """`currency` makes a payout, which arrives unless `status` is `in_transit`; `payout` finishes one."""
    status = wanted.get("status", "paid")
    with books.lock:
        if "payout" in wanted:
            return aftermath.finish_payout(books, books.get("payout", wanted["payout"]), status)
        payout = aftermath.pay_out(books, wanted.get("currency", "thb").lower(), pending=wanted.get("pending", True))
        return payout if status == "in_transit" else aftermath.finish_payout(books, payout, status)


def _refund(books: Books, courier: Courier, wanted: Obj) -> Obj:
    """`refund` and `status` finish one; anything else is a refund made in the dashboard."""
    with books.lock:
        if "refund" in wanted:
            return refunds.finish(books, books.get("refund", wanted["refund"]), wanted["status"])
        return refunds.create(books, wanted)


def _book_balance(books: Books, courier: Courier, wanted: Obj) -> Obj:
    """Book charges that the switch `late_balance` left unbooked."""
    with books.lock:
        late = [charge for charge in books.all("charge") if charge["balance_transaction"] is None]
        for charge in late:
            paying.book(books, charge)
            books.emit("charge.updated", charge)
        return {"booked": len(late)}


def _advance_clock(books: Books, courier: Courier, wanted: Obj) -> Obj:
    with books.lock:
        books.offset += int(wanted["seconds"])
        sessions.sweep(books)
        return {"now": books.now()}


def _deliver(books: Books, courier: Courier, wanted: Obj) -> Obj:
    """Send an event again (`event`), or let go what was held back."""
    if "event" not in wanted:
        return {"released": courier.release()}
    with books.lock:
        courier.submit(books.get("event", wanted["event"]))
    return {"released": 1}


def _quiet(books: Books, courier: Courier, wanted: Obj) -> Obj:
    return {"quiet": courier.wait_quiet(float(wanted.get("seconds", 5)))}


def _charge(books: Books, wanted: Obj) -> Obj:
    if "charge" in wanted:
        return books.get("charge", wanted["charge"])
    return books.get("charge", books.get("payment_intent", wanted["payment_intent"])["latest_charge"])


def _json(body: Any, status: int = 200) -> Response:  # noqa: ANN401
    return Response(json.dumps(body, default=str), status, content_type="application/json")


_READ: dict[str, Callable[[Books, Courier], Obj]] = {"books": _books, "deliveries": _deliveries}
_DO: dict[str, Callable[[Books, Courier, Obj], Obj]] = {
    "faults": _faults,
    "pay": _pay,
    "complete-async": _complete_async,
    "dispute": _dispute,
    "fraud-warning": _fraud_warning,
    "payout": _payout,
    "refund": _refund,
    "book-balance": _book_balance,
    "advance-clock": _advance_clock,
    "deliver": _deliver,
    "quiet": _quiet,
}
