"""The pages: donors fill in, download, are refused and told why; staff issue, correct and look; anybody checks."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from flask_babel import refresh
from sqlalchemy import select

from events.core import clock, jobs
from events.core.db import db, transaction
from events.mail.models import Letter
from payments.orders import access, placing
from payments.orders.models import Order
from payments.receipts import following, papers, running
from payments.receipts.models import DonorDetails
from tests.payments.receipts.steps import cancel, credit, paid, receipts_of, set_up, staff
from tests.support import world as w
from tests.support.staff import make_app

FRENCH = {
    "receipt_profile": "FR", "address": "1 quai des Brumes\n75000 Paris", "purpose": "Protéger les enfants.",
    "siren": "732829320", "signatory": "Jeanne Exemple", "signatory_role": "Présidente",
}  # fmt: skip
LYON = {"street": "12 rue des Lilas", "postcode": "69001", "town": "Lyon", "country": "France"}
PDF = "application/pdf"


@pytest.fixture
def house(database_url: str, midday: None) -> Iterator[Flask]:
    """The application as test clients reach it, its context pushed."""
    app = make_app(database_url)
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def visitor(house: Flask) -> FlaskClient:
    """Somebody with a browser, nobody's staff."""
    return house.test_client()


def prove(house: Flask, visitor: FlaskClient, order: Order) -> None:
    """As if this browser had just typed the code that was mailed to the order's address."""
    with house.test_request_context():
        given = access.give(Response(), order).headers["Set-Cookie"]
    visitor.set_cookie(access.COOKIE, given.partition("=")[2].partition(";")[0])


def test_a_donor_downloads_the_receipt_and_anybody_may_check_it(house: Flask, visitor: FlaskClient) -> None:
    order = paid(w.furnish(), {"seat": 1}, 50_000)
    (receipt,) = receipts_of(order)
    page = visitor.get(f"/o/{order.token}?lang=en").text
    address = f"/o/{order.token}/receipts/{receipt.number}.pdf"
    assert address in page
    assert visitor.get(f"/o/{order.token}.json").json["receipts"][0]["url"].endswith(address)  # type: ignore[index]
    answer = visitor.get(address)
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, PDF, b"%PDF-")
    assert visitor.get(address).data == answer.data == papers.keep(receipt.id).pdf
    checked = visitor.get(f"/r/{receipt.number}/{receipt.seal}?lang=en").text
    assert receipt.number in checked
    assert "is good" in checked
    assert "Fontaine" not in checked
    assert visitor.get(f"/r/{receipt.number}/{'0' * 12}").status_code == 404


@pytest.mark.parametrize("covers", [False, True])
def test_page_says_why_the_receipt_is_over_more_than_the_gifts(
    house: Flask, visitor: FlaskClient, covers: bool
) -> None:
    order = paid(w.furnish(), {"seat": 1}, 50_000, cover_fees=covers)
    page = visitor.get(f"/o/{order.token}?lang=en").text
    assert ("given, the card fees that you took over among it." in page) == covers
    assert sum(line.amount for line in order.lines if line.kind == "fee_cover") > 0 or not covers


def test_nobody_downloads_a_receipt_while_it_is_contested_or_cancelled(house: Flask, visitor: FlaskClient) -> None:
    order = paid(w.furnish())
    (receipt,) = receipts_of(order)
    address, seal = (
        f"/o/{order.token}/receipts/{receipt.number}.pdf?lang=en",
        f"/r/{receipt.number}/{receipt.seal}?lang=en",
    )
    steps = [(following.contest, 409, "suspended"), (following.uncontest, 200, "good"), (cancel, 409, "cancelled")]
    for act, status, word in steps:
        with transaction():
            act(placing.lock(order.id))
        answer = visitor.get(address)
        assert (answer.status_code, answer.mimetype == PDF) == (status, status == 200)
        assert word in visitor.get(seal).text
    assert "cancelled" in visitor.get(address).text
    assert visitor.get(f"/o/{order.token}.json").json["receipts"][0]["url"] is None  # type: ignore[index]


