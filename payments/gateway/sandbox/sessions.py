"""Checkout Sessions: opened, read, expired."""

from typing import Any

from payments.gateway import currencies
from payments.gateway.sandbox.books import Books, Obj, ident, letters
from payments.gateway.sandbox.errors import ApiError, invalid

_SHORTEST, _LONGEST = 30 * 60, 24 * 60 * 60
_NOT_SPOKEN = ("payment_method_data", "subscription_data", "setup_intent_data")


def create(books: Books, params: dict[str, Any]) -> Obj:
    """Open a pay page, as Stripe would, or refuse as Stripe would."""
    if params.get("mode") != "payment":
        raise invalid("The stand-in speaks payment mode only.", None, "mode")
    for name in _NOT_SPOKEN:
        if name in params:
            raise invalid(f"You can not pass `{name}` in `payment` mode.", None, name)
    _check_addresses(params)
    items = [_item(row, index) for index, row in enumerate(params.get("line_items", []))]
    currency, total = _total(items)
    expires_at = _expiry(books, params.get("expires_at"))
    session = books.add(_session(books, params, currency, total, expires_at))
    books.open_sessions[session["id"]] = session
    books.line_items[session["id"]] = items
    books.intent_data[session["id"]] = params.get("payment_intent_data", {})
    session["url"] = _address(books, session["id"])
    return session


def expire(books: Books, params: dict[str, Any], session_id: str) -> Obj:
    """Close an open session; refused when it is complete or expired."""
    session = books.get("checkout.session", session_id)
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return close(books, session)


def close(books: Books, session: Obj) -> Obj:
    session.update(status="expired", url=None)
    books.open_sessions.pop(session["id"], None)
    books.emit("checkout.session.expired", session)
    return session


def sweep(books: Books) -> None:
    """Expire what is past its time. Someone looks at the clock before every request, and each second."""
    now = books.now()
    for session in list(books.open_sessions.values()):
        if session["expires_at"] <= now:
            close(books, session)


def lines(books: Books, session_id: str) -> list[Obj]:
    """The lines of a session, in order."""
    books.get("checkout.session", session_id)
    return books.line_items[session_id]


def _check_addresses(params: dict[str, Any]) -> None:
    if "success_url" not in params:
        raise invalid("You must specify `success_url`.", "parameter_missing", "success_url")
    for name in ("success_url", "cancel_url"):
        address = params.get(name, "http://")
        if not address.startswith(("http://", "https://")):
            raise invalid(f"Not a valid URL: {name}", "url_invalid", name)
        if len(address) > 5000:
            raise invalid("URL must be 5000 characters or less.", "url_invalid", name)


def _item(row: Obj, index: int) -> Obj:
    where = f"line_items[{index}]"
    price = row.get("price_data")
    if price is None:
        raise invalid("The stand-in keeps no prices: send price_data.", "parameter_missing", f"{where}[price_data]")
    if "product_data" not in price or "unit_amount" not in price:
        raise invalid("price_data needs product_data and unit_amount.", "parameter_missing", f"{where}[price_data]")
    quantity, amount = row.get("quantity", 0), price["unit_amount"]
    if quantity < 1:
        raise invalid("This value must be greater than or equal to 1.", "parameter_invalid_integer", where)
    if amount < 0:
        raise invalid("This value must be greater than or equal to 0.", "parameter_invalid_integer", where)
    total = {"amount_subtotal": amount * quantity, "amount_total": amount * quantity}
    return {
        "id": ident("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_tax": 0,
        **total,
        "currency": price["currency"].lower(),
        "description": price["product_data"]["name"],
        "price": {
            "id": ident("price"),
            "object": "price",
            "unit_amount": amount,
            "currency": price["currency"].lower(),
        },
        "quantity": quantity,
    }


def _total(items: list[Obj]) -> tuple[str, int]:
    if not items:
        raise invalid("Missing required param: line_items.", "parameter_missing", "line_items")
    if len(items) > 100:
        raise invalid("You can provide at most 100 line items.", None, "line_items")
    found = {item["currency"] for item in items}
    if len(found) > 1:
        raise invalid("All line items must have the same currency.", None, "line_items")
    currency, total = found.pop(), sum(item["amount_total"] for item in items)
    if total:  # nothing to pay is a session too
        _check_total(total, currency)
    return currency, total


def _check_total(total: int, currency: str) -> None:
    codes = {"too_small": "amount_too_small", "too_large": "amount_too_large", "step": "invalid_charge_amount"}
    try:
        currencies.check_amount(currencies.from_stripe(total, currency), currency)
    except currencies.AmountRefused as refused:
        message = f"The Checkout Session's total amount due is not acceptable: {refused}."
        raise invalid(message, codes.get(refused.code, "currency_not_supported"), "line_items") from refused


def _expiry(books: Books, wanted: int | None) -> int:
    if wanted is None:
        return books.now() + _LONGEST
    if not books.now() + _SHORTEST <= wanted <= books.now() + _LONGEST:
        raise invalid(
            "The `expires_at` timestamp must be 30 minutes to 24 hours after the creation of the Checkout Session.",
            None,
            "expires_at",
        )
    return wanted


def _methods(params: dict[str, Any], currency: str) -> list[str]:
    offered = ["card", "promptpay"] if currency == "thb" else ["card"]
    methods = [name for name in offered if name not in params.get("excluded_payment_method_types", [])]
    if not methods:
        raise invalid("No valid payment method types for this Checkout Session.", None, "excluded_payment_method_types")
    return methods


def _session(books: Books, params: dict[str, Any], currency: str, total: int, expires_at: int) -> Obj:
    passed = ("client_reference_id", "customer_email", "cancel_url", "success_url", "locale", "submit_type")
    return {
        "id": f"cs_test_a1{letters(56)}",
        "object": "checkout.session",
        **{name: params.get(name) for name in passed},
        "adaptive_pricing": params.get("adaptive_pricing", {"enabled": True}),
        "after_expiration": params.get("after_expiration"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "created": books.now(),
        "currency": currency,
        "customer": None,
        "customer_details": {"email": params.get("customer_email")} if "customer_email" in params else None,
        "excluded_payment_method_types": params.get("excluded_payment_method_types"),
        "expires_at": expires_at,
        "livemode": False,
        "metadata": params.get("metadata") or {},
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": _methods(params, currency),
        "payment_status": "unpaid" if total else "no_payment_required",
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": params.get("ui_mode", "hosted_page"),
        "url": None,
    }


def _address(books: Books, session_id: str) -> str:
    """As long as Stripe's, and useless without its fragment."""
    return f"{books.base}/c/pay/{session_id}#fid{letters(280)}"
