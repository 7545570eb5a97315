"""Tickets and places: what is for new orders only, what may not shrink, what may not go."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from events.catalogue.models import Event, Quota
from events.core.db import db, transaction
from events.tickets import holding
from payments.orders.models import Order, OrderLine
from tests.events.editor.conftest import Desk, save
from tests.support.staff import Staff, sell

SEAT = "/manage/dinner/edit/tickets/seat-dinner"


@pytest.fixture
def sold(staff: Staff) -> Staff:
    """The dinner of the cast, one seat of it sold."""
    with staff.app.app_context(), transaction():
        sell("dinner", "AAAAA", "Claire", [("Claire", "")])
    return staff


def test_a_new_price_is_for_new_orders_alone(browser: FlaskClient, sold: Staff, desk: Desk) -> None:
    assert save(browser, SEAT, {"price": "3,000", "name-en": "A better seat"}).status_code == 303
    (kind,) = desk.event("dinner").ticket_types
    assert (kind.price, kind.name["en"]) == (300_000, "A better seat")
    with sold.app.app_context():
        (line,) = db.session.scalars(select(OrderLine).join(Order).where(Order.code == "AAAAA"))
        assert (line.amount, line.benefit, line.name["en"]) == (250_000, 120_000, "A seat")
    assert desk.trail("ticket_type.changed")[0].details["values"]["price"] == [250_000, 300_000]


def test_a_table_that_was_ordered_keeps_its_size(browser: FlaskClient, sold: Staff) -> None:
    answer = save(browser, SEAT, {"bundle_size": "10"})
    assert answer.status_code == 422
    assert "please make a new ticket for another size" in answer.text


def test_places_do_not_become_fewer_than_are_taken(browser: FlaskClient, staff: Staff, desk: Desk) -> None:
    quota = desk.event("dinner").quotas[0]
    address = f"/manage/dinner/edit/places/{quota.id}"
    typed = {f"quota{quota.id}-name": "Seats", f"quota{quota.id}-size": "4", "was": "96"}
    answer = browser.post(address, data=typed)
    assert answer.status_code == 422
    assert "5 seats are sold or being paid for: there cannot be fewer." in answer.text
    assert 'value="4"' in answer.text
    assert browser.post(address, data=typed | {f"quota{quota.id}-size": "5"}).status_code == 303
    assert desk.event("dinner").quotas[0].size == 5
    assert browser.post(address, data=typed | {f"quota{quota.id}-size": "9"}).status_code == 409  # 96 is no more


def test_a_table_of_eight_takes_eight_seats_of_each_quota(
    browser: FlaskClient, staff: Staff, draft: str, desk: Desk
) -> None:
    browser.post(f"{draft}/places", data={"quota0-name": "Tables", "quota0-size": "16"})
    room, tables = desk.event().quotas
    kind = desk.event().ticket_types[1]
    save(browser, f"{draft}/tickets/{kind.public_id}", {"quotas": [str(room.id), str(tables.id)]})
    with staff.app.app_context():
        event = db.session.scalars(select(Event).where(Event.slug == "keep-a-place-2038")).one()
        table = event.ticket_types[1]
        assert holding.needs([(table, 1)]) == {room.id: 8, tables.id: 8}
        assert table.left == 2
        assert event.ticket_types[0].left == 60


@pytest.mark.parametrize(
    ("changes", "sentence", "field"),
    [
        ({"name-fr": "", "name-en": "", "name-th": ""}, "Please fill this in.", "name-fr"),
        ({"price": "-5"}, "Please give an amount", "price"),
        ({"price": "5", "benefit": "0"}, "Stripe takes ฿10 at least.", "price"),
        ({"price": "600,000", "max_per_order": "5"}, "Stripe takes", "price"),
        ({"benefit": "2501"}, "cannot be worth more", "benefit"),
        ({"bundle_size": "0"}, "from 1 to 50", "bundle_size"),
        ({"min_per_order": "9"}, "cannot be above the greatest", "min_per_order"),
        ({"max_per_order": "0"}, "from 1 to 500", "max_per_order"),
        ({"quotas": []}, "Say where its seats come from.", "quotas"),
        ({"quotas": ["1"]}, "Please choose among these.", "quotas"),
        (
            {"sales_start_at": "2038-02-02T10:00", "sales_end_at": "2038-02-01T10:00"},
            "The sale would end before it begins.", "sales_end_at",
        ),
    ],
)  # fmt: skip
def test_a_ticket_that_makes_no_sense_is_refused_next_to_its_field(
    browser: FlaskClient, draft: str, desk: Desk, changes: dict[str, object], sentence: str, field: str
) -> None:
    address = f"{draft}/tickets/{desk.event().ticket_types[0].public_id}"
    answer = save(browser, address, {"description-en": "Typed with care", **changes})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="{field}-mistake"' in answer.text
    assert "Typed with care" in answer.text
    assert desk.event().ticket_types[0].version == 1


def test_a_new_ticket_with_its_window_and_limits_comes_to_the_order_form(
    browser: FlaskClient, staff: Staff, draft: str, desk: Desk
) -> None:
    early = {
        "name-fr": "Tôt", "name-en": "Early", "name-th": "จองก่อน", "price": "2000", "benefit": "1200",
        "min_per_order": "2", "max_per_order": "4", "sales_end_at": "2038-01-31T23:30", "hidden": "on",
    }  # fmt: skip
    assert save(browser, f"{draft}/tickets/new", early).status_code == 303
    kind = desk.event().ticket_types[-1]
    assert kind.sales_end_at is not None
    assert kind.sales_end_at.isoformat() == "2038-01-31T16:30:00+00:00"
    assert (kind.min_per_order, kind.max_per_order, kind.hidden) == (2, 4, True)
    browser.post(f"{draft}/publish", data={"do": "publish", "version": "1"})
    assert "Early" not in staff.app.test_client().get("/e/keep-a-place-2038/order?lang=en").text
    save(browser, f"{draft}/tickets/{kind.public_id}", {"hidden": ""})
    typed = {f"ticket-{kind.public_id}": "1", "name": "Ann", "email": "ann@example.org", "lang": "en"}
    answer = staff.app.test_client().post("/e/keep-a-place-2038/order", data=typed)
    assert answer.status_code == 422
    assert "At least 2 in one order." in answer.text


def test_what_somebody_ordered_cannot_be_removed(browser: FlaskClient, sold: Staff, desk: Desk) -> None:
    answer = browser.post(f"{SEAT}/remove")
    assert answer.status_code == 409
    assert "Somebody ordered this ticket, so it stays." in answer.text
    assert len(desk.event("dinner").ticket_types) == 1


def test_tickets_and_places_nobody_took_are_moved_and_removed(browser: FlaskClient, draft: str, desk: Desk) -> None:
    seat, table = desk.event().ticket_types
    browser.post(f"{draft}/tickets/{table.public_id}/move", data={"way": "up"})
    assert [kind.public_id for kind in desk.event().ticket_types] == [table.public_id, seat.public_id]
    quota = desk.event().quotas[0]
    refused = browser.post(f"{draft}/places/{quota.id}/remove")
    assert (refused.status_code, "Let it take them elsewhere first." in refused.text) == (409, True)
    for kind in (seat, table):
        assert browser.post(f"{draft}/tickets/{kind.public_id}/remove").status_code == 303
    assert browser.post(f"{draft}/places/{quota.id}/remove").status_code == 303
    assert (desk.event().ticket_types, desk.event().quotas) == ([], [])


def test_two_organisers_at_one_ticket(browser: FlaskClient, draft: str, desk: Desk) -> None:
    address = f"{draft}/tickets/{desk.event().ticket_types[0].public_id}"
    assert save(browser, address, {"price": "2600"}).status_code == 303
    answer = save(browser, address, {"price": "2700", "version": "1"})
    assert answer.status_code == 409
    assert "There now: 2600" in " ".join(answer.text.split())
    assert desk.event().ticket_types[0].price == 260_000


@pytest.mark.both_engines
def test_the_last_word_about_places_is_the_databases(staff: Staff) -> None:
    """Seats taken between reading and writing count: the condition stands in the UPDATE."""
    with staff.signed_in("organiser") as browser:
        with staff.app.app_context(), transaction():
            quota_id = db.session.scalars(select(Quota.id).join(Event).where(Event.slug == "dinner")).one()
            db.session.execute(update(Quota).where(Quota.id == quota_id).values(sold=90))
        typed = {f"quota{quota_id}-name": "Seats", f"quota{quota_id}-size": "91", "was": "96"}
        answer = browser.post(f"/manage/dinner/edit/places/{quota_id}", data=typed)
    assert answer.status_code == 422
    assert "92 seats are sold" in answer.text
