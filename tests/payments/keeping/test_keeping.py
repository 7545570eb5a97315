"""Keep and erase: what goes, what the law keeps, what goes by itself, and a donor's data as a file."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core import clock
from events.core.db import db, end_reading, transaction
from events.core.refusal import Refusal
from events.core.trail import TrailEntry
from events.guests.models import Guest
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments import auditing
from payments.keeping import erasing, personal, purging, terms
from payments.ledger.models import Posting
from payments.receipts.models import Receipt
from tests.support import world as w

Turn = Callable[[timedelta], None]
DONOR = w.BUYER.email


def evening_with_a_donor() -> tuple[w.World, int, int]:
    """A paid order with a named guest who has a diet, and one that came to nothing."""
    world = w.furnish(starts_at=clock.now() + timedelta(days=1), ends_at=clock.now() + timedelta(days=1, hours=4))
    paid, lost = w.buy(world, gift=50_000), w.buy(world)
    w.pay(paid)
    w.lose(lost)
    with transaction():
        ticket = db.session.scalars(select(Ticket)).one()
        ticket.guest_name = "A guest"
        guest = db.session.scalars(select(Guest)).one()
        guest.diet, guest.note, guest.table_name = "vegan", "comes late", "7"
    return world, paid, lost


def organisation(world: w.World) -> Organisation:
    return db.session.get_one(Organisation, world.organisation_id)


def trail_of(action: str) -> list[TrailEntry]:
    return list(db.session.scalars(select(TrailEntry).where(TrailEntry.action == action)))


@pytest.mark.both_engines
def test_erasure_takes_guests_and_addresses_and_keeps_what_the_law_keeps(house: Flask, turn_clock: Turn) -> None:
    world, paid, lost = evening_with_a_donor()
    books = list(db.session.scalars(select(Posting.amount)))
    turn_clock(timedelta(days=2))
    found = erasing.preview(organisation(world), DONOR.upper())
    assert [(part.order.id, part.guest_names, part.until is not None) for part in found.going] == [
        (paid, 1, True),
        (lost, 0, False),
    ]
    end_reading()
    with transaction():
        erasing.erase(world.organisation_id, DONOR, [paid, lost], "account:1")
    kept, gone = w.order(paid).party, w.order(lost).party
    assert (kept.name, kept.email, kept.phone) == (w.BUYER.name, "", "")
    assert (gone.name, gone.email, gone.phone) == ("", "", "")
    guest = db.session.scalars(select(Guest)).one()
    assert (guest.diet, guest.note, guest.table_name, guest.ticket.guest_name) == ("", "", None, None)
    assert db.session.scalars(select(Receipt.donor_name)).all() == [w.BUYER.name]
    assert list(db.session.scalars(select(Posting.amount))) == books
    (told,) = db.session.scalars(select(Letter).where(Letter.kind == "erased"))
    assert told.recipient_email.lower() == DONOR
    assert told.args["until"] == str(terms.keep_until(organisation(world), clock.now()))
    assert DONOR not in str([(entry.subject, entry.details) for entry in trail_of("donor.erased")])
    assert auditing.audit()[0] == []


def test_nothing_is_erased_before_the_evening_is_over_or_unseen(house: Flask, turn_clock: Turn) -> None:
    world, paid, lost = evening_with_a_donor()
    assert [part.order.id for part in erasing.preview(organisation(world), DONOR).waiting] == [paid]
    with pytest.raises(Refusal, match="changed"), transaction():
        erasing.erase(world.organisation_id, DONOR, [paid, lost], "account:1")
    assert w.order(paid).party.email == DONOR
    with pytest.raises(Refusal, match="nothing"), transaction():
        erasing.erase(world.organisation_id, "stranger@example.org", [], "account:1")


@pytest.mark.both_engines
def test_guests_are_forgotten_days_after_the_evening_and_once(house: Flask, turn_clock: Turn) -> None:
    _world, paid, lost = evening_with_a_donor()
    turn_clock(timedelta(days=90))
    assert purging.purge() == 0
    turn_clock(timedelta(days=92))
    assert purging.purge() == 1
    assert (w.order(paid).party.name, w.order(paid).party.email, w.order(paid).party.phone) == (w.BUYER.name, DONOR, "")
    assert w.order(lost).party.name == ""
    assert db.session.scalars(select(Guest.diet)).all() == [""]
    assert db.session.scalars(select(Ticket.guest_name)).all() == [None]
    assert len(trail_of("guests.purged")) == 1
    end_reading()
    assert purging.purge() == 0


def test_a_donors_data_is_whole_and_nobody_elses(house: Flask) -> None:
    world, paid, _lost = evening_with_a_donor()
    data = personal.of_address(world.organisation_id, DONOR)
    assert [one["code"] for one in data["orders"]][0] == w.order(paid).code
    assert data["orders"][0]["guests"][0]["diet"] == "vegan"
    assert data["orders"][0]["receipts"][0]["name"] == w.BUYER.name
    assert data["orders"][0]["kept_by_law_until"] > str(clock.now().date())
    assert personal.of_address(world.organisation_id, "stranger@example.org")["orders"] == []
    assert personal.of_address(world.organisation_id + 1, DONOR)["orders"] == []
    assert personal.of_address(world.organisation_id, "")["orders"] == []


def test_the_buyers_own_data_asks_for_a_fresh_code(house: Flask) -> None:
    _world, paid, _lost = evening_with_a_donor()
    token = w.order(paid).token
    db.session.rollback()
    answer = house.test_client().get(f"/o/{token}/data.json", base_url="https://tickets.example.org")
    assert answer.status_code == 403
    assert DONOR not in answer.text


@pytest.mark.parametrize(("profile", "years"), [("fr", 10), ("th", 5), ("uk", 6), ("generic", 10)])
def test_the_law_counts_from_the_end_of_the_fiscal_year(profile: str, years: int) -> None:
    house = w.organisation(receipt_profile=profile, fiscal_year_start=1)
    assert terms.keep_until(house, w.DINNER) == date(2031 + years, 12, 31)
    house.fiscal_year_start = 4
    assert terms.keep_until(house, w.DINNER) == date(2032 + years, 3, 31)
