"""The cards of an order's tickets: one that lets nobody in is no taller than what it says, and fits a telephone."""

import pytest
from playwright.sync_api import Browser

from tests.payments.buyer.test_changing import paid, prove
from tests.payments.buyer.test_told_guests import passed_on
from tests.support.evening import System
from tests.support.shopping import Shop, new_email

pytestmark = pytest.mark.browser

STUB = "card => card.querySelector('.stub').offsetHeight"
WIDER = "card => card.querySelector('.body').scrollWidth - card.querySelector('.body').clientWidth"


@pytest.mark.parametrize("lang", ["fr", "en", "th"])
def test_a_replaced_ticket_is_a_card_like_the_others(system: System, shop: Shop, browser: Browser, lang: str) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    prove(system, visitor, bought)
    passed_on(system, visitor, bought, "Anne-Sophie de la Rochefoucauld-Montmorency", new_email())
    page = browser.new_page()
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{system.url}/o/{bought.token}?lang={lang}")
        cards = page.locator(".tickets .ticket")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        for number in range(cards.count()):
            assert cards.nth(number).evaluate(WIDER) <= 0
        assert len({cards.nth(number).evaluate(STUB) for number in range(cards.count())}) == 1
    page.close()
