"""A guest's ticket at its secret address."""

from collections.abc import Iterator

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from pypdfium2 import PdfDocument
from sqlalchemy import select, update

from events.core.db import db, transaction
from events.tickets import qr
from events.tickets.models import Ticket
from tests.support.staff import make_app, sell, set_the_table

ADDRESS = "/t/the-secret"


@pytest.fixture
def guest(sqlite_url: str) -> Iterator[FlaskClient]:
    """The browser of a guest whose ticket stands at ADDRESS."""
    app: Flask = make_app(sqlite_url)
    set_the_table(app)
    with app.app_context():
        engine = db.engine
        with transaction():
            sold = sell("dinner", "A7K2Q", "A guest", [("A guest", "")])
            assert sold.lines[0].ticket
            sold.lines[0].ticket.token = "the-secret"
    yield app.test_client()
    engine.dispose()


def code(guest: FlaskClient) -> str:
    """What the symbol holds."""
    with guest.application.app_context():
        return db.session.scalars(select(Ticket.code).where(Ticket.token == "the-secret")).one()


def becomes(guest: FlaskClient, status: str) -> None:
    """The ticket after something happened to its order."""
    with guest.application.app_context(), transaction():
        db.session.execute(update(Ticket).where(Ticket.token == "the-secret").values(status=status))


def test_valid_ticket_shows_its_code_and_its_guest(guest: FlaskClient) -> None:
    page = guest.get(f"{ADDRESS}?lang=en")
    assert page.status_code == 200
    assert qr.svg_path(code(guest)) in page.text
    assert "A guest" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]


@pytest.mark.parametrize(
    ("status", "said"), [("unpaid", "Not paid yet"), ("void", "Not valid"), ("replaced", "Replaced")]
)
def test_ticket_that_opens_no_door_shows_words_and_no_code(guest: FlaskClient, status: str, said: str) -> None:
    secret = code(guest)
    becomes(guest, status)
    page = guest.get(f"{ADDRESS}?lang=en").text
    assert said in page
    assert qr.svg_path(secret) not in page
    assert secret not in page
    for file in ("ticket.pdf", "qr.svg"):
        assert guest.get(f"{ADDRESS}/{file}").status_code == 410


def test_paper_holds_the_same_code(guest: FlaskClient) -> None:
    answer = guest.get(f"{ADDRESS}/ticket.pdf?lang=fr")
    assert answer.mimetype == "application/pdf"
    document = PdfDocument(answer.data)
    try:
        assert len(document) == 1
        picture = document[0].render(scale=3).to_pil()
    finally:
        document.close()
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code(guest)]


def test_symbol_and_calendar_have_addresses_of_their_own(guest: FlaskClient) -> None:
    assert guest.get(f"{ADDRESS}/qr.svg").text == qr.svg(code(guest))
    entry = guest.get(f"{ADDRESS}/calendar.ics?lang=en")
    assert entry.mimetype == "text/calendar"
    assert "http://localhost/t/the-secret" in entry.text.replace("\r\n ", "")


def test_wrong_address_is_not_found(guest: FlaskClient) -> None:
    assert guest.get("/t/another-secret").status_code == 404
