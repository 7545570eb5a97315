"""The delivery board: what became of every letter, and what a person may do about it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app import LETTERS
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.jobs import Job
from events.core.trail import TrailEntry
from events.guests.models import Party
from events.mail.catcher import RunningCatcher
from events.mail.models import Letter
from events.messages import board, words
from events.messages.board import Narrowed
from events.tickets.models import Ticket
from payments.orders.models import Order
from tests.events.messages.conftest import do, guest_of, work, write
from tests.support.staff import Staff


@pytest.fixture
def letters(staff: Staff) -> dict[str, int]:
    """A message of three letters, all sent an hour ago; their ids by the reader's order."""
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        do(browser, message_id, "send")
        work(staff.app)
    with staff.app.app_context():
        with transaction() as session:
            session.execute(update(Letter).values(sent_at=clock.now() - timedelta(hours=1)))
        rows = db.session.execute(select(Letter.recipient_email, Letter.id).where(Letter.kind == "guest_message"))
        return {address.partition("@")[0]: letter_id for address, letter_id in rows}


def state_of(staff: Staff, letter_id: int) -> str:
    with staff.app.app_context():
        order = db.session.scalars(select(Order).where(Order.code == "FRFRF")).one()
        return next(line.state for line in board.find(order.event, Narrowed(), 1).lines if line.letter.id == letter_id)


def bounce(staff: Staff, letter_id: int) -> None:
    with staff.app.app_context(), transaction() as session:
        gone = {"bounced_at": clock.now(), "bounce": "550 5.1.1 nobody"}
        session.execute(update(Letter).where(Letter.id == letter_id).values(**gone))


def test_each_letter_stands_there_with_its_state(staff: Staff, letters: dict[str, int]) -> None:
    bounce(staff, letters["enene"])
    with staff.app.app_context(), transaction() as session:
        key = session.get_one(Letter, letters["ththt"]).job_key
        session.execute(update(Letter).where(Letter.id == letters["ththt"]).values(sent_at=None))
        session.execute(update(Job).where(Job.key == key).values(status="dead"))
    with staff.signed_in("treasurer") as browser:
        page = browser.get("/manage/dinner/letters").text
        assert "550 5.1.1 nobody" in page
        assert "3 letters" in page
        assert "Send again" not in page
        assert "1 letter" in browser.get("/manage/dinner/letters?state=bounced").text
        assert "enene@example.org" not in browser.get("/manage/dinner/letters?state=sent").text
        assert "frfrf@example.org" in browser.get("/manage/dinner/letters?q=CLAI&kind=guest_message").text
        assert "No letter fits." in browser.get("/manage/dinner/letters?kind=reminder").text
    assert {name: state_of(staff, letters[name]) for name in letters} == {
        "enene": "bounced",
        "frfrf": "sent",
        "ththt": "dead",
    }


@pytest.mark.both_engines
def test_opened_means_that_the_readers_own_page_was_opened_after_the_letter(
    staff: Staff, letters: dict[str, int]
) -> None:
    with staff.app.app_context():
        with transaction():
            guest_of("ENENE", 1)[1].email = "a.guest@example.org"
        own = guest_of("FRFRF", 0)[0].token
        of_guest = guest_of("ENENE", 1)[0].token
    with staff.signed_in("organiser") as colleague:
        assert colleague.get(f"/t/{own}").status_code == 200
    reader = staff.app.test_client()
    assert reader.head(f"/t/{own}").status_code == 200
    assert reader.get(f"/t/{of_guest}").status_code == 200
    assert {state_of(staff, letter_id) for letter_id in letters.values()} == {"sent"}
    assert reader.get(f"/t/{own}").status_code == 200
    assert reader.get("/o/token-of-THTHT").status_code == 200
    assert {name: state_of(staff, letters[name]) for name in letters} == {
        "enene": "sent",  # the guest opened a ticket; whoever booked opened nothing
        "frfrf": "opened",
        "ththt": "opened",
    }
    with staff.app.app_context(), transaction() as session:
        session.execute(update(Letter).where(Letter.id == letters["frfrf"]).values(sent_at=clock.now()))
        session.execute(update(Ticket).values(opened_at=clock.now() - timedelta(minutes=2)))
    assert state_of(staff, letters["frfrf"]) == "sent"


def test_a_letter_that_came_back_goes_to_the_corrected_address(
    staff: Staff, letters: dict[str, int], mailbox: RunningCatcher
) -> None:
    bounce(staff, letters["frfrf"])
    before = len(mailbox.messages)
    address = f"/manage/dinner/letters/{letters['frfrf']}"
    with staff.signed_in("organiser") as browser:
        assert browser.post(address, data={"email": "not an address"}).status_code == 422
        assert browser.post(address, data={"email": "claire.right@example.org"}).status_code == 303
        work(staff.app)
    assert [caught.recipients for caught in mailbox.messages[before:]] == [("claire.right@example.org",)]
    with staff.app.app_context():
        assert db.session.scalars(select(Party.email).where(Party.name == "Claire")).one() == "claire.right@example.org"
        notes = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "letter.address_corrected")).all()
        assert [note.actor for note in notes] == [f"account:{staff.accounts['organiser']}"]
        assert not any("@" in f"{note.subject}{note.details}" for note in notes)


def test_an_address_that_works_is_its_owners_alone_to_change(staff: Staff, letters: dict[str, int]) -> None:
    with staff.signed_in("owner") as browser:
        answer = browser.post(f"/manage/dinner/letters/{letters['frfrf']}", data={"email": "thief@example.org"})
        assert (answer.status_code, "Only its owner can change it" in answer.text) == (409, True)
    with staff.app.app_context():
        assert db.session.scalars(select(Party.email).where(Party.name == "Claire")).one() == "frfrf@example.org"


def test_one_letter_is_sent_again_and_only_by_whoever_runs_the_evening(
    staff: Staff, letters: dict[str, int], mailbox: RunningCatcher
) -> None:
    address, before = f"/manage/dinner/letters/{letters['enene']}", len(mailbox.messages)
    for who in ("treasurer", "door", "stranger"):
        with staff.signed_in(who) as browser:
            assert browser.post(address, data={"email": "enene@example.org"}).status_code == 404
    with staff.signed_in("stranger") as browser:
        assert browser.post(address.replace("dinner", "ball"), data={"email": "enene@example.org"}).status_code == 404
    with staff.signed_in("organiser") as browser:
        assert browser.post(address, data={"email": "enene@example.org"}).status_code == 303
        assert browser.post(address, data={"email": "enene@example.org"}).status_code == 409  # it waits
    work(staff.app)
    assert [caught.recipients for caught in mailbox.messages[before:]] == [("enene@example.org",)]


def test_every_letter_of_an_evening_has_words_on_the_board() -> None:
    of_the_house = {"sign_in", "proof_code", "invitation", "factors_reset", "erased"}
    assert {kind for kind in LETTERS if kind not in words.KINDS} <= of_the_house


def test_letters_of_an_order_stand_on_the_board_of_its_evening(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.post("/manage/dinner/guests", data={"ticket": ["1"], "act": "send"})
        page = browser.get("/manage/dinner/letters").text
    assert "Tickets of a booking" in page
    with staff.app.app_context():
        assert all(jobs.handlers())
        assert db.session.scalars(select(Letter.event_id)).all() != [None]
