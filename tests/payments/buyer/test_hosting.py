"""A host and the guests of one table: questions, aliases, names that nobody writes over, reminders."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.door import lists, manifest
from events.guests import answering, asking, hosting, questions
from events.guests.models import Answer, Guest
from events.mail.models import Letter
from events.tickets.models import Ticket
from payments.orders.models import Order
from tests.support import world as w

BASE = w.SETTINGS["PUBLIC_URL"]
YES, NO = {"en": "Yes", "fr": "Oui"}, {"en": "No", "fr": "Non"}


@pytest.fixture
def browser(house: Flask) -> FlaskClient:
    return w.browser_of(house)


def table(seats: int = 3) -> tuple[w.World, Order, list[Ticket]]:
    """A paid order; its first place bears the host's name."""
    world = w.furnish()
    order_id = w.buy(world, {"seat": seats})
    w.pay(order_id)
    order = w.order(order_id)
    tickets = list(db.session.scalars(select(Ticket).order_by(Ticket.number)))
    for row in (order, order.party, *tickets):
        db.session.refresh(row)
    assert order.party.invitation  # and the party stays at hand
    db.session.expunge_all()
    db.session.rollback()
    return world, order, tickets


def guest_of(ticket: Ticket) -> Guest:
    db.session.rollback()
    return db.session.scalars(select(Guest).where(Guest.ticket_id == ticket.id)).one()


def reply(browser: FlaskClient, address: str, **fields: str) -> int:
    return browser.post(f"{address}?lang=en", data={"diet": ""} | fields).status_code


@pytest.mark.both_engines
def test_a_guest_answers_the_organisers_questions_and_changes_them(browser: FlaskClient) -> None:
    world, order, tickets = table()
    with transaction():
        dish = questions.new_question(world.event_id, {"en": "Fish?"}, [YES, NO], kind="yes_no", need="now").id
        word = questions.new_question(world.event_id, {"en": "A song?"}, [], kind="text").id
    address = f"/t/{tickets[1].token}/guest"
    assert reply(browser, address, name="Mali") == 422
    assert reply(browser, address, name="Mali", **{f"question-{dish}": "9"}) == 422
    said = {f"question-{dish}": "1", f"question-{word}": "<b>ลาวดวงเดือน"}
    assert reply(browser, address, name="Mali", **said) == 303
    answers = select(Answer.question_id, Answer.choice, Answer.words).order_by(Answer.question_id)
    assert [tuple(row) for row in db.session.execute(answers)] == [(dish, 1, ""), (word, None, "<b>ลาวดวงเดือน")]
    assert "&lt;b&gt;ลาวดวงเดือน" in browser.get(f"{address}?lang=en").text
    assert reply(browser, address, name="Mali", **{f"question-{dish}": "0"}) == 303
    assert [tuple(row) for row in db.session.execute(answers)] == [(dish, 0, "")]
    db.session.rollback()
    assert asking.waiting(order.party_id) == {tickets[0].id, tickets[2].id}
    taken = f"/g/{order.party.invitation}"
    assert [reply(browser, taken, name="Nok"), reply(browser, taken, name="Nok", **said)] == [422, 303]


def test_a_host_writes_over_nobody_who_answered_meanwhile(browser: FlaskClient) -> None:
    _world, order, tickets = table()
    page = browser.get(f"/o/{order.token}?lang=en").text
    fields = dict(re.findall(r'name="((?:was-)?(?:name|note)-\d{4})"[^>]* value="([^"]*)"', page))
    one, two = (ticket.short_number for ticket in tickets[1:])
    assert fields[f"was-name-{one}"] == ""
    reply(browser, f"/t/{tickets[1].token}/guest", name="Mali", note="Afraid of bees")
    fields |= {f"name-{two}": "Nok", f"note-{two}": "Comes late"}
    saved = browser.post(f"/o/{order.token}/guests", data=fields)
    assert "said=guests&" in saved.location or saved.location.endswith("said=guests#guests")
    assert (guest_of(tickets[1]).ticket.guest_name, guest_of(tickets[1]).note) == ("Mali", "Afraid of bees")
    assert (guest_of(tickets[2]).ticket.guest_name, guest_of(tickets[2]).note) == ("Nok", "Comes late")
    late = browser.post(f"/o/{order.token}/guests", data=fields | {f"name-{one}": "Somebody"})
    assert "said=guests_first" in late.location
    for answer, words in ((saved, "The names are saved."), (late, "that stays as they wrote it.")):
        page = browser.get(answer.location).text
        assert page.index('id="guests"') < page.index(words) < page.index("Save the names")
    assert guest_of(tickets[1]).ticket.guest_name == "Mali"


