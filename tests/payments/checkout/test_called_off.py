"""The evening is cancelled while people are paying: nobody pays for nothing, and late money goes back."""

import pytest
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.editor import publishing
from events.mail.mailbox import Caught
from tests.payments.refunds.test_giving_back import pay_after_all, run_out
from tests.support.evening import Evening, System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines


def cancel(system: System, evening: Evening) -> None:
    """The organiser's step, without the worker."""
    with system.looking(), transaction():
        event = db.session.scalars(select(Event).where(Event.id == evening.id)).one()
        publishing.take(event, "cancel", event.version, "Mali")


def sold_out(system: System, shop: Shop) -> Purchase:
    """Paid before; nothing of it changes."""
    bought = shop.buy()
    bought.pay()
    system.quiet()
    return bought


def names_of(letter: Caught) -> list[str]:
    """What the files with a letter are called."""
    return [part.get_filename() or "" for part in letter.attachments]


def test_a_pay_page_is_closed_and_its_buyer_told_to_pay_nothing(system: System, shop: Shop, evening: Evening) -> None:
    before, bought = sold_out(system, shop), shop.buy(2)
    cancel(system, evening)
    system.work()
    assert (bought.seen().status, shop.seats()) == ("cancelled", (0, 1))
    with pytest.raises(Exception, match="expired"):
        bought.pay()
    assert (bought.seen().letters, before.seen().letters) == (
        ["evening_cancelled"],
        ["order_paid", "evening_cancelled"],
    )
    told, guest = (system.letters_to(one.email)[-1] for one in (bought, before))
    assert ("do not pay for it any more" in told.text, "ticket is no longer needed" in told.text) == (True, False)
    assert ("do not pay for it any more" in guest.text, "ticket is no longer needed" in guest.text) == (False, True)
    assert (names_of(told), names_of(guest)) == ([], [f"{evening.slug}.ics"])


def test_whoever_was_faster_reads_that_it_does_not_take_place(system: System, shop: Shop, evening: Evening) -> None:
    bought = shop.buy(2)
    bought.pay()
    cancel(system, evening)
    system.quiet()
    assert (bought.seen().status, bought.seen().letters) == ("paid", ["order_paid"])
    (letter,) = system.letters_to(bought.email)
    assert "when the evening had just been cancelled" in letter.text
    assert "expected" not in letter.text
    assert [name for name in names_of(letter) if not name.startswith("R-")] == []
    assert "write to you about the money you paid" in bought.page.text


def test_whose_money_is_under_way_is_told_that_it_is_not_lost(system: System, shop: Shop, evening: Evening) -> None:
    bought = shop.buy()
    bought.pay("later")
    system.quiet()
    cancel(system, evening)
    system.work()
    assert bought.seen().status == "processing"
    (letter,) = system.letters_to(bought.email)
    assert "When your payment arrives" in letter.text
    assert [words for words in ("your ticket", "do not pay", "money you paid") if words in letter.text] == []
    system.standin.control("complete-async", session=bought.session_id)
    system.quiet()
    assert "when the evening had just been cancelled" in system.letters_to(bought.email)[-1].text


def test_late_money_for_a_cancelled_evening_goes_back_by_itself(system: System, shop: Shop, evening: Evening) -> None:
    bought = shop.buy()
    run_out(system, bought)
    cancel(system, evening)
    pay_after_all(system, bought)
    system.quiet()
    seen = bought.seen()
    assert (seen.status, seen.tickets, seen.payments) == ("refunded", [], [("refund_due", 150_000)])
    assert (seen.refunds, seen.letters, shop.seats()) == ([("late", "succeeded")], ["late_refund"], (0, 0))
    (letter,) = system.letters_to(bought.email)
    assert "after the evening had been cancelled" in letter.text
    assert [words for words in ("gone to others", "seats come free") if words in letter.text] == []


def test_stripe_away_keeps_the_page_open_until_it_is_back(system: System, shop: Shop, evening: Evening) -> None:
    bought = shop.buy()
    away = [{"kind": "drop", "count": 1000, "path": f"/v1/checkout/sessions/{bought.session_id}/expire"}]
    system.standin.control("faults", requests=away)
    cancel(system, evening)
    system.work()
    assert (bought.seen().status, bought.seen().letters) == ("held", [])
    system.standin.control("faults", reset=True)
    system.go_on(20)
    system.work()
    assert (bought.seen().status, bought.seen().letters) == ("cancelled", ["evening_cancelled"])


def test_nothing_is_called_off_where_the_evening_takes_place_after_all(
    system: System, shop: Shop, evening: Evening
) -> None:
    bought = shop.buy()
    cancel(system, evening)
    with system.looking(), transaction():
        db.session.execute(update(Event).where(Event.id == evening.id).values(status="published", cancelled_at=None))
    system.work()
    assert (bought.seen().status, bought.seen().letters) == ("held", [])
