"""What of an order goes back: decisions without a database."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.catalogue.models import TicketType
from events.core.refusal import Refusal
from events.tickets.models import Ticket
from payments.orders.models import OrderLine
from payments.refunds.choosing import chosen, everything, gift_first, goodwill


def line(number: int, kind: str = "ticket", benefit: int = 0, gift: int = 0, fee: int = 0, **values: Any) -> OrderLine:
    """A line that is no row; a ticket line has its valid ticket."""
    whole = {"back_benefit": 0, "back_gift": 0, "back_fee": 0, "turned": 0, "bundle_id": None} | values
    made = OrderLine(id=number, kind=kind, benefit=benefit, gift=gift, amount=benefit + gift + fee, **whole)
    if kind == "ticket" and "ticket" not in values:
        made.ticket_id = number
        made.ticket = Ticket(id=number, status="valid", ticket_type=TicketType(refund_by_seat=False))
    return made


def order() -> list[OrderLine]:
    """Two seats of 1,500 (900 the meal), a gift of 500 and a fee cover of 100."""
    seats = [line(number, benefit=900, gift=600) for number in (1, 2)]
    return [*seats, line(3, "gift", gift=500), line(4, "fee_cover", fee=100)]


def refused(code: str, *arguments: Any) -> None:
    """`chosen` or `goodwill` refuses."""
    ask = chosen if isinstance(arguments[1], dict) else goodwill
    with pytest.raises(Refusal) as refusal:
        ask(*arguments)
    assert refusal.value.code == code


def test_a_whole_line_and_a_kept_gift() -> None:
    first, second = chosen(order(), {1: "all", 2: "keep_gift"})
    assert (first.benefit, first.gift, first.ticket_id) == (900, 600, 1)
    assert (second.benefit, second.gift, second.ticket_id) == (900, 0, 2)


def test_a_gift_has_no_gift_to_keep() -> None:
    (part,) = chosen(order(), {3: "keep_gift"})
    assert (part.gift, part.ticket_id) == (500, None)


def test_refusals_of_lines() -> None:
    refused("nothing_chosen", order(), {})
    refused("unknown_line", order(), {9: "all"})
    gone = order()
    gone[2].back_gift = 500
    refused("already_back", gone, {3: "all"})
    given = [line(1, gift=600, benefit=0)]
    refused("already_back", given, {1: "keep_gift"})  # there is no meal to give back


def test_a_table_goes_back_whole_unless_the_organiser_lets_seats_go() -> None:
    table = [line(number, benefit=800, gift=400, bundle_id="table") for number in (1, 2, 3)]
    refused("whole_table", table, {1: "all", 2: "all"})
    assert len(chosen(table, dict.fromkeys((1, 2, 3), "all"))) == 3
    for one in table:
        assert one.ticket is not None
        one.ticket.ticket_type.refund_by_seat = True
    assert len(chosen(table, {1: "all"})) == 1


def test_the_rest_of_a_table_whose_other_seats_are_void_already() -> None:
    table = [line(number, benefit=800, gift=400, bundle_id="table") for number in (1, 2)]
    assert table[1].ticket is not None
    table[1].ticket.status = "void"
    assert len(chosen(table, {1: "all"})) == 1


def test_goodwill_takes_free_gifts_then_gifts_in_tickets_then_the_fee_and_meals_last() -> None:
    def back(amount: int) -> dict[int, tuple[int, int, int]]:
        return {part.line_id: (part.benefit, part.gift, part.fee) for part in goodwill(order(), amount, "THB")}

    assert back(400) == {3: (0, 400, 0)}
    assert back(501) == {1: (0, 1, 0), 3: (0, 500, 0)}
    assert back(1_750) == {1: (0, 600, 0), 2: (0, 600, 0), 3: (0, 500, 0), 4: (0, 0, 50)}
    assert back(1_803) == {1: (2, 600, 0), 2: (1, 600, 0), 3: (0, 500, 0), 4: (0, 0, 100)}


def test_refusals_of_amounts() -> None:
    refused("no_amount", order(), 0, "THB")
    refused("refund_too_large", order(), 3_601, "THB")
    refused("whole_order", order(), 3_600, "THB")
    assert len(goodwill([line(1, "gift", gift=500)], 500, "THB")) == 1  # nobody comes: nothing stands against it


def test_everything_leaves_out_what_is_gone() -> None:
    some = order()
    some[2].back_gift = 500
    assert [part.line_id for part in everything(some)] == [1, 2, 4]


@given(st.integers(0, 3_600), st.lists(st.integers(0, 900), min_size=6, max_size=6))
def test_no_part_is_more_than_the_line_has_left(amount: int, back: list[int]) -> None:
    some = order()
    for one, (benefit, gift) in zip(some, zip(back[::2], back[1::2], strict=True), strict=False):
        one.back_benefit, one.back_gift = min(benefit, one.benefit), min(gift, one.gift)
    parts = gift_first(some, amount)
    left = {one.id: one for one in some}
    assert sum(part.amount for part in parts) == min(amount, sum(one.left for one in some))
    for part in parts:
        one = left[part.line_id]
        assert 0 <= part.benefit <= one.benefit - one.back_benefit
        assert 0 <= part.gift <= one.gift - one.back_gift
        assert 0 <= part.fee <= one.amount - one.benefit - one.gift
