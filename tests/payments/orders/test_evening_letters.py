"""Before and after an evening: the reminder, the thanks; who gets them, when, and once."""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.jobs import TryLater
from events.guests import announcing, reminding
from events.guests.models import Guest, Party
from events.mail import catcher
from events.mail.catcher import RunningCatcher
from events.mail.links import absolute
from events.mail.mailbox import Caught
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.orders import thanking
from payments.orders.models import Order
from tests.support.world import SETTINGS, World, buy, furnish, order, pay

VENUE = {"venue": "Under the tree", "map_url": "https://maps.example.org/tree", "phone": "+66 2 000 00 00"}


@pytest.fixture
def mailbox() -> Iterator[RunningCatcher]:
    """A mail server that keeps what it gets."""
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def app(database_url: str, tmp_path: Path, mailbox: RunningCatcher) -> Iterator[Flask]:
    """The whole application, sending to `mailbox`, its context pushed."""
    port = {"MAIL_PORT": str(mailbox.smtp_port), "BONSOIR_VAR": str(tmp_path / "var")}
    app = create_app({**SETTINGS, **port, "DATABASE_URL": database_url})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def world(app: Flask) -> World:
    """An evening in three days."""
    return furnish(**VENUE, **times(timedelta(days=3)))


def times(ahead: timedelta) -> dict[str, datetime]:
    begins = clock.now() + ahead
    return {"starts_at": begins, "ends_at": begins + timedelta(hours=4), "sales_end_at": begins}


def begin_in(world: World, ahead: timedelta, **values: Any) -> None:
    """The evening begins then, and everybody booked long ago."""
    with transaction() as session:
        session.execute(update(Event).where(Event.id == world.event_id).values(**times(ahead), **values))
        session.execute(update(Party).values(created_at=clock.now() - timedelta(days=30)))
        session.execute(update(Order).values(paid_at=clock.now() - timedelta(days=30)))


def bought(world: World, tickets: Mapping[str, int], **wish: Any) -> int:
    """A paid order; its id."""
    order_id = buy(world, tickets, **wish)
    assert pay(order_id) == "paid"
    return order_id


def run(job: Callable[[Mapping[str, Any]], None], kind: str) -> list[Letter]:
    """One look of the job; the letters of this kind there are afterwards."""
    with pytest.raises(TryLater):
        job({})
    return list(db.session.scalars(select(Letter).where(Letter.kind == kind).order_by(Letter.id)))


def reminded() -> list[Letter]:
    return run(reminding.remind, reminding.LETTER)


def thanked() -> list[Letter]:
    return run(thanking.thank, thanking.LETTER)


def sent(mailbox: RunningCatcher, kind: str) -> list[Caught]:
    """Letters of one kind as the mail server got them, after the worker's turns."""
    db.session.rollback()
    while jobs.run_due({"send_letter": jobs.handlers()["send_letter"]}):
        pass
    query = select(Letter.message_id).where(Letter.kind == kind)
    known = set(db.session.scalars(query))
    return [caught for caught in mailbox.messages if caught.parsed["Message-ID"] in known]


def leave_address(order_id: int, position: int, name: str, email: str) -> None:
    """The guest on the n-th ticket of an order left an address."""
    with transaction():
        guests = db.session.get_one(Order, order_id).party.guests
        guests[position].ticket.guest_name, guests[position].email = name, email


def flat(text: str) -> str:
    """As one reads it: without entities, line ends and no-break spaces."""
    return re.sub(r"\s+", " ", html.unescape(text))


@pytest.mark.both_engines
def test_two_days_before_everybody_is_reminded_once(world: World) -> None:
    order_id = bought(world, {"seat": 3})
    leave_address(order_id, 0, "Claire Fontaine", "CLAIRE@example.org")  # the buyer, once more
    leave_address(order_id, 1, "Nok", "nok@example.org")
    again = bought(world, {"seat": 1})  # from the same address
    begin_in(world, timedelta(hours=49))
    assert reminded() == []
    begin_in(world, timedelta(hours=47))
    letters = reminded()
    assert [letter.recipient_email for letter in letters] == ["claire@example.org", "nok@example.org"]
    assert len(reminded()) == 2
    assert again != order_id


