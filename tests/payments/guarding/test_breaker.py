"""When cards are tried in numbers, every order shows a pass first; with a script and without one buyers get through."""

import hashlib
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from events.core.db import db
from payments.guarding import breaker
from payments.guarding.models import Tally
from payments.webhooks.models import StripeEvent
from tests.support import world
from tests.support.evening import System
from tests.support.shopping import Shop
from tests.support.visitor import Answer


@pytest.fixture
def tested(system: System, shop: Shop) -> Iterator[None]:
    """Somebody tries card after card on one pay page, all within a minute."""
    bought = shop.buy(1)
    for _ in range(breaker.DECLINES_A_MINUTE + 1):
        bought.pay("decline")
    system.quiet()
    yield
    system.go_on(180)


def number_of(page: Answer) -> str:
    """What a script would find."""
    salt, _issued, digest, _signature = page.fields["pass"].split(".")
    return next(str(n) for n in range(200_000) if hashlib.sha256(f"{salt}{n}".encode()).hexdigest() == digest)


@pytest.mark.usefixtures("tested")
def test_who_finds_the_number_goes_on(shop: Shop) -> None:
    moment = shop.send(shop.filled(1, name="Claire Lune"))
    assert (moment.status, moment.fields["name"]) == (429, "Claire Lune")
    answer = shop.send(moment.fields | {"answer": number_of(moment)})
    assert answer.status == 303


@pytest.mark.usefixtures("tested")
def test_who_waits_goes_on_without_a_script(system: System, shop: Shop) -> None:
    moment = shop.send(shop.filled(1))
    assert "Please wait for 20 seconds" in moment.text
    system.go_on(12)
    early = shop.send(moment.fields)
    assert early.status == 429
    assert early.fields["pass"] == moment.fields["pass"]  # waiting goes on, it does not begin anew
    system.go_on(9)
    assert shop.send(early.fields).status == 303


@pytest.mark.usefixtures("tested")
def test_a_pass_is_good_for_one_order(shop: Shop) -> None:
    moment = shop.send(shop.filled(1))
    form = moment.fields | {"answer": number_of(moment)}
    assert shop.send(form).status == 303
    again = shop.send(form)
    assert again.status == 429
    assert again.fields["pass"] != form["pass"]


@pytest.mark.usefixtures("tested")
def test_another_language_loses_nothing_that_was_typed_and_buys_nothing(shop: Shop) -> None:
    moment = shop.send(shop.filled(2, name="Claire Lune", gift="500"))
    held, french = shop.seats(), f"{shop.evening.form}?lang=fr"
    assert f'formaction="{french}"' in moment.text
    assert f'href="{french}"' not in moment.text
    found = {"answer": number_of(moment)}
    other = shop.visitor.post(french, moment.fields | found | {"action": "language"})
    assert (other.status, shop.seats(), '<html lang="fr"' in other.text) == (429, held, True)
    changed = {name for name, value in other.fields.items() if moment.fields.get(name) != value}
    assert changed - {"csrf_token"} == {"lang"}  # the token tells the second in which it was given
    assert (other.fields["lang"], other.fields["name"]) == ("fr", "Claire Lune")
    assert shop.send(other.fields | found).status == 303


@pytest.mark.usefixtures("tested")
def test_nothing_is_held_and_nothing_told_while_one_waits(shop: Shop) -> None:
    held = shop.seats()
    moment = shop.send(shop.filled(1))
    assert shop.seats() == held
    assert "declin" not in moment.text.lower()


def test_after_a_while_the_form_works_as_ever(system: System, shop: Shop, tested: None) -> None:
    system.go_on(180)
    assert shop.send(shop.filled(1)).status == 303


def test_what_the_bank_said_is_shown_to_nobody_and_stored_nowhere(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    bought.pay("decline")
    system.quiet()
    assert "generic_decline" not in bought.page.text
    assert "declined" not in bought.page.text
    with system.looking():
        stored = db.session.scalars(select(StripeEvent).filter_by(type="payment_intent.payment_failed")).all()
        assert stored[-1].result == "declined"
        tallies = db.session.scalars(select(Tally.key)).all()
        assert all(key.startswith(("declines:", "pass:")) or len(key) == 64 for key in tallies)


def test_more_orders_than_stripe_could_take_put_the_breaker_out(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    place = world.furnish()
    monkeypatch.setattr(breaker, "ORDERS_A_MINUTE", 3)
    found = []
    for _ in range(4):
        world.buy(place)
        found.append(breaker.is_out())
    assert found == [False, False, False, True]


@pytest.mark.browser
@pytest.mark.usefixtures("tested")
def test_a_browser_works_its_way_in(system: System, shop: Shop, browser: Browser) -> None:
    page = browser.new_page(locale="en")
    page.goto(f"{system.url}{shop.evening.form}?lang=en")
    page.get_by_label("seat", exact=True).fill("1")
    page.get_by_label("Your name").fill("Claire Fontaine")
    page.get_by_label("E-mail").fill("claire@example.org")
    page.get_by_role("button", name="Continue to payment").click()
    expect(page).to_have_url(re.compile(re.escape(system.standin.url)), timeout=60_000)
