"""The order's own page: many tickets are a calm list, and the parts of the sum are those that stand now."""

import re
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient

from events.core.i18n import in_language
from payments.buyer.returns import GIFT, MONEY
from payments.orders import letters
from payments.orders.models import Order
from tests.payments.buyer.test_returns import Turn, allow, give, numbers, paid
from tests.support import world as w

ARTICLE = re.compile(r'<article class="ticket".*?</article>', re.DOTALL)
HREF = re.compile(r' href="([^"]+)"')
WORDS = ("Open", "PDF", "Calendar", "Name and diet", "Pass on", "Send")


def page_of(browser: FlaskClient, order: Order, lang: str = "en") -> str:
    return browser.get(f"/o/{order.token}?lang={lang}").text


def told(browser: FlaskClient, order: Order) -> tuple[list[str], list[str]]:
    """The legend of the page's bar, and its widths."""
    page = page_of(browser, order)
    legend = re.findall(r'<span class="key[^>]*></span>([^<]+)</li>', page)
    return legend, re.findall(r'class="fill-\w+"(?: x="[^"]+")? width="([^"]+)"', page)


def sentence_of_the_letter(order: Order) -> str:
    """What the letter with the tickets says of the sum when it is sent again."""
    with in_language("en"):
        bill = letters.order_paid({"order_id": order.id}).context["bill"]
    return f"{bill.gift} {bill.benefit} {bill.fee}"


def test_each_of_many_tickets_shows_one_way_in_and_keeps_the_others_beneath(house: Flask) -> None:
    order = paid(w.furnish(), {"table": 1})
    articles = ARTICLE.findall(page_of(w.browser_of(house), order))
    assert len(articles) == 8
    for article, number in zip(articles, numbers(order), strict=True):
        seen, beneath = article.split("<details>")
        assert len(HREF.findall(seen)) == 1
        assert len(HREF.findall(beneath)) == 4
        assert f'<summary>More<span class="vh"> for ticket {number}</span></summary>' in beneath
        assert [word for word in WORDS if f">{word}<" in article] == list(WORDS)


def test_of_a_few_tickets_everything_is_seen_at_once(house: Flask) -> None:
    articles = ARTICLE.findall(page_of(w.browser_of(house), paid(w.furnish(), {"seat": 3})))
    assert [len(HREF.findall(article)) for article in articles] == [5, 5, 5]
    assert "<details" not in "".join(articles)


def test_many_tickets_lead_to_the_same_places_as_a_few(house: Flask) -> None:
    world, browser = w.furnish(), w.browser_of(house)
    few, many = (page_of(browser, paid(world, {"seat": count})) for count in (3, 4))
    kinds = [
        [re.sub(r"/[to]/[^/?]+|\d{4}", "", href) for href in HREF.findall(ARTICLE.findall(page)[0])]
        for page in (few, many)
    ]
    assert kinds[0] == kinds[1]


def test_the_meal_of_a_seat_that_was_given_back_is_shown_as_a_gift(house: Flask) -> None:
    browser, order = w.browser_of(house), paid(w.furnish(), {"seat": 2})
    assert told(browser, order) == (["฿1,200 in gifts", "฿1,800 for meals"], ["40.0%", "60.0%"])
    order = give(order, numbers(order)[:1], GIFT)
    assert told(browser, order) == (["฿2,100 in gifts", "฿900 for meals"], ["70.0%", "30.0%"])
    assert sentence_of_the_letter(order) == "210000 90000 0"
    page = page_of(browser, order)
    assert "2 × seat" in page
    assert page.count("฿3,000") == 2  # the line as it was bought, and what was paid


def test_what_was_paid_back_is_in_no_part_of_the_sum_any_more(house: Flask, turn_clock: Turn) -> None:
    turn_clock(timedelta())
    world, browser = w.furnish(), w.browser_of(house)
    order = paid(world, {"seat": 2})
    allow(world, share_bp=5_000)
    order = give(order, numbers(order)[:1], MONEY)
    assert told(browser, order)[0] == ["฿1,200 in gifts", "฿1,350 for meals"]
    assert "฿450 are on their way back to you" in page_of(browser, order)