@pytest.mark.parametrize("part", ["text", "html"])
def test_reminder_says_when_where_and_how_to_come_in(world: World, mailbox: RunningCatcher, part: str) -> None:
    order_id = bought(world, {"seat": 2})
    begin_in(world, timedelta(hours=40))
    reminded()
    (letter,) = sent(mailbox, reminding.LETTER)
    party = order(order_id).party
    links = [f"https://tickets.example.org/t/{guest.ticket.token}" for guest in party.guests]
    said = flat(getattr(letter, part))
    expected = [*VENUE.values(), *links, f"https://tickets.example.org/g/{party.invitation}", "Le dîner"]
    assert [words for words in expected if words not in said] == []
    assert [paper.get_content_type() for paper in letter.attachments] == ["application/pdf"]
    assert '<html lang="fr"' in letter.html
    assert "<img" not in letter.html


def test_with_every_name_there_is_no_link_for_names(world: World, mailbox: RunningCatcher) -> None:
    order_id = bought(world, {"seat": 2})
    leave_address(order_id, 1, "Nok", "")
    begin_in(world, timedelta(hours=40))
    reminded()
    (letter,) = sent(mailbox, reminding.LETTER)
    assert "/g/" not in letter.text + letter.html


def test_guest_reads_of_the_own_ticket_alone(world: World, mailbox: RunningCatcher) -> None:
    order_id = bought(world, {"seat": 3})
    leave_address(order_id, 1, "Nok", "nok@example.org")
    begin_in(world, timedelta(hours=40))
    reminded()
    (letter,) = [one for one in sent(mailbox, reminding.LETTER) if "nok@" in str(one.parsed["To"])]
    tickets = [guest.ticket for guest in order(order_id).party.guests]
    assert [ticket.token in letter.text for ticket in tickets] == [False, True, False]
    assert "/g/" not in letter.text
    assert "/o/" not in letter.text


def test_whoever_has_just_booked_or_has_no_valid_ticket_is_not_reminded(world: World) -> None:
    gone, unpaid, late = bought(world, {"seat": 1}), buy(world, {"seat": 1}), bought(world, {"seat": 1})
    begin_in(world, timedelta(hours=40))
    with transaction() as session:
        gone_party, late_party = (session.get_one(Order, one).party_id for one in (gone, late))
        session.execute(update(Ticket).where(Ticket.party_id == gone_party).values(status="void"))
        session.execute(update(Party).where(Party.id == late_party).values(created_at=clock.now()))
    assert reminded() == []
    assert order(unpaid).status == "held"


@pytest.mark.parametrize(
    ("ahead", "status"), [(-1, "published"), (40, "cancelled"), (40, "archived"), (-24 * 20, "published")]
)
def test_evening_that_has_begun_or_does_not_take_place_reminds_nobody(world: World, ahead: int, status: str) -> None:
    bought(world, {"seat": 1})
    begin_in(world, timedelta(hours=ahead), status=status)
    assert reminded() == []


def test_morning_after_comes_when_everybody_has_slept() -> None:
    def due(ends: str) -> str:
        event = Event(time_zone="Asia/Bangkok", ends_at=datetime.fromisoformat(ends).astimezone(UTC))
        return thanking.due_at(event).isoformat()[:16]

    assert due("2027-02-28T22:30+07:00") == "2027-03-01T10:00"
    assert due("2027-03-01T02:00+07:00") == "2027-03-01T10:00"
    assert due("2027-02-28T14:00+07:00") == "2027-03-01T10:00"
    assert due("2027-03-01T05:00+07:00") == "2027-03-02T10:00"


@pytest.mark.both_engines
def test_buyers_are_thanked_the_day_after_and_once(world: World) -> None:
    bought(world, {"seat": 2})
    begin_in(world, timedelta(hours=-5))
    assert thanked() == []
    begin_in(world, timedelta(hours=-40))
    assert [letter.recipient_email for letter in thanked()] == ["claire@example.org"]
    assert len(thanked()) == 1


