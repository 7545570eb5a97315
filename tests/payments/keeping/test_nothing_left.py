"""After an erasure no table holds what it took, wherever it was written down; the file of one’s data has all of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from events.core import clock
from events.core.db import changed, db, end_reading, transaction
from events.core.trail import TrailEntry
from events.mail import outbox
from events.mail.models import Letter
from payments.buyer.models import EmailChange
from payments.checkout.models import Attempt
from payments.keeping import erasing, personal, purging
from payments.offline.models import Arrangement
from payments.receipts.models import DonorDetails
from tests.support import world as w

Turn = Callable[[timedelta], None]
DONOR = w.BUYER.email
COMPANY = {"company": "Fontaine et fille", "tax_id": "FR 40 303 265 045", "address": "7 rue de la Source"}
GIVER = {"last_name": "de la Fontaine", "street": "8 rue du Puits", "town": "Sourceville"}


@pytest.fixture
def orders(house: Flask, turn_clock: Turn) -> tuple[w.World, int, int]:
    """A paid order whose address was another one before, and one that came to nothing; the evening is over."""
    place = w.furnish(starts_at=clock.now() + timedelta(days=1), ends_at=clock.now() + timedelta(days=1, hours=4))
    paid, lost = w.buy(place), w.buy(place)
    w.pay(paid)
    w.lose(lost)
    now = clock.now()
    with transaction() as session:
        for order_id in (paid, lost):
            session.add(
                Arrangement(
                    order_id=order_id,
                    way="transfer",
                    note="her sister calls",
                    entered_by="a",
                    entered_at=now,
                    **COMPANY,
                )
            )
            empty = dict.fromkeys(("company", "title", "first_name", "house", "postcode", "country", "tax_id"), "")
            session.add(DonorDetails(order_id=order_id, entered_by="a", entered_at=now, **empty, **GIVER))
        change = {"digest": "d", "created_at": now, "expires_at": now, "used_at": now}
        session.add(EmailChange(order_id=paid, email_before="Before@example.org", email=DONOR, **change))
        outbox.put("order_paid", "old", name=w.BUYER.name, email="Before@example.org", language="fr", order_id=paid)
        session.flush()
        changed(update(Letter).values(sent_at=now))
    turn_clock(timedelta(days=2))
    return place, paid, lost


def places_of(words: str) -> Iterator[str]:
    """The tables in which a text stands, whatever its case."""
    db.session.rollback()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(select(table)):
            if words.lower() in str(tuple(row)).lower():
                yield table.name


def erase(place: w.World, *seen: int) -> None:
    end_reading()
    with transaction():
        erasing.erase(place.organisation_id, DONOR.upper(), seen, "account:1")
    with transaction():
        changed(update(Letter).where(Letter.kind == "erased").values(sent_at=clock.now()))
    purging.purge()


@pytest.mark.both_engines
@pytest.mark.parametrize("words", [DONOR, "before@example.org", w.BUYER.phone, "her sister calls"])
def test_an_erasure_leaves_the_address_in_no_table_but_the_sealed_receipts(
    orders: tuple[w.World, int, int], words: str
) -> None:
    assert list(places_of(words))
    erase(*orders)
    assert set(places_of(words)) <= {"receipt_record"}  # what a receipt was sealed with stays as long as the law says


def test_whom_invoice_and_receipt_name_goes_with_an_order_that_came_to_nothing_and_stays_with_one_that_was_paid(
    orders: tuple[w.World, int, int],
) -> None:
    _place, paid, lost = orders
    erase(*orders)
    assert [one.order_id for one in db.session.scalars(select(DonorDetails))] == [paid]
    companies = {one.order_id: (one.company, one.address) for one in db.session.scalars(select(Arrangement))}
    assert companies == {paid: (COMPANY["company"], COMPANY["address"]), lost: ("", "")}


def test_the_same_goes_by_itself_after_the_evening(orders: tuple[w.World, int, int], turn_clock: Turn) -> None:
    _place, paid, lost = orders
    turn_clock(timedelta(days=100))
    assert purging.purge() == 1
    assert [one.order_id for one in db.session.scalars(select(DonorDetails))] == [paid]
    assert db.session.scalars(select(Arrangement.company).where(Arrangement.order_id == lost)).one() == ""
    attempts = db.session.scalars(select(Attempt)).all()
    assert [DONOR in str(one.params) for one in attempts] == [False, False]


def test_a_pay_page_that_is_still_open_can_be_asked_for_again_to_the_letter(
    orders: tuple[w.World, int, int],
) -> None:
    with transaction():
        changed(update(Attempt).values(status="open"))
    erase(*orders)
    assert [DONOR in str(one.params) for one in db.session.scalars(select(Attempt))] == [True, True]


def test_letters_to_an_address_that_somebody_elses_order_has_now_keep_their_reader(
    orders: tuple[w.World, int, int],
) -> None:
    other = w.order(w.buy(orders[0])).party
    with transaction():
        other = db.session.merge(other)
        other.email = "before@example.org"
    erase(*orders)
    assert sorted(places_of("before@example.org")) == ["letter", "party"]


def test_the_trail_counts_what_went_and_nothing_else(orders: tuple[w.World, int, int]) -> None:
    erase(*orders)
    told = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "donor.erased")).one().details
    assert 0 not in told.values()
    assert {"addresses", "buyers", "letters"} <= told.keys()


def test_the_file_says_whom_invoice_and_receipt_name(orders: tuple[w.World, int, int]) -> None:
    place, paid, _lost = orders
    first = personal.of_address(place.organisation_id, DONOR)["orders"][0]
    assert first["code"] == w.order(paid).code
    assert first["for_the_invoice"] == COMPANY
    assert first["for_the_receipt"].items() >= GIVER.items()
    assert "her sister calls" not in str(first)
