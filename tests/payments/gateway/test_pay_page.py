import http.client
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import pytest

from payments.gateway.answers import CheckoutSession
from payments.gateway.sandbox.server import RunningSandbox
from payments.gateway.sandbox.words import WORDS
from payments.gateway.stripe_api import Gateway

Opened = Callable[..., CheckoutSession]


@dataclass
class Page:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def buttons(self) -> list[str]:
        return re.findall(r"<button[^>]*>([^<]*)</button>", self.text)


def visit(url: str, answer: str | None = None, headers: dict[str, str] | None = None) -> Page:
    """What a browser gets: the page, or, with `answer`, what the pressed button leads to."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        if answer is None:
            connection.request("GET", parts.path, headers=headers or {})
        else:
            connection.request("POST", parts.path, urlencode({"answer": answer}), form)
        response = connection.getresponse()
        return Page(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def page_of(session: CheckoutSession) -> str:
    assert session.url
    return session.url


def types(gateway: Gateway) -> list[str]:
    return [notice.type for notice in gateway.list_events()]


def test_the_page_shows_lines_total_and_buttons(opened: Opened) -> None:
    page = visit(page_of(opened()))
    assert page.status == 200
    assert page.buttons == ["Pay", "Decline", "3-D Secure", "PromptPay", "Pay later", "Leave"]
    assert "<dt>2 × Une place</dt>" in page.text
    assert "7,275.56" in page.text


@pytest.mark.parametrize(("language", "pay"), [("en", "Pay"), ("fr", "Payer"), ("th", "ชำระเงิน")])
def test_the_page_speaks_the_sessions_language(opened: Opened, language: str, pay: str) -> None:
    page = visit(page_of(opened(locale=language)))
    assert f'<html lang="{language}">' in page.text
    assert page.buttons[0] == pay


def test_every_language_says_everything() -> None:
    assert WORDS["fr"].keys() == WORDS["en"].keys() == WORDS["th"].keys()


def test_a_session_without_language_speaks_the_browsers(opened: Opened) -> None:
    session = opened(locale="de")
    assert '<html lang="th">' in visit(page_of(session), headers={"Accept-Language": "de,th;q=0.8"}).text


def test_what_a_buyer_typed_is_text(opened: Opened) -> None:
    page = visit(page_of(opened(lines=[("<script>alert(1)</script>", 100000)])))
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_page_has_no_inline_script_or_style_and_lets_forms_lead_back(opened: Opened) -> None:
    page = visit(page_of(opened()))
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:9" in policy  # the shop's origin: browsers check redirects too
    assert not re.search(r"<script|<style| style=| on[a-z]+=", page.text)


def test_paying_leads_to_the_shop_with_the_sessions_id(gateway: Gateway, opened: Opened) -> None:
    session = opened()
    page = visit(page_of(session), "pay")
    assert page.status == 303
    assert page.headers["Location"] == f"http://127.0.0.1:9/o/token?session={session.id}"
    paid = gateway.get_session(session.id)
    assert paid.is_paid
    intent = gateway.get_payment_intent(paid.payment_intent or "")
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 727556, "THB")
    assert intent.order_metadata == session.order_metadata
    charge = gateway.get_charge(intent.latest_charge or "")
    assert (charge.paid, charge.method, charge.order_metadata) == (True, "card", session.order_metadata)
    booked = gateway.get_balance_transaction(charge.balance_transaction or "")
    assert (booked.amount, booked.fee, booked.net) == (727556, 27556, 700000)  # 3.65 % + 10 baht
    assert booked.reporting_category == "charge"
    assert gateway.get_balance().pending == {"THB": 700000}


def test_paying_twice_pays_once(gateway: Gateway, opened: Opened, standin: RunningSandbox) -> None:
    session = opened()
    visit(page_of(session), "pay")
    assert visit(page_of(session), "pay").headers["Location"] == f"/c/pay/{session.id}"
    assert len(standin.read()["charge"]) == 1
    assert visit(page_of(session)).buttons == []


def test_a_declined_card_can_pay_again(gateway: Gateway, opened: Opened) -> None:
    session = opened()
    back = visit(page_of(session), "decline")
    assert (back.status, back.headers["Location"]) == (303, f"/c/pay/{session.id}")
    assert "The card was declined." in visit(page_of(session)).text
    assert gateway.get_session(session.id).status == "open"
    assert "payment_intent.payment_failed" in types(gateway)
    visit(page_of(session), "pay")
    assert gateway.get_session(session.id).is_paid


def test_leaving_keeps_the_session_open(gateway: Gateway, opened: Opened) -> None:
    session = opened()
    assert visit(page_of(session), "leave").headers["Location"] == "http://127.0.0.1:9/e/dinner/order"
    assert gateway.get_session(session.id).status == "open"


def test_paying_later_completes_unpaid_and_settles_afterwards(
    gateway: Gateway, opened: Opened, standin: RunningSandbox
) -> None:
    session = opened()
    visit(page_of(session), "later")
    unpaid = gateway.get_session(session.id)
    assert (unpaid.status, unpaid.payment_status, unpaid.is_paid) == ("complete", "unpaid", False)
    standin.control("complete-async", session=session.id)
    assert gateway.get_session(session.id).is_paid
    told = [name for name in types(gateway) if name.startswith("checkout.")]
    assert told == ["checkout.session.completed", "checkout.session.async_payment_succeeded"]


def test_late_money_may_fail(gateway: Gateway, opened: Opened, standin: RunningSandbox) -> None:
    session = opened()
    visit(page_of(session), "later")
    standin.control("complete-async", session=session.id, outcome="failed")
    assert not gateway.get_session(session.id).is_paid
    assert types(gateway)[-1] == "checkout.session.async_payment_failed"


def test_promptpay_is_confirmed_on_its_own_page(gateway: Gateway, opened: Opened) -> None:
    session = opened()
    visit(page_of(session), "promptpay")
    assert gateway.get_session(session.id).payment_status == "unpaid"
    assert visit(page_of(session)).buttons == ["Confirm PromptPay", "Let PromptPay fail"]
    assert visit(page_of(session), "promptpay_confirm").headers["Location"].startswith("http://127.0.0.1:9/o/token")
    paid = gateway.get_session(session.id)
    assert paid.is_paid
    charge = gateway.get_charge(gateway.get_payment_intent(paid.payment_intent or "").latest_charge or "")
    assert (charge.id[:3], charge.method) == ("py_", "promptpay")
    assert gateway.get_balance_transaction(charge.balance_transaction or "").type == "payment"


def test_promptpay_is_for_baht_unless_excluded(opened: Opened) -> None:
    assert "PromptPay" not in visit(page_of(opened(currency="EUR", lines=[("Place", 9000)]))).buttons
    assert "PromptPay" not in visit(page_of(opened(excluded_methods=["promptpay"]))).buttons


def test_the_bank_may_ask_who_pays(gateway: Gateway, opened: Opened) -> None:
    session = opened()
    visit(page_of(session), "secure")
    assert visit(page_of(session)).buttons == ["Yes, it is me", "Fail the check"]
    visit(page_of(session), "secure_fail")
    assert "did not recognise you" in visit(page_of(session)).text
    visit(page_of(session), "secure")
    visit(page_of(session), "secure_pass")
    assert gateway.get_session(session.id).is_paid


def test_an_expired_page_says_so_and_takes_nothing(gateway: Gateway, opened: Opened, standin: RunningSandbox) -> None:
    session = opened()
    gateway.expire_session(session.id)
    page = visit(page_of(session))
    assert (page.status, page.buttons) == (410, [])
    visit(page_of(session), "pay")
    assert standin.read()["charge"] == []


def test_an_unknown_page_is_not_found(standin: RunningSandbox) -> None:
    assert visit(f"{standin.url}/c/pay/cs_test_unknown").status == 404


def test_the_sheets_of_the_page_are_served_and_nothing_else(standin: RunningSandbox, opened: Opened) -> None:
    page = visit(page_of(opened()))
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)
    assert sheets
    for sheet in sheets:
        assert visit(standin.url + sheet).headers["Content-Type"].startswith("text/css")
    for name in ("/static/css/../../app.py", "/static/css/unknown.css", "/app.py", "/static/fonts/"):
        assert visit(standin.url + name).status == 404