@pytest.mark.parametrize("part", ["text", "html"])
def test_thanks_say_what_the_order_came_to(app: Flask, world: World, mailbox: RunningCatcher, part: str) -> None:
    order_id = bought(world, {"seat": 2}, gift=50_000)
    begin_in(world, timedelta(hours=-40))
    with transaction():  # one seat went back
        line = next(line for line in db.session.get_one(Order, order_id).lines if line.kind == "ticket")
        line.back_benefit, line.back_gift = line.benefit, line.gift
        db.session.get_one(Order, order_id).status = "partly_refunded"
    thanked()
    (letter,) = sent(mailbox, thanking.LETTER)
    said = flat(getattr(letter, part))
    with app.test_request_context():
        money = app.jinja_env.filters["money"]
        amounts = [flat(money(amount, "THB", "fr")) for amount in (200_000, 90_000, 110_000)]
    assert [amount for amount in amounts if amount not in said] == []
    bought_again = order(order_id)
    (number,) = [receipt.number for receipt in bought_again.receipts if receipt.state == "issued"]
    assert absolute("receipts.own_paper", token=bought_again.token, number=number) in said
    assert letter.attachments == []


@pytest.mark.parametrize(
    ("status", "evening"),
    [("refunded", "published"), ("cancelled", "published"), ("refund_due", "published"), ("paid", "cancelled")],
)
def test_what_was_refunded_or_cancelled_is_not_thanked_for(world: World, status: str, evening: str) -> None:
    order_id = bought(world, {"seat": 1})
    begin_in(world, timedelta(hours=-40), status=evening)
    with transaction() as session:
        session.execute(update(Order).where(Order.id == order_id).values(status=status))
    assert thanked() == []


def test_long_past_evening_and_later_gifts_are_left_alone(world: World) -> None:
    order_id = bought(world, {"seat": 1})
    begin_in(world, timedelta(days=-4))
    assert thanked() == []
    begin_in(world, timedelta(hours=-40))
    with transaction() as session:
        session.execute(update(Order).where(Order.id == order_id).values(paid_at=clock.now()))
    assert thanked() == []


@pytest.mark.parametrize("part", ["text", "html"])
def test_cancellation_goes_to_buyer_and_guests_and_speaks_of_the_money(
    world: World, mailbox: RunningCatcher, part: str
) -> None:
    order_id = bought(world, {"seat": 2})
    leave_address(order_id, 1, "Nok", "nok@example.org")
    with transaction():
        db.session.get_one(Order, order_id).party.language = "en"
        assert announcing.tell_cancelled(db.session.get_one(Event, world.event_id)) == 2
    letters = sent(mailbox, announcing.CANCELLED)
    assert [letter.subject for letter in letters] == ["Cancelled: The dinner"] * 2
    spoken = ["will write to you about the money" in flat(getattr(letter, part)) for letter in letters]
    assert sorted(spoken) == [False, True]
    assert all("does not take place" in flat(getattr(letter, part)) for letter in letters)


def test_change_of_place_says_old_and_new_and_brings_papers(world: World, mailbox: RunningCatcher) -> None:
    bought(world, {"seat": 1})
    with transaction():
        event = db.session.get_one(Event, world.event_id)
        was = announcing.place_of(event)
        assert announcing.tell_moved(event, was) == 0
        event.venue, event.starts_at = "In the hall", event.starts_at + timedelta(hours=1)
        assert announcing.tell_moved(event, was) == 1
    (letter,) = sent(mailbox, announcing.MOVED)
    for said in (letter.text, letter.html):
        assert said.index("In the hall") < said.index("Under the tree")
    assert [paper.get_content_type() for paper in letter.attachments] == ["application/pdf", "text/calendar"]


def test_once_it_is_over_nobody_is_told(world: World) -> None:
    bought(world, {"seat": 1})
    begin_in(world, timedelta(hours=-5))
    with transaction():
        assert announcing.tell_cancelled(db.session.get_one(Event, world.event_id)) == 0


def test_guest_without_an_address_is_not_written_to(world: World) -> None:
    order_id = bought(world, {"seat": 2})
    leave_address(order_id, 1, "Nok", "")
    begin_in(world, timedelta(hours=40))
    assert len(reminded()) == 1
    assert db.session.scalars(select(Guest.email)).all() == ["", ""]
