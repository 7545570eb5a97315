"""What goes with an order, afterwards: changed by the buyer, read by the organiser, downloaded, forgotten."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy import select

from events.catalogue.models import Event, Organisation
from events.core import clock
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.guests import asking, questions
from events.guests.models import Guest, PartyAnswer
from payments.giving import listing, telling, wording
from payments.giving.models import Anonymity, Consent, Dedication
from payments.keeping import erasing, personal, purging
from payments.orders.models import Order
from tests.payments.giving.test_order_form import ALL, NO, YES
from tests.support import world as w


def bought(**values: object) -> tuple[w.World, int]:
    """A paid order at an evening that asks for everything, with both consents."""
    world = w.furnish(**(ALL | values))
    order_id = w.buy(world, {"seat": 2})
    w.pay(order_id)
    with transaction():
        order = db.session.get_one(Order, order_id)
        boxes = {ask.field: ask.version for ask in wording.asks(order.event)}
        form = {"dedication_kind": "honour", "dedication": "שלום <b>", "anonymous": "1"} | boxes
        telling.keep(order, telling.read(order.event, form))
    return world, order_id


@pytest.fixture
def browser(house: Flask) -> FlaskClient:
    """The buyer's."""
    return w.browser_of(house)


def token(order_id: int) -> str:
    found = w.order(order_id).token
    db.session.rollback()
    return found


@pytest.mark.both_engines
def test_a_consent_is_taken_back_on_the_order_page_and_stays_a_fact(browser: FlaskClient) -> None:
    world, order_id = bought()
    page = f"/o/{token(order_id)}/wishes"
    assert browser.get(f"{page}?lang=en").text.count("Withdraw my consent") == 2
    for _again in range(2):
        assert browser.post(f"{page}/consents/co/withdraw").status_code == 303
    assert browser.get(f"{page}?lang=en").text.count("Withdraw my consent") == 1
    own, co = db.session.scalars(select(Consent).order_by(Consent.organiser.desc()))
    assert (own.withdrawn_at, co.withdrawn_at is None, bool(co.wording)) == (None, False, True)
    event = db.session.get_one(Event, world.event_id)
    assert [len(listing.consents(event, key)) for key in ("own", "co")] == [1, 0]
    assert len(db.session.scalars(select(TrailEntry).where(TrailEntry.action == "consent.withdrawn")).all()) == 1
    assert browser.post(f"{page}/consents/nobody/withdraw").status_code == 404


def test_who_has_the_link_alone_agrees_to_nothing(browser: FlaskClient) -> None:
    world, order_id = bought()
    page = f"/o/{token(order_id)}/wishes"
    browser.post(f"{page}/consents/own/withdraw")
    boxes = {ask.field: ask.version for ask in wording.asks(db.session.get_one(Event, world.event_id))}
    db.session.rollback()
    assert browser.post(page, data=boxes).status_code == 303
    alive = select(Consent.organiser).where(Consent.withdrawn_at.is_(None))
    assert db.session.scalars(alive).all() == ["co"]


def test_a_french_page_elides_before_who_is_remembered(browser: FlaskClient) -> None:
    _world, order_id = bought()
    refresh()
    browser.post(
        f"/o/{token(order_id)}/wishes?lang=fr", data={"dedication_kind": "memory", "dedication": "Anne <d'Essai>"}
    )
    order_page = browser.get(f"/o/{token(order_id)}?lang=fr").text
    assert "À la mémoire d’Anne &lt;d&#39;Essai&gt;" in order_page


@pytest.mark.both_engines
def test_wishes_are_changed_and_taken_away(browser: FlaskClient) -> None:
    world, order_id = bought()
    with transaction():
        one = questions.new_question(world.event_id, {"en": "By boat?"}, [YES, NO], kind="yes_no", scope="order").id
    page, field = f"/o/{token(order_id)}/wishes?lang=en", f"question-{one}"
    assert "שלום &lt;b&gt;" in browser.get(page).text
    words = {"dedication_kind": "memory", "dedication": "Aunt 🪷", "anonymous": "1", field: "1"}
    assert browser.post(page, data=words).status_code == 303
    order_page = browser.get(f"/o/{token(order_id)}?lang=en").text
    assert ("In memory of Aunt 🪷" in order_page, "Your name is not told" in order_page) == (True, True)
    assert db.session.scalars(select(PartyAnswer.choice)).all() == [1]
    wrong = browser.post(page, data={"dedication": "Nobody"})
    assert (wrong.status_code, "Is it in honour of somebody, or in memory?" in wrong.text) == (422, True)
    assert browser.post(page, data={field: ""}).status_code == 303
    assert [db.session.scalars(select(kind)).all() for kind in (Dedication, Anonymity, PartyAnswer)] == [[], [], []]


