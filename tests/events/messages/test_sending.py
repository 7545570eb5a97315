"""A message to guests: in their own language, once, stopped when it must be."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from events.core import clock, i18n, jobs
from events.core.db import db, transaction
from events.core.refusal import Refusal
from events.core.trail import TrailEntry
from events.mail.catcher import RunningCatcher
from events.messages import sending
from events.messages.models import GuestMessage
from tests.events.messages.conftest import Turn, addressed, do, guest_of, work, write
from tests.support.staff import Staff
from tests.support.world import in_threads, turn_clock

__all__ = ["turn_clock"]


def test_each_reader_gets_the_message_once_and_in_their_own_language(staff: Staff, mailbox: RunningCatcher) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        page = browser.get(f"/manage/dinner/messages/{message_id}").text
        assert "3 people, as the evening stands now." in page
        assert mailbox.messages == []
        assert do(browser, message_id, "send").status_code == 303
        work(staff.app)
        work(staff.app)
    letters = {caught.recipients[0]: caught for caught in mailbox.messages}
    assert len(mailbox.messages) == 3
    assert [letters[f"{one}@example.org"].subject for one in ("frfrf", "enene", "ththt")] == ["Un mot", "A word", "ข่าว"]
    french, english = letters["frfrf@example.org"], letters["enene@example.org"]
    assert "<strong>Claire</strong>" in french.html
    assert "Bonjour Claire, table " in french.text
    assert "http://localhost/o/token-of-ENENE" in english.text
    assert 'href="http://localhost/o/token-of-ENENE"' in english.html
    assert english.parsed["Reply-To"] == "house@dinner.example.org"
    assert english.parsed["List-Unsubscribe"] is None
    assert english.parsed["Content-Language"] == "en"


def test_a_language_that_is_missing_gets_the_main_one_and_the_page_says_so(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser, subject={"fr": "Un mot"}, text={"fr": "Bonjour."})
        page = browser.get(f"/manage/dinner/messages/{message_id}").text
        assert "1 reader of ไทย gets the text in Français" in page
        do(browser, message_id, "send")
        work(staff.app)
    assert {letter.language for letter in addressed(staff.app, message_id).values()} == {"fr"}


def test_one_address_is_one_letter_and_a_guest_without_one_is_reached_through_the_host(staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        guest_of("FRFRF", 1)[1].email = "ENENE@example.org"
        guest_of("THTHT", 1)[1].email = "guest@example.org"
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        do(browser, message_id, "send")
        work(staff.app)
    found = addressed(staff.app, message_id)
    assert sorted(address.lower() for address in found) == [
        "enene@example.org", "frfrf@example.org", "guest@example.org", "ththt@example.org",
    ]  # fmt: skip


@pytest.mark.both_engines
def test_two_who_send_at_one_moment_send_once(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)

    def press(_number: int) -> str:
        try:
            with transaction():
                message = db.session.get_one(GuestMessage, message_id)
                sending.schedule(message.event, message, None, 1, "account:1")
            return "sent"
        except Refusal as refusal:
            return refusal.code

    assert sorted(in_threads(staff.app, 4, press)) == ["changed_meanwhile"] * 3 + ["sent"]
    with staff.app.app_context():
        db.session.rollback()
    in_threads(staff.app, 3, lambda _number: sending.spread({"message_id": message_id}))
    assert len(addressed(staff.app, message_id)) == 3
    with staff.app.app_context():
        message = db.session.get_one(GuestMessage, message_id)
        assert (message.status, message.people) == ("sent", 3)


@pytest.mark.both_engines
def test_what_has_not_gone_out_can_be_stopped(staff: Staff, mailbox: RunningCatcher) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        do(browser, message_id, "send")
        with staff.app.app_context():
            jobs.run_due({"send_message": jobs.handlers()["send_message"]})
            jobs.run_due({"send_letter": jobs.handlers()["send_letter"]}, limit=1)
            db.session.remove()
        assert do(browser, message_id, "stop", version=0).status_code == 303
        work(staff.app)
        page = browser.get(f"/manage/dinner/messages/{message_id}").text
    assert len(mailbox.messages) == 1
    assert sorted(letter.state for letter in addressed(staff.app, message_id).values()) == [
        "sent",
        "stopped",
        "stopped",
    ]
    assert "1 of 3 letters have gone out." in page


def test_a_message_stopped_while_letters_are_put_puts_no_more(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "AT_ONCE", 1)
    put = sending._put
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        do(browser, message_id, "send")

    def put_and_stop(message: GuestMessage, reader: object) -> None:
        put(message, reader)  # type: ignore[arg-type]
        sending.stop(message.event, message, "account:1")

    monkeypatch.setattr(sending, "_put", put_and_stop)
    work(staff.app)
    assert [letter.state for letter in addressed(staff.app, message_id).values()] == ["stopped"]


def test_a_scheduled_message_waits_for_its_hour_where_the_evening_is(
    staff: Staff, mailbox: RunningCatcher, turn_clock: Turn
) -> None:
    there = (clock.now() + timedelta(hours=5)).astimezone(ZoneInfo("Asia/Bangkok"))
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        late = do(browser, message_id, "schedule", send_at="2020-01-01T10:00")
        assert (late.status_code, "Please choose an hour to come" in late.text) == (422, True)
        assert do(browser, message_id, "schedule", send_at=f"{there:%Y-%m-%dT%H:%M}").status_code == 303
        work(staff.app)
        assert mailbox.messages == []
        assert i18n.moment(there, "Asia/Bangkok", "en") in browser.get(f"/manage/dinner/messages/{message_id}").text
        turn_clock(timedelta(hours=4, minutes=58))
        work(staff.app)
        assert mailbox.messages == []
        turn_clock(timedelta(hours=5, minutes=1))
        work(staff.app)
    assert len(mailbox.messages) == 3


def test_a_message_taken_back_does_not_go_at_its_old_hour(
    staff: Staff, mailbox: RunningCatcher, turn_clock: Turn
) -> None:
    there = (clock.now() + timedelta(hours=5)).astimezone(ZoneInfo("Asia/Bangkok"))
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        do(browser, message_id, "schedule", send_at=f"{there:%Y-%m-%dT%H:%M}")
        assert do(browser, message_id, "take_back").status_code == 303
        turn_clock(timedelta(hours=6))
        work(staff.app)
        assert mailbox.messages == []
        assert browser.get(f"/manage/dinner/messages/{message_id}/edit").status_code == 200


def test_a_test_goes_to_whoever_asks_in_each_language_and_to_nobody_else(staff: Staff, mailbox: RunningCatcher) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        assert do(browser, message_id, "try").status_code == 303
        work(staff.app)
        assert "Draft" in browser.get("/manage/dinner/messages").text
    assert {caught.recipients for caught in mailbox.messages} == {("organiser@example.org",)}
    assert len(mailbox.messages) == 3
    assert all(
        "A word" in caught.subject or "Un mot" in caught.subject or "ข่าว" in caught.subject
        for caught in mailbox.messages
    )
    assert any(caught.subject == "[Test] A word" for caught in mailbox.messages)
    assert addressed(staff.app, message_id) == {}


def test_what_is_not_ready_is_not_sent(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        only_english = write(browser, subject={"en": "A word"}, text={"en": "Hello"})
        assert "It must be written in Français" in do(browser, only_english, "send").text
        misspelt = write(browser, subject={"fr": "Un mot"}, text={"fr": "Bonjour {nmae}"})
        assert "{nmae}" in do(browser, misspelt, "send").text
        nobody = write(browser, segment="arrived")
        assert do(browser, nobody, "send").status_code == 409
    with staff.app.app_context():
        assert set(db.session.scalars(select(GuestMessage.status))) == {"draft"}


def test_what_is_on_its_way_is_edited_no_more(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser)
        do(browser, message_id, "send")
        fields = {"segment": "guests", "purpose": "news", "subject-fr": "Autre", "text-fr": "Autre", "version": "2"}
        assert browser.post(f"/manage/dinner/messages/{message_id}/edit", data=fields).status_code == 409
        assert do(browser, message_id, "throw_away").status_code == 409
        assert do(browser, message_id, "copy").status_code == 303
    with staff.app.app_context():
        first = db.session.get_one(GuestMessage, message_id)
        assert first.subject["fr"] == "Un mot"


def test_the_trail_says_who_sent_and_names_no_reader(staff: Staff, app: Flask) -> None:
    with staff.signed_in("organiser") as browser:
        do(browser, write(browser), "send")
        work(app)
    with app.app_context():
        entries = db.session.scalars(select(TrailEntry).where(TrailEntry.action.startswith("message."))).all()
        assert [(entry.action, entry.actor) for entry in entries] == [
            ("message.written", f"account:{staff.accounts['organiser']}"),
            ("message.scheduled", f"account:{staff.accounts['organiser']}"),
        ]
        assert not any("@" in str(entry.details) for entry in entries)