def test_another_orders_link_opens_no_receipt(house: Flask, visitor: FlaskClient) -> None:
    made = w.furnish()
    mine, theirs = paid(made), paid(made)
    (receipt,) = receipts_of(theirs)
    assert visitor.get(f"/o/{mine.token}/receipts/{receipt.number}.pdf").status_code == 404


def test_a_french_donor_gives_an_address_and_gets_the_receipt_of_the_day_of_credit(
    house: Flask, visitor: FlaskClient
) -> None:
    made = w.furnish(currency="EUR")
    set_up(made, **FRENCH)
    order = paid(made, {}, 50_000)
    assert receipts_of(order) == []
    credited = datetime(2026, 11, 18, 9, tzinfo=UTC)
    page = visitor.get(f"/o/{order.token}/receipt?lang=en").text
    assert "waits until the payment is on" in page
    credit(order, credited)
    page = visitor.get(f"/o/{order.token}/receipt?lang=en").text
    assert "Street and number" not in page
    assert visitor.post(f"/o/{order.token}/receipt", data=LYON).status_code == 403
    prove(house, visitor, order)
    page = visitor.get(f"/o/{order.token}/receipt?lang=en").text
    assert "Street and number" in page
    answer = visitor.post(f"/o/{order.token}/receipt", data={"street": "", "town": "Lyon"})
    assert answer.status_code == 422
    assert receipts_of(order) == []
    assert visitor.post(f"/o/{order.token}/receipt", data=LYON).status_code == 303
    (receipt,) = receipts_of(order)
    assert (receipt.number, receipt.eligible, receipt.received_at) == (
        f"FR-{clock.now().year}-000001",
        50_000,
        credited,
    )
    assert papers.facts_of(receipt.id)["donor"]["address"] == ["12 rue des Lilas", "69001 Lyon", "France"]
    assert visitor.post(f"/o/{order.token}/receipt", data=LYON).status_code == 409
    handlers = {"make_receipt": papers.make}
    jobs.run_due(handlers)
    assert db.session.scalars(select(Letter.kind).where(Letter.kind == "receipt_issued")).all() == ["receipt_issued"]


def test_a_refusal_is_explained_to_donor_and_staff(house: Flask, visitor: FlaskClient) -> None:
    made = w.furnish(currency="EUR")
    set_up(made, **FRENCH)
    order = paid(made)
    page = visitor.get(f"/o/{order.token}/receipt?lang=en").text
    assert "60 % of the price" in page
    assert "Street and number" not in page
    staff(made, visitor)
    register = visitor.get("/treasury/dinner/receipts").text
    assert "60 % of the price" in register
    refused = visitor.post("/treasury/dinner/receipts", data={"order": order.code})
    assert refused.status_code == 409
    assert receipts_of(order) == []


def test_staff_see_what_the_organisation_still_lacks_and_then_issue(house: Flask, visitor: FlaskClient) -> None:
    made = w.furnish()
    set_up(made, receipt_profile="TH", issuing="by_hand")
    order = paid(made)
    staff(made, visitor)
    assert "still needs: tax number" in visitor.get("/treasury/dinner/receipts").text
    form = {
        "receipt_profile": "TH", "issuing": "by_hand", "legal_name": "The Lanterns", "address": "1 Road", "cap": "",
    }  # fmt: skip
    wrong = visitor.post("/treasury/dinner/receipts/settings", data={**form, "tax_id": "0994000158379"})
    assert wrong.status_code == 422
    assert "no valid number" in wrong.text
    right = visitor.post("/treasury/dinner/receipts/settings", data={**form, "tax_id": "0994000158378"})
    assert right.status_code == 303
    told = visitor.post(f"/treasury/dinner/receipts/donors/{order.code}", data={"tax_id": "1101700207030", **LYON})
    assert told.status_code == 303
    assert visitor.post("/treasury/dinner/receipts", data={"order": order.code}).status_code == 303
    (receipt,) = receipts_of(order)
    assert (receipt.number[:3], papers.facts_of(receipt.id)["donor"]["tax_id"]) == ("TH-", "1101700207030")
    assert "No tax" not in visitor.get(f"/treasury/dinner/receipts/{receipt.number}").text


