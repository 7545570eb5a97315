"""What a code does to prices, and every code that is refused. No database: rows are objects in memory."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue.codes import DiscountCode
from events.catalogue.models import Event
from events.core import i18n
from events.core.refusal import Refusal
from payments.orders.pricing import Quote, Wish, quote
from tests.support.world import DINNER, evening

NOW = DINNER - timedelta(days=30)


@pytest.fixture(autouse=True, scope="module")
def _speaking() -> object:
    """Refusals are said in a language."""
    app = Flask("codes")
    i18n.init_app(app)
    with app.app_context():
        yield app


def code(event: Event, **values: Any) -> DiscountCode:
    """SPRING, of this evening."""
    return DiscountCode(event_id=event.id, code="SPRING", **{"uses": 0, "opens_hidden": False, **values})


def priced(event: Event, tickets: dict[str, int], gift: int = 0, **values: Any) -> Quote:
    """A wish with the code."""
    return quote(event, Wish(tickets, gift, code="spring"), NOW, code(event, **values))


def refused(event: Event, tickets: dict[str, int], row: DiscountCode | None) -> str:
    """The code of the refusal."""
    with pytest.raises(Refusal) as refusal:
        quote(event, Wish(tickets, code="spring"), NOW, row)
    assert refusal.value.field == "code"
    return refusal.value.code


def test_a_percentage_comes_out_of_the_gift_and_leaves_the_meal_whole() -> None:
    quoted = priced(evening(), {"seat": 2}, percent_bp=2_000)
    assert [(line.amount, line.benefit, line.gift) for line in quoted.lines] == [(120_000, 90_000, 30_000)] * 2
    assert (quoted.discount, quoted.total) == (60_000, 240_000)


def test_more_than_the_gift_comes_out_of_the_meal_and_never_below_zero() -> None:
    quoted = priced(evening(), {"seat": 1}, amount=100_000)
    assert [(line.amount, line.benefit, line.gift) for line in quoted.lines] == [(50_000, 50_000, 0)]
    nothing = priced(evening(), {"seat": 1}, amount=9_999_999)
    assert [(line.amount, line.benefit, line.gift) for line in nothing.lines] == [(0, 0, 0)]
    assert nothing.discount == 150_000


def test_a_gift_of_ones_own_is_not_lowered() -> None:
    quoted = priced(evening(), {"seat": 1}, gift=50_000, percent_bp=10_000)
    assert (quoted.total, quoted.gift, quoted.discount) == (50_000, 50_000, 150_000)


@given(st.integers(1, 9_900), st.integers(1, 2))
def test_a_tables_tickets_add_up_to_its_lowered_price(points: int, tables: int) -> None:
    quoted = priced(evening(), {"table": tables}, percent_bp=points)
    price = (1_000_000 * tables) - quoted.discount
    assert sum(line.amount for line in quoted.lines) == quoted.total == price
    assert all(line.amount == line.benefit + line.gift and line.benefit >= 0 <= line.gift for line in quoted.lines)
    amounts = [line.amount for line in quoted.lines]
    assert max(amounts) - min(amounts) <= 1


def test_a_code_for_tables_leaves_seats_as_they_are() -> None:
    event = evening()
    quoted = priced(event, {"seat": 1, "table": 1}, amount=80_000, ticket_types=[event.ticket_types[1]])
    assert quoted.lines[0].amount == 150_000
    assert quoted.discount == 80_000


def test_codes_are_refused_with_their_reason() -> None:
    event = evening()
    seat, table = event.ticket_types
    assert refused(event, {"seat": 1}, None) == "code_unknown"
    assert refused(event, {"seat": 1}, code(event, percent_bp=1, starts_at=NOW + timedelta(days=1))) == "code_not_yet"
    assert refused(event, {"seat": 1}, code(event, percent_bp=1, ends_at=NOW)) == "code_over"
    assert refused(event, {"seat": 1}, code(event, percent_bp=1, use_limit=3, uses=3)) == "code_used_up"
    assert refused(event, {"seat": 1}, code(event, percent_bp=1, ticket_types=[table])) == "code_not_for_these"


def test_a_code_of_another_evening_is_unknown_here() -> None:
    event = evening()
    event.id = 7
    foreign = code(event, percent_bp=1)
    foreign.event_id = 8
    assert refused(event, {"seat": 1}, foreign) == "code_unknown"


def test_a_hidden_ticket_is_sold_to_who_has_the_code_that_opens_it() -> None:
    event = evening()
    seat, table = event.ticket_types
    table.hidden = True
    with pytest.raises(Refusal) as without:
        quote(event, Wish({"table": 1}), NOW)
    assert without.value.code == "unknown_ticket_type"
    assert priced(event, {"table": 1}, opens_hidden=True).total == 1_000_000
    with pytest.raises(Refusal):
        priced(event, {"table": 1}, opens_hidden=True, ticket_types=[seat])


def test_a_lowered_price_can_be_paid_in_dinars() -> None:
    event = evening(currency="KWD")
    quoted = priced(event, {"seat": 1}, percent_bp=333)
    assert quoted.total % 10 == 0
    assert quoted.discount == 4_990  # 3.33 % of 150.000 dinars are 4.995