def test_a_host_chooses_diet_and_allergies_as_a_guest_does_and_writes_over_no_guest(browser: FlaskClient) -> None:
    _world, order, tickets = table()
    number = tickets[1].short_number
    asked = browser.get(f"/t/{tickets[1].token}/guest?lang=en").text
    page = browser.get(f"/o/{order.token}?lang=en").text
    row = page[page.index(f'id="diet-{number}"') : page.index(f'id="note-{number}"')]
    for choices in ("<option [^>]*>([^<]+)</option>", 'value="([a-z]+)">'):
        assert re.findall(choices, row) == re.findall(choices, asked[asked.index("<select") : asked.index("<textarea")])
    typed = {f"name-{number}": "Nok", f"was-name-{number}": "", f"diet-{number}": "vegan", f"was-diet-{number}": ""}
    eats = {f"allergies-{number}": ["milk", "eggs", "stones"], f"was-allergies-{number}": ""}
    assert browser.post(f"/o/{order.token}/guests", data=typed | eats).status_code == 303
    db.session.rollback()
    assert (guest_of(tickets[1]).diet, guest_of(tickets[1]).allergies) == ("vegan", ["eggs", "milk"])
    assert "Vegan · Eggs · Milk" in browser.get(f"/o/{order.token}?lang=en").text
    none = {f"name-{number}": "Nok", f"diet-{number}": "meat", f"was-allergies-{number}": "eggs,milk"}
    browser.post(f"/o/{order.token}/guests", data=none)
    db.session.rollback()
    assert (guest_of(tickets[1]).diet, guest_of(tickets[1]).allergies) == ("vegan", [])
    reply(browser, f"/t/{tickets[1].token}/guest", name="Nok", diet="halal")
    browser.post(f"/o/{order.token}/guests", data=typed | eats)
    db.session.rollback()
    assert (guest_of(tickets[1]).diet, guest_of(tickets[1]).allergies) == ("halal", [])


def test_what_a_guest_wrote_for_the_kitchen_is_not_the_hosts_to_read_or_change(browser: FlaskClient) -> None:
    _world, order, tickets = table()
    number = tickets[1].short_number
    reply(browser, f"/t/{tickets[1].token}/guest", name="Mali", note="Afraid of bees")
    page = browser.get(f"/o/{order.token}?lang=en").text
    assert ("Afraid of bees" in page, f'name="note-{number}"' in page) == (False, False)
    assert ("One guest has answered." in page, "One seat has no name yet." in page) == (True, True)
    fields = {f"name-{number}": "Mali B.", f"was-name-{number}": "Mali", f"note-{number}": "Nothing"}
    browser.post(f"/o/{order.token}/guests", data=fields)
    assert (guest_of(tickets[1]).ticket.guest_name, guest_of(tickets[1]).note) == ("Mali B.", "Afraid of bees")


def test_a_note_may_be_written_in_lines_and_is_kept_as_one(browser: FlaskClient) -> None:
    _world, _order, tickets = table()
    address, words = f"/t/{tickets[1].token}/guest", "\r\n".join(["Afraid of bees"] * 19)
    assert len(words) > 300  # an end of line counts once, as in the browser
    assert reply(browser, address, name="Mali", note=words) == 303
    assert guest_of(tickets[1]).note == " ".join(["Afraid of bees"] * 19)
    assert re.search(r'<textarea[^>]* name="note"[^>]*>\s*Afraid of bees', browser.get(f"{address}?lang=en").text)
    assert reply(browser, address, name="Mali", note=f"{words} and of wasps and of ants") == 422


@pytest.mark.both_engines
def test_an_alias_stands_at_the_door_and_on_its_lists(house: Flask, browser: FlaskClient) -> None:
    world, _order, tickets = table(2)
    reply(browser, f"/t/{tickets[0].token}/guest", name=w.BUYER.name, alias="Madame C.")
    lines = manifest.lines_now(world.event_id)
    told = {line.content["ticket"]: (line.content["name"], line.content["booked_by"]) for line in lines.values()}
    own, other = (ticket.short_number for ticket in tickets)
    assert told == {own: ("Madame C.", "Madame C."), other: (None, "Madame C.")}
    paper = str(lists.as_data(db.session.get_one(Event, world.event_id), "name"))
    assert ("Madame C." in paper, w.BUYER.name in paper) == (True, False)


