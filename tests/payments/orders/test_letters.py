"""The letters of an order, as the buyer's mail server receives them."""

import re
from collections.abc import Iterator, Sequence
from email.message import EmailMessage

import icalendar
import pypdfium2
import pytest
import zxingcpp
from flask import Flask

from app import create_app
from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.guests.parties import new_party, seat_guests
from events.mail import catcher, outbox
from events.mail.catcher import RunningCatcher
from events.mail.mailbox import Caught
from events.tickets import issuing
from events.tickets.models import Ticket
from payments.demo.catalogue import add_house
from payments.orders import placing
from payments.orders.models import Order, Payment
from payments.orders.pricing import Wish, quote
from payments.receipts import issuing as receipts

HELENE = "Moreau, Hélène <b> 🎉"


@pytest.fixture
def mailbox() -> Iterator[RunningCatcher]:
    """A mail server that keeps what it gets."""
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def app(database_url: str, mailbox: RunningCatcher) -> Iterator[Flask]:
    """The whole application, sending to `mailbox`, its context pushed."""
    app = create_app(
        {
            "SECRET_KEY": "only for these tests, and long",
            "DATABASE_URL": database_url,
            "PUBLIC_URL": "https://bonsoir.example",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(mailbox.smtp_port),
            "MAIL_DEFAULT_SENDER": "Bonsoir <letters@bonsoir.example>",
        }
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def evening(app: Flask) -> int:
    """The id of an evening on sale: the demonstration's."""
    with transaction():
        return add_house()[1].id


def paid_order(event_id: int, tickets: Sequence[int] = (2,), gift: int = 200_000, language: str = "en") -> int:
    """An order of so many of each ticket type in turn, paid, its letter put: what settling leaves behind; its id."""
    with transaction():
        event = db.session.get_one(Event, event_id)
        wanted = {kind.public_id: count for kind, count in zip(event.ticket_types, tickets, strict=False)}
        priced = quote(event, Wish(wanted, gift, cover_fees=True), clock.now())
        party = new_party(event.id, HELENE, "helene@example.org", "", language)
        order = placing.place(event, party, priced, clock.now())
        placing.move(order, "paid", "settled")
        lines = [line for line in order.lines if line.kind == "ticket"]
        places = [issuing.Place(line.ticket_type_id or 0, line.bundle_id, line.amount, line.benefit) for line in lines]
        made = issuing.issue(event.id, party.id, places)
        for line, ticket in zip(lines, made, strict=True):
            line.ticket = ticket
        seat_guests(party, made)
        receipts.issue(order)
        put(order, "order_paid", order_id=order.id)
        return order.id


def put(order: Order, kind: str, **args: int) -> None:
    """A letter to the buyer, in the caller's transaction."""
    party = order.party
    outbox.put(kind, kind, name=party.name, email=party.email, language=party.language, **args)


def sent(app: Flask, mailbox: RunningCatcher) -> Caught:
    """The one letter, after the worker's turn."""
    jobs.run_due(jobs.handlers())
    (caught,) = mailbox.messages
    return caught


def codes_in(paper: EmailMessage) -> list[str]:
    """What a scanner reads on each page of the PDF."""
    with pypdfium2.PdfDocument(paper.get_content()) as document:
        pictures = [page.render(scale=2).to_pil() for page in document]
    return [code.text for picture in pictures for code in zxingcpp.read_barcodes(picture)]


def one_spaced(text: str) -> str:
    """Without line ends and no-break spaces, as one reads it."""
    return re.sub(r"\s+", " ", text)


def test_one_letter_brings_every_ticket(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    paid_order(evening)
    letter = sent(app, mailbox)
    paper, _calendar, receipt = letter.attachments
    tickets = db.session.query(Ticket).order_by(Ticket.id).all()
    assert paper.get_content_type() == "application/pdf"
    assert codes_in(paper) == [ticket.code for ticket in tickets]
    assert len(tickets) == 2
    assert (receipt.get_content_type(), str(receipt.get_filename())[:2]) == ("application/pdf", "R-")


@pytest.mark.parametrize("part", ["text", "html"])
def test_both_parts_say_everything(app: Flask, mailbox: RunningCatcher, evening: int, part: str) -> None:
    order = db.session.get_one(Order, paid_order(evening))
    links = [f"https://bonsoir.example/t/{line.ticket.token}" for line in order.lines if line.ticket]
    expected = [
        f"https://bonsoir.example/o/{order.token}",
        *links,
        f"Your order {order.code}",
        "Your 2 seats are kept",
        "2\u00a0×" if part == "html" else "2 ×",
        order.event.venue,
        order.event.map_url,
        order.event.phone,
        "One code lets one person in",
        "You receive this letter because",
        order.event.organisation.name,
        order.receipts[0].number,
    ]
    db.session.rollback()
    said = one_spaced(getattr(sent(app, mailbox), part))
    assert [words for words in expected if one_spaced(words) not in said] == []


def test_the_sum_is_split_into_gift_meal_and_fees(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    order = db.session.get_one(Order, paid_order(evening))
    gift, meal = (sum(getattr(line, name) for line in order.lines) for name in ("gift", "benefit"))
    fee = order.total - gift - meal
    with app.test_request_context(headers={"Accept-Language": "en"}):
        money = app.jinja_env.filters["money"]
        amounts = [money(amount, order.currency, "en") for amount in (gift, meal, fee, order.total)]
    db.session.rollback()
    said = one_spaced(sent(app, mailbox).text)
    assert f"Of this sum, {amounts[0]} is a gift to " in said
    assert f"{amounts[1]} pays for the meals." in said
    assert f"{amounts[2]} covers the card fees." in said
    assert f"Paid: {amounts[3]} " in said


def test_a_name_is_no_markup_and_the_letter_fetches_nothing(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    paid_order(evening)
    letter = sent(app, mailbox)
    assert "Hélène &lt;b&gt;" in letter.html
    assert f"Good evening {HELENE}," in letter.text
    assert letter.parsed["To"].addresses[0].display_name == HELENE
    assert not any(mark in letter.html for mark in ("<img", "<link", "<script", "url(", "src=", "@import"))


def test_the_evening_comes_along_for_the_calendar(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    paid_order(evening)
    file = sent(app, mailbox).attachments[1]
    assert file.get_content_type() == "text/calendar"
    (entry,) = icalendar.Calendar.from_ical(file.get_content()).events
    assert entry.start == db.session.get_one(Event, evening).starts_at


def test_an_organisation_writes_and_is_answered(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    paid_order(evening)
    organisation = db.session.get_one(Event, evening).organisation
    (writer,), (reader,) = (sent(app, mailbox).parsed[head].addresses for head in ("From", "Reply-To"))
    assert (writer.display_name, reader.addr_spec) == (organisation.name, organisation.email)


def test_a_table_is_one_line_and_a_ticket_for_each_guest(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    kinds = db.session.get_one(Event, evening).ticket_types
    position = next(i for i, kind in enumerate(kinds) if kind.bundle_size == 8)
    paid_order(evening, tickets=[0] * position + [1], gift=0)
    letter = sent(app, mailbox)
    assert "1 × " in one_spaced(letter.text)
    assert "8 × " not in one_spaced(letter.text)
    assert len(codes_in(letter.attachments[0])) == 8


def test_a_gift_alone_is_thanked_for_with_its_receipt_alone(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    paid_order(evening, tickets=())
    letter = sent(app, mailbox)
    assert [str(paper.get_filename())[:2] for paper in letter.attachments] == ["R-"]
    assert letter.subject == "Thank you for your gift"
    assert not any(word in letter.text for word in ("seats are kept", "At the door", "See you soon"))


@pytest.mark.parametrize("language", ["fr", "en", "th"])
def test_the_letter_is_written_in_the_buyers_language(
    app: Flask, mailbox: RunningCatcher, evening: int, language: str
) -> None:
    paid_order(evening, language=language)
    letter = sent(app, mailbox)
    title = db.session.get_one(Event, evening).title[language]
    assert f'<html lang="{language}"' in letter.html
    assert title in letter.text
    assert title in letter.subject
    assert max(len(line) for line in letter.raw.split(b"\r\n")) <= 998
    assert len(codes_in(letter.attachments[0])) == 2


def test_a_voided_ticket_is_not_sent(app: Flask, mailbox: RunningCatcher, evening: int) -> None:
    order_id = paid_order(evening)
    with transaction():
        lines = db.session.get_one(Order, order_id).lines
        first, second = (line.ticket for line in lines if line.ticket)
        first.status, kept = "void", second.code
    assert codes_in(sent(app, mailbox).attachments[0]) == [kept]


@pytest.mark.parametrize(
    ("kind", "words"),
    [("late_refund", "after the time for it had ended. We are sorry."), ("duplicate_refund", "had been paid already")],
)
def test_money_on_its_way_back_is_announced(
    app: Flask, mailbox: RunningCatcher, evening: int, kind: str, words: str
) -> None:
    with transaction():
        event = db.session.get_one(Event, evening)
        party = new_party(event.id, HELENE, "helene@example.org", "", "en")
        order = placing.place(event, party, quote(event, Wish({}, 123_450), clock.now()), clock.now())
        payment = Payment(
            order_id=order.id, provider="stripe", reference="pi_1", amount=123_450, currency="THB",
            received_at=clock.now(), outcome="refund_due", why="late",
        )  # fmt: skip
        db.session.add(payment)
        db.session.flush()
        put(order, kind, payment_id=payment.id)
        code = order.code
    letter = sent(app, mailbox)
    assert "on its way back to you" in letter.subject
    for part in (letter.text, letter.html):
        assert (words in one_spaced(part), "places" in one_spaced(part)) == (True, False)  # a gift alone has none
        assert code in part
        assert "1,234.50" in part
    assert letter.attachments == []
