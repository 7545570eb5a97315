"""Giving back from the treasurer's desk: what goes back, what stays, and that every book follows."""

import pytest

from events.catalogue.models import Event
from events.core.db import db
from payments.figures import reckoning
from tests.support.desk import Treasurer, intent_of, lines_of, paid, standing
from tests.support.evening import System
from tests.support.shopping import Shop

SEAT, MEAL, GIFT = 150_000, 90_000, 60_000


@pytest.mark.both_engines
def test_one_seat_of_two_goes_back(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    first, _second = lines_of(bought)
    assert treasurer.refund(bought, **{first: "all"}).status == 303
    seen = standing(bought)
    assert (seen.tickets, seen.refunds) == (["void", "valid"], [("lines", "requested", SEAT)])
    assert shop.seats() == (0, 2)  # the seat is free for others only when the money has left
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.refunds) == ("partly_refunded", [("lines", "succeeded", SEAT)])
    assert seen.receipts == [("cancelled", 2 * SEAT, 2 * MEAL), ("issued", SEAT, MEAL)]
    assert (seen.raised, shop.seats(), seen.refunded) == ((GIFT, MEAL), (0, 1), SEAT)
    (letter,) = [one for one in system.letters_to(bought.email) if "on its way back" in one.subject]
    assert "1,500" in letter.text
    assert bought.public["status"] == "partly_refunded"
    assert bought.public["refunds"] == [{"amount": SEAT, "status": "succeeded"}]
    assert "were paid back to you" in bought.page.text


def test_everything_goes_back(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2, gift="500", cover_fees="y"))
    fields = [*lines_of(bought), *lines_of(bought, "gift"), *lines_of(bought, "fee_cover")]
    assert treasurer.refund(bought, **dict.fromkeys(fields, "all")).status == 303
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, seen.raised) == ("refunded", ["void", "void"], (0, 0))
    assert [state for state, _paid, _benefit in seen.receipts] == ["cancelled"]
    assert shop.seats() == (0, 0)
    assert bought.public["status"] == "refunded"


@pytest.mark.both_engines
def test_the_meal_goes_back_and_the_gift_stays(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    (seat,) = lines_of(bought)
    treasurer.refund(bought, **{seat: "keep_gift"})
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, seen.refunds) == ("partly_refunded", ["void"], [("lines", "succeeded", MEAL)])
    assert seen.receipts[-1] == ("issued", GIFT, 0)
    assert (seen.raised, shop.seats()) == ((GIFT, 0), (0, 0))
    stays = paid(shop.buy(2))
    with system.looking():
        event = db.session.get_one(Event, treasurer.evening.id)
        covers = reckoning.restaurant_of(event)
        assert (covers.sold, covers.comp, len(lines_of(stays))) == (2, 0, 2)  # nobody sits on the seat that was void


def test_a_gift_alone_goes_back(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1, gift="500"))
    (gift,) = lines_of(bought, "gift")
    treasurer.refund(bought, **{gift: "all"})
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, seen.raised) == ("partly_refunded", ["valid"], (GIFT, MEAL))
    assert shop.seats() == (0, 1)