def test_a_host_reminds_who_has_an_address_once_a_day(
    browser: FlaskClient, turn_clock: Callable[[timedelta], None]
) -> None:
    _world, order, tickets = table()
    with transaction():
        guest = db.session.scalars(select(Guest).where(Guest.ticket_id == tickets[1].id)).one()
        answering.answer(guest, answering.Reply("Boris", "boris@example.org"))
        guest.answered_at = None
    with transaction():
        (letter,) = db.session.scalars(select(Letter).where(Letter.kind == "guest_ticket"))
        letter.sent_at = clock.now()
    button = "Write once more to guests"
    assert button not in browser.get(f"/o/{order.token}?lang=en").text
    assert "said=nobody" in browser.post(f"/o/{order.token}/reminders").location
    turn_clock(timedelta(days=1))
    assert button in browser.get(f"/o/{order.token}?lang=en").text
    assert "said=reminded" in browser.post(f"/o/{order.token}/reminders").location
    assert "said=nobody" in browser.post(f"/o/{order.token}/reminders").location


def test_the_words_to_send_name_the_table_and_hold_the_link(browser: FlaskClient) -> None:
    _world, order, tickets = table()
    browser.post(f"/o/{order.token}/title", data={"title": "Table des Martin <b>"})
    page = browser.get(f"/o/{order.token}?lang=en").text
    (words,) = re.findall(r"(?s)<textarea[^>]*>(.*?)</textarea>", page)
    assert ("“Table des Martin &lt;b&gt;”" in words, f"{BASE}/g/{order.party.invitation}" in words) == (True, True)
    reply(browser, f"/t/{tickets[1].token}/guest", name="Mali")
    page = browser.get(f"/o/{order.token}?lang=en").text
    (words,) = re.findall(r"(?s)<textarea[^>]*>(.*?)</textarea>", page)
    assert words.startswith("A seat is still kept for you")


def test_no_ticket_is_passed_on_before_one_is_chosen(browser: FlaskClient) -> None:
    _world, order, tickets = table()
    page = browser.get(f"/o/{order.token}?lang=en").text
    assert f"/o/{order.token}/changes?lang=en&amp;ticket={tickets[1].short_number}#pass-on" in page
    changes = browser.get(f"/o/{order.token}/changes?lang=en&ticket={tickets[1].short_number}").text
    assert f"/o/{order.token}/code?lang=en&amp;ticket={tickets[1].short_number}" in changes


@pytest.mark.both_engines
def test_each_of_two_tables_has_a_link_and_a_name_of_its_own(browser: FlaskClient) -> None:
    world = w.furnish()
    order_id = w.buy(world, {"table": 2, "seat": 2})
    w.pay(order_id)
    order = w.order(order_id)
    token, party_id = order.token, order.party_id
    one, two, seats = hosting.links(party_id)
    assert [(link.number, link.all) for link in (one, two, seats)] == [(1, 8), (2, 8), (None, 2)]
    assert one.free + two.free + seats.free == 17  # whoever bought has a place
    named = {"title": "The choir", "table": str(two.table_id)}
    assert browser.post(f"/o/{token}/title", data=named).status_code == 303
    page = browser.get(f"/o/{token}?lang=en").text
    assert all(link.url in page for link in (one, two, seats))
    assert ("Table 2 · The choir" in page, "Each table has a link of its own" in page) == (True, True)
    address = two.url.removeprefix(BASE)
    assert ("The choir" in browser.get(f"{address}?lang=en").text, reply(browser, address, name="Nok")) == (True, 303)
    others = [reply(browser, seats.url.removeprefix(BASE), name=f"Mali {number}") for number in range(seats.free + 1)]
    assert others == [303] * seats.free + [409]
    db.session.rollback()
    assert [link.free for link in hosting.links(party_id)] == [one.free, two.free - 1, 0]
    assert [one.url, two.url] == hosting.open_links(party_id)
    other = w.buy(world)
    w.pay(other)
    assert browser.post(f"/o/{w.order(other).token}/title", data=named).status_code == 404