def test_whoever_would_rather_not_be_named_is_not(house: Flask) -> None:
    world, _hidden = bought()
    event = db.session.get_one(Event, world.event_id)
    assert listing.thanked(event) == []
    db.session.rollback()
    shown = w.buy(world)
    w.pay(shown)
    assert listing.thanked(db.session.get_one(Event, world.event_id)) == [w.BUYER.name]
    with transaction():
        db.session.get_one(Event, world.event_id).names_givers = False
    assert listing.thanked(db.session.get_one(Event, world.event_id)) == []


def test_a_list_of_addresses_is_one_organisers_and_no_spreadsheets_program(house: Flask) -> None:
    world, order_id = bought(co_organiser="=cmd|' /C calc'!A0")
    with transaction():
        db.session.get_one(Order, order_id).party.name = "=1+1"
    event = db.session.get_one(Event, world.event_id)
    telling.withdraw(w.order(order_id), "own")
    assert len(b"".join(listing.write_csv(event, "own")).splitlines()) == 1
    text = b"".join(listing.write_csv(event, "co")).decode("utf-8-sig")
    ((name, email, _language, _when, words, version),) = list(csv.reader(io.StringIO(text)))[1:]
    assert (name, email, words.startswith("'=cmd"), len(version)) == ("'=1+1", w.BUYER.email, True, 16)


def test_the_download_knows_what_was_told_and_no_other_guests_diet(house: Flask) -> None:
    world, order_id = bought()
    with transaction():
        one = questions.new_question(world.event_id, {"en": "By boat?"}, [YES, NO], kind="yes_no").id
        own, other = db.session.scalars(select(Guest).order_by(Guest.ticket_id))
        own.alias, own.diet, own.answered_at = "C.", "vegan", clock.now()
        other.ticket.guest_name, other.diet, other.email = "Mali", "halal", "mali@example.org"
        other.answered_at = clock.now()
        asking.keep_of_ticket(other.ticket_id, [asking.Said(one, 1)], "guest")
    ((question, answers),) = listing.guest_answers(db.session.get_one(Event, world.event_id))
    assert (question.id, answers) == (one, [("No", [f"Mali {other.ticket.short_number}"])])
    (order,) = personal.of_address(world.organisation_id, w.BUYER.email)["orders"]
    assert (order["dedication"], order["not_to_be_named"]) == ({"kind": "honour", "name": "שלום <b>"}, True)
    assert [one["to"] for one in order["consents"]] == ["The Lanterns", "Alliance of the river"]
    mine, theirs = order["guests"]
    assert (mine["alias"], mine["diet"], theirs["name"]) == ("C.", "vegan", "Mali")
    assert "halal" not in str(theirs)
    (place,) = personal.of_address(world.organisation_id, "MALI@example.org")["places"]
    assert (place["diet"], place["answers"][0]["answer"]) == ("halal", "No")


@pytest.mark.both_engines
def test_what_was_told_is_forgotten_and_agreement_outlives_the_guests(
    house: Flask, turn_clock: Callable[[timedelta], None]
) -> None:
    soon = clock.now() + timedelta(days=1)
    world, order_id = bought(starts_at=soon, ends_at=soon + timedelta(hours=4))
    with transaction():
        one = questions.new_question(world.event_id, {"en": "Your boat?"}, [], kind="text", scope="order").id
        party = db.session.get_one(Order, order_id).party
        party.title = "Table of the Martins"
        asking.keep_of_party(party.id, [asking.Said(one, words="Blue")], "buyer")
        db.session.scalars(select(Guest)).first().email = "guest@example.org"  # type: ignore[union-attr]
    turn_clock(timedelta(days=92))
    assert purging.purge() == 1
    gone = [db.session.scalars(select(kind)).all() for kind in (Dedication, PartyAnswer)]
    assert (gone, w.order(order_id).party.title) == ([[], []], "")
    assert set(db.session.scalars(select(Guest.email))) == {""}
    assert len(db.session.scalars(select(Consent)).all()) == 2
    house_id = db.session.get_one(Organisation, world.organisation_id).id
    db.session.rollback()
    with transaction():
        erasing.erase(house_id, w.BUYER.email, [order_id], "account:1")
    assert [db.session.scalars(select(kind)).all() for kind in (Consent, Anonymity)] == [[], []]
