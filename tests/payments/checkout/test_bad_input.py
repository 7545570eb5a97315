"""Whatever is typed or sent, the answer is a clear 4xx, and a person finds the form again as it was filled in."""

import pytest

from tests.support.evening import System, open_evening
from tests.support.shopping import Shop
from tests.support.visitor import Answer

WHOLE = "Please give a whole number."
AMOUNT = "Please give an amount such as 500 or 1,500."
ADDRESS = "This e-mail address is not complete."
NAME = "Please tell us your name."


def refused(shop: Shop, form: dict[str, str], sentence: str, *, status: int = 422) -> Answer:
    """The form came back with the sentence and what was typed; no seat is held."""
    answer = shop.send(form)
    assert answer.status == status, answer.words
    assert sentence in answer.words.replace("\u00a0", " ")
    kept = answer.fields
    for name, value in form.items():
        if name not in ("csrf_token", "cover_fees") and name in kept:
            assert kept[name] == value.replace("\r", "").replace("\n", "") or kept[name] == value
    assert {"name", "email", "gift", f"ticket-{shop.evening.seat}"} <= set(kept)
    assert answer.headers["cache-control"] == "private, no-cache"  # the browser shows it again on the way back
    assert shop.seats() == (0, 0)
    return answer


@pytest.mark.parametrize("typed", ["-1", "1e9", "1000000000", "1.5", "１", "1_0", "two", "0x1", "²", "1 2"])
def test_what_is_no_number_of_seats(shop: Shop, typed: str) -> None:
    refused(shop, shop.filled(typed), WHOLE)


@pytest.mark.parametrize("typed", ["0", ""])
def test_nothing_chosen(shop: Shop, typed: str) -> None:
    refused(shop, shop.filled(typed), "Choose at least one seat, or give an amount.")


def test_more_seats_than_one_order_may_have(shop: Shop) -> None:
    refused(shop, shop.filled(9), "At most 8 in one order.")


def test_more_seats_than_there_are(system: System) -> None:
    refused(shop := Shop(system, open_evening(system, places=3)), shop.filled(4), "3 seats are left", status=409)


def test_a_ticket_of_another_evening(system: System, shop: Shop) -> None:
    other = open_evening(system)
    foreign = "This ticket does not belong to this evening."
    refused(shop, shop.filled(1, **{f"ticket-{other.seat}": "1"}), foreign)
    refused(shop, shop.filled(1, **{"ticket-nobody-knows": "1"}), foreign)


@pytest.mark.parametrize(
    "typed", ["NaN", "inf", "1e308", "-5", "-0.01", "１００", "1_000", "12.3456", "1.2.3", "9" * 20, "5 dollars"]
)
def test_what_is_no_gift(shop: Shop, typed: str) -> None:
    refused(shop, shop.filled(1, gift=typed), AMOUNT)


def test_a_gift_below_what_stripe_takes(shop: Shop) -> None:
    refused(shop, shop.filled(0, gift="9.99"), "The smallest amount that can be paid is")


def test_a_gift_above_what_stripe_takes(shop: Shop) -> None:
    refused(shop, shop.filled(1, gift="1000000000"), "This amount cannot be paid by card")


@pytest.mark.parametrize(
    "typed",
    ["", "claire", "claire@", "@example.org", "a@b@example.org", "claire@example.org\r\nBcc: all@example.org",
     "cl\raire@example.org", "claire@exa mple.org", "a" * 250 + "@example.org"],
)  # fmt: skip
def test_what_is_no_address(shop: Shop, typed: str) -> None:
    answer = shop.send(shop.filled(1, email=typed))
    assert answer.status == 422, answer.words
    assert answer.fields["name"] == "Claire Fontaine"
    assert shop.seats() == (0, 0)


@pytest.mark.parametrize("typed", ["", "   ", "Claire\r\nBcc: all@example.org", "Claire\x00", "Claire\u2028Fontaine"])
def test_what_is_no_name(shop: Shop, typed: str) -> None:
    answer = shop.send(shop.filled(1, name=typed))
    assert answer.status == 422, answer.words
    assert NAME in answer.words
    assert shop.seats() == (0, 0)


@pytest.mark.both_engines
def test_what_no_text_of_a_database_holds_is_no_fault_of_the_server(shop: Shop) -> None:
    for item in ("code", "pass", "offer"):
        answer = shop.send(shop.filled(1, **{item: "A\x00B"}))
        assert answer.status in (303, 400, 404, 422), (item, answer.words)
    for path in ("/e/a%00b", "/e/a%00b/order", "/o/a%00b", "/t/a%00b"):
        assert shop.visitor.get(path).status in (400, 404), path
    assert shop.send(shop.filled(1)).status == 303


def test_a_form_whose_token_was_lost_comes_again_as_it_was(shop: Shop) -> None:
    form = shop.filled(2, gift="500", name="Hélène", phone="+66 2 123 45 67")
    answer = shop.system.visitor().post(shop.evening.form, form)
    assert answer.status == 422, answer.words
    kept = answer.fields
    assert {name: kept[name] for name in form if name != "csrf_token"} == {
        name: value for name, value in form.items() if name != "csrf_token"
    }
    assert shop.seats() == (0, 0)


def test_a_form_without_any_token_comes_again(shop: Shop) -> None:
    form = shop.filled(2)
    del form["csrf_token"]
    answer = shop.send(form)
    assert (answer.status, answer.fields["name"]) == (422, "Claire Fontaine")


def test_ten_megabytes_are_too_much(shop: Shop) -> None:
    answer = shop.send(shop.filled(1, name="x" * 10_000_000))
    assert answer.status == 413, answer.words
    assert "larger than what can be sent here" in answer.words
    assert shop.send(shop.filled(1)).status == 303  # and the server goes on


def test_bytes_that_are_no_form(shop: Shop) -> None:
    for body in (b"\xff\xfe\x00", b"%%%=%zz&&&", b"ticket-%00=1", b"{}"):
        answer = shop.visitor.post(shop.evening.form, body, {"Content-Type": "application/x-www-form-urlencoded"})
        assert answer.status == 422, answer.words


def test_an_evening_that_does_not_exist_or_is_no_longer_sold(system: System) -> None:
    assert system.visitor().get("/e/no-such-evening/order").status == 404
    assert system.visitor().post("/e/no-such-evening/order", {}).status == 404
    draft = open_evening(system, status="draft")
    assert system.visitor().get(draft.form).status == 404
    assert system.visitor().post(draft.form, {f"ticket-{draft.seat}": "1"}).status == 404


def test_all_that_is_wrong_is_said_at_once(shop: Shop) -> None:
    answer = shop.send(shop.filled(9, name="", email="claire"))
    for sentence in ("At most 8 in one order.", NAME, ADDRESS):
        assert sentence in answer.words.replace("\u00a0", " ")
    assert "Choose at least one seat" in shop.send(shop.filled(0, name="")).words
