"""Names as people have them: typed by a guest, and read again on pages, in letters, on paper and in files."""

import csv
import io

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.core.i18n import in_language
from events.core.spreadsheets import neutralised
from events.guests.letters import guest_ticket
from events.mail.models import Letter
from events.office import guest_list, writing
from events.tickets.models import Ticket
from tests.payments.buyer.test_hosting import reply, table
from tests.support import world as w

NAMES = (
    "Ngô Thị Hương",
    "ณัฐพงษ์ ศรีสุวรรณ",
    "=1+1",
    "O'Brien <b>",
    "@SUM(A1)",
    "אורלי בן־דוד",
    "مريم العلي",
    "Zoë 🪷👩\u200d👧",
    "مهین می\u200cخواهم",
    "Ann “the host” \\ Lee & {{ 7*7 }}",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_out_as_it_was_typed(house: Flask, name: str) -> None:
    _world, order, tickets = table(2)
    browser, token = w.browser_of(house), tickets[1].token
    assert reply(browser, f"/t/{token}/guest", name=name, alias=name[:60], email="guest@example.org") == 303
    browser.post(f"/o/{order.token}/title", data={"title": name})
    for address in (f"/t/{token}", f"/t/{token}/guest", f"/o/{order.token}", f"/g/{order.party.invitation}"):
        page = browser.get(f"{address}?lang=en").text
        assert str(escape(name)) in page, address
        assert "<" not in name or name not in page, address
    assert browser.get(f"/t/{token}/ticket.pdf?lang=en").data.startswith(b"%PDF")
    calendar = browser.get(f"/t/{token}/calendar.ics?lang=en").text
    assert name not in calendar.replace("\r\n ", "")
    (letter,) = db.session.scalars(select(Letter).where(Letter.kind == "guest_ticket"))
    assert (letter.recipient_name, letter.recipient_email) == (name, "guest@example.org")
    db.session.rollback()
    with house.test_request_context(base_url=w.SETTINGS["PUBLIC_URL"]), in_language("th"):
        message = guest_ticket({"ticket_id": tickets[1].id})
    assert message.context["ticket"].guest_name == name


def test_names_in_the_guest_lists_file_are_no_programs(house: Flask) -> None:
    shown = NAMES[:8]
    world, _order, tickets = table(len(shown))
    with transaction():
        for ticket, name in zip(tickets, shown, strict=True):
            db.session.get_one(Ticket, ticket.id).guest_name = name
    event = db.session.get_one(Event, world.event_id)
    with house.test_request_context(), in_language("en"):
        rows = [writing.row(line, event.time_zone) for line in guest_list.every(event.id)]
        file = b"".join(writing.write_csv(rows, "en"))
    cells = {row[1] for row in csv.reader(io.StringIO(file.decode("utf-8-sig")))}
    assert cells == {neutralised(name) for name in shown}
    assert {"'=1+1", "'@SUM(A1)", "Ngô Thị Hương"} < cells