def test_goodwill_takes_from_the_gift_and_leaves_ticket_and_meal(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = paid(shop.buy(1, gift="500"))
    treasurer.refund(bought, amount="700")
    system.quiet()
    seen = standing(bought)
    assert (seen.tickets, seen.refunds) == (["valid"], [("goodwill", "succeeded", 70_000)])
    assert seen.back == [("ticket", 0, 20_000, 0), ("gift", 0, 50_000, 0)]
    assert seen.receipts[-1] == ("issued", 130_000, MEAL)
    assert shop.seats() == (0, 1)


def test_more_than_was_paid_is_refused_in_words(shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    answer = treasurer.refund(bought, amount="1500.01")
    assert answer.status == 409
    assert "At most ฿1,500 can still be given back." in answer.text
    assert 'value="1500.01"' in answer.text  # nothing typed is lost
    assert standing(bought).refunds == []


def test_the_whole_order_out_of_goodwill_is_refused(shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    assert treasurer.refund(bought, amount="1500").status == 422
    assert standing(bought).tickets == ["valid"]


def test_nothing_chosen_is_refused(shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    assert "Choose what is given back." in treasurer.refund(bought).text
    assert standing(bought).refunds == []


def test_the_button_pressed_twice_gives_back_once(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1, gift="500"))
    form = treasurer.form(bought, amount="100")
    assert [treasurer.send(bought, form).status for _ in range(2)] == [303, 303]
    system.quiet()
    assert standing(bought).refunds == [("goodwill", "succeeded", 10_000)]


def test_a_line_goes_back_once(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    first, _second = lines_of(bought)
    treasurer.refund(bought, **{first: "all"})
    answer = treasurer.refund(bought, **{first: "all"})
    assert (answer.status, "Nothing is left of what you chose." in answer.text) == (409, True)
    system.quiet()
    assert standing(bought).refunded == SEAT


def test_a_table_goes_back_whole(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(0, **{f"ticket-{shop.evening.table}": "1"}))
    lines = lines_of(bought)
    answer = treasurer.refund(bought, **{lines[1]: "all"})
    assert (answer.status, "go back together" in answer.text) == (422, True)
    assert [name for name in lines if f'name="{name}"' in answer.text] == lines[:1]  # chosen once, for all of it
    treasurer.refund(bought, **{lines[0]: "all"})
    system.quiet()
    assert (standing(bought).status, shop.seats()) == ("refunded", (0, 0))


@pytest.mark.parametrize("role", ["organiser", "door"])
def test_only_who_keeps_the_money_sees_the_desk(shop: Shop, treasurer: Treasurer, role: str) -> None:
    bought = paid(shop.buy(1))
    stranger = Treasurer(shop.system, shop.evening, role)
    assert stranger.desk(bought).status == 404
    csrf = stranger.visitor.get("/manage/").fields["csrf_token"]
    form = treasurer.form(bought, amount="100") | {"csrf_token": csrf}
    assert stranger.send(bought, form).status == 404
    assert standing(bought).refunds == []


def test_a_letter_to_the_buyer_speaks_their_language(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1, gift="500", lang="fr"))
    treasurer.refund(bought, amount="100")
    system.quiet()
    letter = system.letters_to(bought.email)[-1]
    assert "100" in letter.text
    assert 'lang="fr"' in letter.html
    assert intent_of(bought) not in letter.text


def test_before_money_goes_back_its_sum_lines_and_buyer_are_shown(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = paid(shop.buy(2))
    first, _second = lines_of(bought)
    shown = treasurer.refund(bought, **{first: "keep_gift", "note": "One is ill", "step": "look"})
    said = ("Give ฿900 back to", "void from then on", "Yes, give ฿900 back")
    assert (shown.status, [words for words in said if words not in shown.text]) == (200, [])
    assert (standing(bought).tickets, standing(bought).refunds) == (["valid", "valid"], [])
    kept = {name: shown.fields[name] for name in ("csrf_token", "key", first, "note")}
    assert (kept[first], kept["note"]) == ("keep_gift", "One is ill")
    changed = treasurer.send(bought, kept | {"step": "change"})
    assert 'value="keep_gift" selected' in changed.text and 'value="One is ill"' in changed.text
    assert standing(bought).refunds == []
    assert treasurer.send(bought, kept).status == 303
    assert standing(bought).refunds == [("lines", "requested", MEAL)]


def test_what_cannot_go_back_is_refused_before_anybody_is_asked_to_say_yes(shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1))
    shown = treasurer.refund(bought, amount="9999", step="look")
    assert (shown.status, "At most ฿1,500 can still be given back." in shown.text) == (409, True)
    assert 'value="9999"' in shown.text
