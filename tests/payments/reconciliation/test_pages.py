"""The treasurer's pages on the evening that was lived: what needs a person, figures, closing, keeping."""

import pytest
from sqlalchemy import select, update

from events.catalogue.models import Event, Organisation
from events.core import i18n
from events.core.db import changed, db, end_reading, transaction
from payments.disputes.models import Dispute
from payments.figures import reckoning
from payments.ledger.models import ClosedPeriod
from payments.reconciliation import morning
from tests.payments.reconciliation.conftest import HERE, Lived
from tests.support.world import evening


def contested(lived: Lived) -> str:
    """Let the bank ask for an answer again; the item's key."""
    with lived.app.app_context():
        with transaction():
            changed(update(Dispute).values(status="needs_response", closed_at=None))
        (item,) = morning.items(lived.organisation_id)
        end_reading()
        return item.key


def test_what_needs_a_person_is_named_until_somebody_says_what_they_did(lived: Lived) -> None:
    key, browser = contested(lived), lived.browser()
    page = browser.get("/treasury/", base_url=HERE).text
    assert "A bank contests a payment" in page
    assert f"/treasury/{lived.slug}/orders/" in page
    form = {"item": key, "note": ""}
    assert browser.post("/treasury/handled", data=form, base_url=HERE).status_code == 422
    form["note"] = "answered at Stripe"
    assert browser.post("/treasury/handled", data=form, base_url=HERE).status_code == 303
    assert browser.post("/treasury/handled", data=form, base_url=HERE).status_code == 404
    page = browser.get("/treasury/", base_url=HERE).text
    assert "A bank contests a payment" not in page
    assert "answered at Stripe" in page


ADDRESSES = (
    "/treasury/",
    "/treasury/days/2026-02-12",
    "/treasury/{slug}/reconciliation",
    "/treasury/figures",
    "/treasury/figures?year=2026",
    "/treasury/{slug}/figures",
    "/treasury/figures/board.pdf?year=2026",
    "/treasury/closing",
    "/treasury/keeping",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_keeps_no_money_finds_none_of_it(lived: Lived, address: str) -> None:
    address = address.format(slug=lived.slug)
    assert lived.browser("treasurer").get(address, base_url=HERE).status_code == 200
    assert lived.browser("organiser").get(address, base_url=HERE).status_code in (302, 404)


def test_the_figures_of_the_year_are_those_of_its_evening(lived: Lived) -> None:
    with lived.app.app_context():
        house = db.session.get_one(Organisation, lived.organisation_id)
        (of_books,) = reckoning.of_period(house, *reckoning.year_of(house, 2026)).values()
        evening = reckoning.of_event(house.events[0]).sums
        months = [sums["THB"] for _day, sums in reckoning.by_month(house, *reckoning.year_of(house, 2026)) if sums]
        assert (of_books.gifts, of_books.benefits, of_books.fees) == (evening.gifts, evening.benefits, evening.fees)
        assert sum(month.raised for month in months) == of_books.raised
        assert of_books.over_short == evening.over_short
        assert of_books.net == of_books.raised - of_books.cost - of_books.fees + of_books.over_short > 0
    page = lived.page("/treasury/figures?year=2026")
    assert page.count("<title id=") == page.count("<desc id=") == 2
    assert "<table" in page
    assert "ปีบัญชี พ.ศ.\u00a02569" in lived.page("/treasury/figures?year=2026&lang=th")


def test_two_evenings_of_one_title_are_told_apart_by_their_day(lived: Lived) -> None:
    with lived.app.app_context():
        first = db.session.get_one(Event, lived.event_id)
        title, here = i18n.local(first.title, "en"), i18n.day(first.starts_at, first.time_zone, "en")
        named = f"{title} · {here}"
    assert (title in lived.page("/treasury/figures"), named in lived.page("/treasury/figures")) == (True, False)
    with lived.app.app_context(), transaction() as session:
        house = session.get_one(Organisation, lived.organisation_id)
        session.add(evening(house, slug="again", title={"en": title}, currency="THB"))
    assert named in lived.page("/treasury/figures")


def test_the_page_for_the_board_is_one_page(lived: Lived) -> None:
    answer = lived.browser().get("/treasury/figures/board.pdf?year=2026", base_url=HERE)
    assert answer.data.startswith(b"%PDF-")
    assert answer.data.count(b"/Type/Page\n") + answer.data.count(b"/Type /Page\n") <= 1


def test_a_month_is_closed_on_the_page_once_and_for_good(lived: Lived) -> None:
    browser = lived.browser()
    form = {"until": "2026-01-31", "seen": ""}
    assert browser.post("/treasury/closing", data=form, base_url=HERE).status_code == 422
    form["sure"] = "yes"
    assert browser.post("/treasury/closing", data=form, base_url=HERE).status_code == 303
    assert browser.post("/treasury/closing", data=form, base_url=HERE).status_code == 409
    assert "Closed up to 31 January 2026" in browser.get("/treasury/closing", base_url=HERE).text
    with lived.app.app_context():
        assert [row.kind for row in db.session.scalars(select(ClosedPeriod))] == ["month"]


def test_a_donor_is_looked_up_and_erased_on_the_page(lived: Lived) -> None:
    browser, email = lived.browser(), "nina.exemple@example.org"
    page = browser.post("/treasury/keeping", data={"email": email}, base_url=HERE).text
    assert "by law until 31/12/2036" in page
    order = page.split('name="order" value="')[1].split('"')[0]
    data = browser.post("/treasury/keeping/data.json", data={"email": email}, base_url=HERE).get_json()
    assert len(data["orders"]) == 1
    form = {"email": email, "order": order}
    assert browser.post("/treasury/keeping/erasures", data=form, base_url=HERE).status_code == 303
    again = browser.post("/treasury/keeping/erasures", data=form, base_url=HERE)
    assert again.status_code == 422
    assert "Nothing under this address" in again.text
