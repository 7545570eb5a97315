"""Before an evening: the reminder, a cancellation, another day or place; who is told, when, and once."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import JOBS
from events.catalogue.models import Event, Quota
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.jobs import Job
from events.guests import announcing, answering, reminding
from events.guests.models import Guest, Party
from events.mail.catcher import RunningCatcher
from events.tickets.models import Ticket
from payments.orders.models import Order
from payments.waiting import joining
from payments.waiting.joining import Wish
from payments.waiting.models import Waiting
from tests.payments.letters.conftest import VENUE, begin_in, bought, flat, leave_address, reminded, sent
from tests.support.world import World, buy, order


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


def test_guest_is_reminded_in_the_language_in_which_the_ticket_was_asked_for(app: Flask, world: World) -> None:
    order_id = bought(world, {"seat": 2})
    leave_address(order_id, 1, "Nok", "nok@example.org")
    with app.test_request_context("/?lang=th"), transaction():
        answering.send_ticket(order(order_id).party.guests[1])
    begin_in(world, timedelta(hours=40))
    told = {letter.recipient_email: letter.language for letter in reminded()}
    assert told == {"claire@example.org": order(order_id).party.language, "nok@example.org": "th"}
    assert order(order_id).party.language != "th"


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


@pytest.mark.both_engines
def test_change_of_place_reaches_whoever_awaits_a_ticket_and_nobody_twice(
    world: World, mailbox: RunningCatcher
) -> None:
    bought(world, {"seat": 1})
    waits = buy(world, {"seat": 1})
    also = buy(world, {"seat": 1})  # from the address that has a ticket
    with transaction() as session:
        session.get_one(Order, waits).party.email = "nok@example.org"
        event = session.get_one(Event, world.event_id)
        session.execute(update(Quota).where(Quota.id == world.room_id).values(size=4))
        joining.join(event, Wish("seat", 2, "Somsri", "somsri@example.org", "en"))
        session.execute(update(Waiting).values(status="waiting", joined_at=clock.now()))
        was = announcing.place_of(event)
        event.venue = "In the hall"
        assert announcing.tell_moved(event, was) == 1
    for _twice in range(2):
        for job in db.session.scalars(select(Job).where(Job.kind.in_((announcing.ORDERED, announcing.IN_LINE)))).all():
            JOBS[job.kind]({name: value for name, value in job.args.items() if name != jobs.ASKED})
    letters = {letter.recipients[0]: letter for letter in sent(mailbox, announcing.MOVED)}
    assert sorted(letters) == ["claire@example.org", "nok@example.org", "somsri@example.org"]
    assert order(also).party.email == "claire@example.org"
    ordered, in_line = letters["nok@example.org"], letters["somsri@example.org"]
    for part in ("text", "html"):
        assert "Votre commande reste telle quelle" in flat(getattr(ordered, part))
        assert order(waits).code in flat(getattr(ordered, part))
        assert "Your turn on the waiting list stays" in flat(getattr(in_line, part))
        assert "billet" not in flat(getattr(ordered, part)).replace("billetterie", "")
    assert (ordered.attachments, in_line.attachments) == ([], [])


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
