"""The wrong guest was let in, and somebody else was scanned since: it is undone from the guest's own entry."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from events.core.db import db, transaction
from events.door import check_lists
from events.door.models import Admission
from tests.events.door.conftest import Evening, PairPhone, Phone
from tests.events.door.test_check_lists import phone_for
from tests.support.phones import Cast, enter, full_house, scan, show


def of(phone: Phone, number: str) -> dict[str, Any]:
    """A guest as the search shows them."""
    found = phone.get("guests", q=number).json
    assert found is not None
    return dict(found["guests"][0])


def undone() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(Admission.undoes))) or 0


def test_search_and_second_scan_name_the_admission_that_another_phone_undoes(pair: PairPhone, evening: Evening) -> None:
    first, other = pair(), pair("Door B")
    scan_id = str(first.scan(evening.helene)["scan_id"])
    assert of(other, "0001")["scan_id"] == scan_id
    assert other.scan(evening.helene)["previous"]["scan_id"] == scan_id
    answer = other.post("undo", {"scan_id": scan_id, "ticket": "0001"}).json
    assert answer == {"scan_id": scan_id, "undone": 1, "party": {"arrived": 0, "expected": 2}}
    assert (of(other, "0001")["scan_id"], of(other, "0001")["arrived_at"]) == (None, None)
    row = db.session.scalars(select(Admission).where(Admission.undoes.is_not(None))).one()
    assert (row.gate, undone()) == ("Door B", 1)


def test_of_a_party_one_guest_is_let_out_and_the_others_stay(phone: Phone, evening: Evening) -> None:
    scan_id = str(phone.scan(evening.helene, party=True)["scan_id"])
    for _ in range(2):
        answer = phone.post("undo", {"scan_id": scan_id, "ticket": "0002"}).json
        assert answer == {"scan_id": scan_id, "undone": 1, "party": {"arrived": 1, "expected": 2}}
    assert phone.scan(evening.helene)["reason"] == "already_admitted"


@pytest.mark.parametrize(("ticket", "status"), [("0003", 404), ("9999", 404), ("one", 422), (1, 422), ("", 422)])
def test_a_ticket_that_the_scan_did_not_let_in_is_not_let_out(
    phone: Phone, evening: Evening, ticket: object, status: int
) -> None:
    phone.scan(evening.alone)
    scan_id = phone.scan(evening.helene)["scan_id"]
    assert phone.post("undo", {"scan_id": scan_id, "ticket": ticket}).status_code == status
    assert undone() == 0


def test_a_phone_of_another_list_undoes_nothing_at_the_entrance(app: Flask, phone: Phone, evening: Evening) -> None:
    scan_id = phone.scan(evening.helene)["scan_id"]
    with transaction():
        coats = check_lists.new_list(evening.event_id, "Coats", repeats=False)
    wardrobe = phone_for(app, evening, "Wardrobe", coats)
    assert of(wardrobe, "0001")["scan_id"] is None
    assert wardrobe.post("undo", {"scan_id": scan_id, "ticket": "0001"}).status_code == 404
    assert wardrobe.post("undo", {"scan_id": str(uuid4())}).status_code == 404
    assert undone() == 0


# ---- on the phone ----


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    with full_house(sqlite_url, parties=1, names=["Mali Example"]) as cast:
        yield cast


@pytest.fixture
def page(cast: Cast, browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
    enter(page, cast, "Door A")
    yield page
    page.close()


def let_out(page: Page, name: str) -> None:
    """Press the button, read that it is done, and go on."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("status").get_by_role("heading", name="Undone", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next ticket").click()


@pytest.mark.browser
def test_a_second_scan_and_the_search_let_the_wrong_guest_out(page: Page, cast: Cast) -> None:
    wrong, since, *_ = cast.codes
    scan(page, wrong)
    scan(page, since)
    show(page, wrong, "Already admitted")
    let_out(page, "Undo the admission")
    assert page.locator("#count b").inner_text() == "1"
    scan(page, wrong)
    page.get_by_role("button", name="Search by name").click()
    page.get_by_label("Name", exact=True).fill("mali")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_role("button", name="Undo the admission: Mali Example")).to_have_count(1)
    page.get_by_role("button", name="Undo the admission: Mali Example").click()
    expect(page.get_by_role("status")).to_contain_text("Mali Example")
    page.get_by_role("button", name="Next ticket").click()
    assert (page.locator("#count b").inner_text(), undone()) == ("1", 2)
    scan(page, wrong)


@pytest.mark.browser
def test_without_a_connection_what_this_phone_let_in_is_undone_and_told_later(page: Page, cast: Cast) -> None:
    wrong, since, *_ = cast.codes
    cast.house.close()
    scan(page, wrong)
    scan(page, since)
    show(page, wrong, "Already admitted")
    let_out(page, "Undo the admission")
    expect(page.get_by_text("3 to send")).to_be_visible()
    cast.house.open()
    expect(page.get_by_text("to send")).to_be_hidden(timeout=30000)
    assert undone() == 1
    scan(page, wrong)
