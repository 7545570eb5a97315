"""Prices and fee covers in every currency: what Stripe would refuse is found first, what was meant is what is left."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from events.catalogue.codes import DiscountCode
from events.catalogue.models import Event, FeeRate
from events.core import clock
from events.core.db import db, transaction
from events.core.money import fee
from payments.gateway.currencies import check_amount, from_stripe, payable_step, to_stripe
from payments.gateway.sandbox.balances import card_fee
from payments.gateway.sandbox.books import Books, Config
from payments.orders.fees import Rate, cover
from payments.orders.prices import check_prices
from tests.support import world
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop

CURRENCIES = ("THB", "EUR", "USD", "GBP", "JPY", "KWD", "ISK", "HUF")


@given(st.sampled_from(CURRENCIES), st.integers(1, 1_000_000), st.integers(0, 9_00), st.integers(0, 5_000))
def test_the_cover_leaves_exactly_what_was_meant(currency: str, steps: int, points: int, fixed: int) -> None:
    step = payable_step(currency)
    net = steps * step
    gross = net + cover(net, Rate(points, fixed), currency)
    left = gross - fee(gross, points, fixed)
    assert gross % step == 0
    assert net <= left < net + step  # a step is one minor unit, save in dinars
    if step == 1:
        assert left == net


@given(st.sampled_from(CURRENCIES), st.integers(20_000, 900_000))
def test_the_stand_ins_fee_is_the_configured_one(currency: str, amount: int) -> None:
    books = Books(Config())
    points, fixed = books.config.fees.get(currency.lower(), books.config.default_fee)
    whole = amount - amount % payable_step(currency)
    taken = card_fee(books, to_stripe(whole, currency), currency.lower())
    assert from_stripe(taken, currency) == fee(whole, points, fixed)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_whole_purchase_nets_what_was_meant(system: System, currency: str) -> None:
    evening = open_evening(system, currency=currency)
    with system.looking(), transaction() as session:
        points, fixed = (365, 1_000) if currency == "THB" else (290, 30)
        event = db.session.get_one(Event, evening.id)
        seat, table = event.ticket_types
        seat.max_per_order, table.max_per_order, table.price = 6, 1, 900_000  # a million krónur are too many
        session.add(
            FeeRate(
                organisation_id=event.organisation_id,
                method="card",
                currency=currency,
                rate_bp=points,
                fixed=fixed,
                holds_from=date(2026, 1, 1),
            )
        )
    with system.looking():
        assert check_prices(db.session.get_one(Event, evening.id)) == []
    bought = Shop(system, evening).buy(3, cover_fees="1")
    bought.pay()
    system.quiet()
    assert bought.seen().status == "paid"
    with system.standin.books.lock:
        rows = system.standin.books.all("balance_transaction")
        charge = next(row for row in reversed(rows) if row["currency"] == currency.lower() and row["type"] != "payout")
    net = from_stripe(charge["net"], currency)
    assert 450_000 <= net < 450_000 + payable_step(currency)
    assert bought.public["total"] == from_stripe(charge["amount"], currency)


@pytest.mark.usefixtures("house")
def test_prices_that_nobody_could_pay_are_named() -> None:
    with transaction():
        event = world.evening(currency="KWD", gift_amounts=[1_005, 2_000], absent_gift=0)
        seat, table = event.ticket_types
        seat.price, seat.benefit = 10_005, 10_000
        table.price = 99_999_990
        db.session.add(event)
    sentences = check_prices(event)
    assert len(sentences) == 3
    assert all("10.005" in s or "2 × table" in s or "1.005" in s for s in sentences), sentences


@pytest.mark.usefixtures("house")
def test_codes_that_leave_too_little_are_named() -> None:
    with transaction() as session:
        event = world.evening()
        session.add(event)
        session.flush()
        session.add(DiscountCode(event_id=event.id, code="ALMOST", amount=149_500, created_at=clock.now()))
    assert check_prices(event) == ["Code ALMOST: seat would cost ฿5. Stripe takes ฿10 at least."]


@pytest.mark.usefixtures("house")
def test_a_second_currency_needs_a_card_fee_of_its_own() -> None:
    with transaction() as session:
        owner = world.organisation()
        session.add(world.evening(owner))
        soiree = world.evening(owner, slug="soiree", currency="EUR")
        for kind in soiree.ticket_types:
            kind.public_id += "-in-euros"
        session.add(soiree)
    event = db.session.scalars(select(Event).filter_by(slug="soiree")).one()
    assert any("no card fee for EUR" in sentence for sentence in check_prices(event))
    check_amount(event.ticket_types[0].price, "EUR")
