"""What the pay page lists: the bill as the buyer read it on the form, and the very total of the order."""

from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue.models import TicketType
from events.core import i18n
from events.core.refusal import Refusal
from payments.gateway.parameters import PayLine
from payments.orders.billing import bill, pay_lines
from payments.orders.pricing import Quote, Wish, quote
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop
from tests.support.world import DINNER, evening, ticket_type


@pytest.fixture(autouse=True, scope="module")
def _speaking() -> object:
    """Names are said in a language."""
    app = Flask("pay_lines")
    i18n.init_app(app)
    with app.app_context():
        yield app


def listed(system: System, bought: Purchase) -> list[tuple[int, str, int]]:
    """How many, name and sum of each line of the pay page, in Stripe's units."""
    with system.standin.books.lock:
        rows = system.standin.books.line_items[bought.session_id]
        return [(row["quantity"], row["description"], row["amount_total"]) for row in rows]


def test_the_pay_page_lists_a_table_once_and_equal_seats_as_one_line(system: System, shop: Shop) -> None:
    bought = shop.buy(2, gift="500", **{f"ticket-{shop.evening.table}": "1"})
    assert listed(system, bought) == [(2, "seat", 300_000), (1, "table", 1_000_000), (1, "Gift", 50_000)]
    bought.pay()
    system.quiet()
    assert bought.seen().payments == [("fulfilled", 1_350_000)]


def priced(wish: Wish, *kinds: TicketType) -> Quote:
    """The wish at an evening with these tickets, a month before it. Raises Refusal."""
    event = evening()
    event.ticket_types = list(kinds)
    return quote(event, wish, DINNER - timedelta(days=30))


def test_a_table_that_does_not_divide_by_eight_is_asked_for_whole() -> None:
    quoted = priced(Wish({"table": 2}), ticket_type("table", 1_000_001, 700_001, bundle_size=8))
    assert len({line.amount for line in quoted.lines}) == 2
    assert pay_lines(quoted.lines, "en") == [PayLine("table", 1_000_001, 2)]


@given(
    st.tuples(st.integers(0, 4), st.integers(0, 4)),
    st.integers(2, 12),
    st.tuples(st.integers(1, 3_000_000), st.integers(0, 3_000_000)),
    st.integers(0, 100_000),
    st.booleans(),
)
def test_the_lines_of_the_pay_page_add_up_to_the_order_in_every_case(
    counts: tuple[int, int], size: int, prices: tuple[int, int], gift: int, covers: bool
) -> None:
    (seats, tables), (price, benefit) = counts, (prices[0], min(prices))
    wish = Wish({"seat": seats, "table": tables}, gift, covers)
    table = ticket_type("table", price, benefit, bundle_size=size)
    try:
        quoted = priced(wish, ticket_type("seat", price, benefit), table)
    except Refusal:  # too little or too much for a card
        return
    lines = pay_lines(quoted.lines, "en")
    assert sum(line.amount * line.count for line in lines) == quoted.total
    assert [line.name for line in lines] == [words.rpartition("× ")[2] for words, _amount in bill(quoted).lines]
    assert sum(line.count for line in lines) == seats + tables + bool(gift) + bool(quoted.fee_cover)
