"""The hosted pay page: what the buyer sees, and what each button does."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from events.core import i18n
from payments.gateway.currencies import from_stripe
from payments.gateway.sandbox import paying, sessions
from payments.gateway.sandbox.books import Books, Obj
from payments.gateway.sandbox.words import LANGUAGES, WORDS

_ROOT = Path(__file__).resolve().parents[3]
_TEMPLATES = Environment(
    loader=FileSystemLoader(_ROOT / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
_STATIC = re.compile(r"(?:css|fonts)/[a-z0-9-]+\.(css|woff2)")
_BACK_TO_PAGE, _TO_SUCCESS, _TO_CANCEL = "page", "success", "cancel"


def serve(books: Books, request: Request, session_id: str) -> Response:
    """The page of a session, or what its pressed button leads to."""
    with books.lock:
        sessions.sweep(books)
        session = books.kinds.get("checkout.session", {}).get(session_id)
        if session is None:
            return _render(books, request, {"locale": None}, "unknown", 404)
        if request.method == "POST":
            return _press(books, session, request.form.get("answer", ""))
        step = _step(books, session)
        return _render(books, request, session, step, 410 if step == "expired" else 200)


def static(name: str) -> Response:
    """The sheets and letters of the page, under the same names as in the application."""
    kind = _STATIC.fullmatch(name)
    path = _ROOT / "static" / name
    if kind is None or not path.is_file():
        return Response("Not found\n", 404)
    return Response(path.read_bytes(), content_type={"css": "text/css; charset=utf-8"}.get(kind[1], "font/woff2"))


def _step(books: Books, session: Obj) -> str:
    """Which of its faces the page shows: read from the objects, so that a reload changes nothing."""
    intent = books.kinds.get("payment_intent", {}).get(session["payment_intent"] or "", {})
    if session["status"] == "open":
        return "secure" if intent.get("status") == "requires_action" else "choose"
    if paying.is_waiting(books, session):
        return "promptpay" if intent["payment_method_types"] == ["promptpay"] else "waiting"
    return str({"complete": "done"}.get(session["status"], session["status"]))


_ANSWERS: dict[tuple[str, str], tuple[Callable[[Books, Obj], None], str]] = {
    ("choose", "pay"): (paying.pay, _TO_SUCCESS),
    ("choose", "decline"): (paying.decline, _BACK_TO_PAGE),
    ("choose", "later"): (paying.defer, _TO_SUCCESS),
    ("choose", "leave"): (lambda books, session: None, _TO_CANCEL),
    ("choose", "secure"): (paying.challenge, _BACK_TO_PAGE),
    ("choose", "promptpay"): (lambda books, session: paying.defer(books, session, "promptpay"), _BACK_TO_PAGE),
    ("secure", "secure_pass"): (paying.pay, _TO_SUCCESS),
    ("secure", "secure_fail"): (paying.fail_challenge, _BACK_TO_PAGE),
    ("promptpay", "promptpay_confirm"): (
        lambda books, session: paying.settle(books, session, succeeded=True),
        _TO_SUCCESS,
    ),
    ("promptpay", "promptpay_fail"): (
        lambda books, session: paying.settle(books, session, succeeded=False),
        _TO_SUCCESS,
    ),
}


def _press(books: Books, session: Obj, answer: str) -> Response:
    """Do what the button says if the page still shows it; a stale page is shown anew."""
    act, then = _ANSWERS.get((_step(books, session), answer), (None, _BACK_TO_PAGE))
    if act is not None:
        act(books, session)
    if then == _TO_CANCEL and session["cancel_url"]:
        return redirect(session["cancel_url"], 303)
    if then == _TO_SUCCESS:
        return redirect(_success_url(session), 303)
    return redirect(f"/c/pay/{session['id']}", 303)


def _success_url(session: Obj) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _render(books: Books, request: Request, session: Obj, step: str, status: int) -> Response:
    language = _language(request, session["locale"])
    page = {"t": WORDS[language], "lang": language, "step": step, "session": session, "merchant": books.config.merchant}
    if "id" in session:
        page |= _details(books, session, language)
    html = _TEMPLATES.get_template("payments/gateway/pay.html").render(page)
    return Response(html, status, _headers(session), content_type="text/html; charset=utf-8")


def _details(books: Books, session: Obj, language: str) -> Obj:
    intent = books.kinds.get("payment_intent", {}).get(session["payment_intent"] or "", {})
    error = (intent.get("last_payment_error") or {}).get("code")
    return {
        "lines": _lines(books, session, language),
        "total": _money(session["amount_total"], session, language),
        "mistake": error and ("unrecognised" if error.endswith("authentication_failure") else "declined"),
        "promptpay": "promptpay" in session["payment_method_types"],
        "until": f"{datetime.fromtimestamp(session['expires_at'], UTC):%H:%M}",
        "success_url": _success_url(session),
    }


def _lines(books: Books, session: Obj, language: str) -> list[tuple[int, str, str]]:
    """How many, name, sum: equal lines are shown as one."""
    counted: Counter[tuple[str, int]] = Counter()
    for row in books.line_items[session["id"]]:
        counted[row["description"], row["price"]["unit_amount"]] += row["quantity"]
    return [(count, name, _money(price * count, session, language)) for (name, price), count in counted.items()]


def _money(amount: int, session: Obj, language: str) -> str:
    code = session["currency"].upper()
    return i18n.money(from_stripe(amount, code), code, language)


def _language(request: Request, wanted: str | None) -> str:
    if wanted in LANGUAGES:
        return str(wanted)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def _headers(session: Obj) -> dict[str, str]:
    """No script, no inline style. The browser follows a form's redirect only where `form-action` lets it."""
    addresses = [urlsplit(session.get(name) or "") for name in ("success_url", "cancel_url")]
    shops = sorted({f"{parts.scheme}://{parts.netloc}" for parts in addresses if parts.netloc})
    policy = ["default-src 'none'", "style-src 'self'", "font-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"]
    return {
        "Content-Security-Policy": "; ".join([*policy, " ".join(["form-action 'self'", *shops])]),
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