def test_a_wrong_paper_is_replaced_and_the_old_one_kept_and_marked(house: Flask, visitor: FlaskClient) -> None:
    made = w.furnish()
    order = paid(made)
    (old,) = receipts_of(order)
    kept = papers.keep(old.id).pdf
    staff(made, visitor)
    visitor.post(f"/treasury/dinner/receipts/donors/{order.code}", data={"company": "Example & Co", **LYON})
    answer = visitor.post(f"/treasury/dinner/receipts/{old.number}/replacements")
    assert answer.status_code == 303
    before, after = receipts_of(order)
    assert (before.state, after.state, after.replaces_id, after.donor_name) == (
        "cancelled", "issued", before.id, "Example & Co",
    )  # fmt: skip
    page = visitor.get(f"/treasury/dinner/receipts/{before.number}").text
    assert "can no longer be used" in page
    assert after.number in page
    as_issued = visitor.get(f"/treasury/dinner/receipts/{before.number}.pdf")
    marked = visitor.get(f"/treasury/dinner/receipts/{before.number}.pdf?copy=marked")
    assert as_issued.data == kept
    assert (marked.status_code, marked.data == kept) == (200, False)
    assert visitor.post(f"/treasury/dinner/receipts/{before.number}/replacements").status_code == 409


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "five hundred baht"), ("fr", "cinq cents bahts"), ("th", "ห้าร้อยบาทถ้วน")],
)
def test_staff_read_days_and_the_gift_in_words_of_their_own_language(
    house: Flask, visitor: FlaskClient, lang: str, said: str
) -> None:
    made = w.furnish()
    order = paid(made, {}, 50_000)
    (receipt,) = receipts_of(order)
    staff(made, visitor)
    refresh()
    page = visitor.get(f"/treasury/dinner/receipts/{receipt.number}?lang={lang}").text
    kept_until = receipt.retain_until.year + (543 if lang == "th" else 0)
    assert (said in page, f"31/12/{kept_until}" in page) == (True, True)
    assert papers.facts_of(receipt.id)["words"] == "cinq cents bahts"
    refresh()
    register = visitor.get(f"/treasury/dinner/receipts?lang={lang}").text
    this_year = clock.now().year
    assert re.search(rf'<option value="{this_year}"[^>]*>{this_year + (543 if lang == "th" else 0)}</option>', register)


def test_a_run_shows_its_progress_without_script(house: Flask, visitor: FlaskClient) -> None:
    made = w.furnish()
    set_up(made, issuing="by_hand")
    paid(made)
    staff(made, visitor)
    answer = visitor.post("/treasury/dinner/receipts/runs")
    page = visitor.get(answer.headers["Location"]).text
    assert re.search(r'<progress id="progress" max="1" value="0">', page)
    assert 'http-equiv="refresh"' in page
    jobs.run_due({running.JOB: running.work})
    page = visitor.get(answer.headers["Location"]).text
    assert re.search(r'<progress id="progress" max="1" value="1">', page)
    assert 'http-equiv="refresh"' not in page


def test_gift_aid_keeps_the_declaration_as_it_was_agreed_to(house: Flask, visitor: FlaskClient) -> None:
    made = w.furnish(currency="GBP")
    set_up(made, receipt_profile="UK", tax_id="AB12345")
    order = paid(made, {"seat": 1}, 5_000)
    prove(house, visitor, order)
    details = {"first_name": "Jane", "last_name": "Example", "house": "12a", "postcode": "S19 2BD"}
    assert "I want Association The Lanterns to treat" in visitor.get(f"/o/{order.token}/receipt?lang=fr").text
    assert visitor.post(f"/o/{order.token}/receipt", data=details).status_code == 422
    assert visitor.post(f"/o/{order.token}/receipt", data={**details, "declaration": "y"}).status_code == 303
    (receipt,) = receipts_of(order)
    assert (receipt.eligible, receipt.paid) == (5_000, 155_000)
    kept = db.session.get_one(DonorDetails, order.id)
    assert kept.declaration.startswith("I want Association The Lanterns")
    assert papers.facts_of(receipt.id)["donor"]["declaration"] == kept.declaration
