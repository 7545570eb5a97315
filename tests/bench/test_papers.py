"""What is drawn and composed: ticket, symbol, letter, the phones' manifest. Milliseconds of the processor, medians."""

import statistics
from collections.abc import Callable, Iterator
from itertools import cycle
from time import process_time

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from events.catalogue.models import Event
from events.core import tokens
from events.core.db import db, transaction
from events.core.i18n import in_language
from events.door import pairing
from events.mail import delivery
from events.tickets import printing, qr
from events.tickets.models import Ticket
from payments.receipts.letters import order_paid
from tests.events.door.conftest import HOST, seats, seed, settings
from tests.support import world as w

TIMES, GUESTS = 15, 5_000


def milliseconds(act: Callable[[], object], times: int = TIMES) -> float:
    """Of the processor, typst's own threads included; the first call, which reads fonts and templates, not counted."""
    act()
    found = []
    for _turn in range(times):
        began = process_time()
        act()
        found.append((process_time() - began) * 1000)
    return statistics.median(found)


@pytest.fixture
def sold(house: Flask) -> Iterator[tuple[list[int], list[Ticket]]]:
    """Paid orders of one seat: typst remembers what it has set, so each measured paper is another."""
    world = w.furnish(room=100, kitchen=100)
    orders = [w.buy(world) for _order in range(TIMES + 1)]
    assert {w.pay(order) for order in orders} == {"paid"}
    yield orders, list(db.session.scalars(select(Ticket).order_by(Ticket.id)))


def test_papers(sold: tuple[list[int], list[Ticket]], note: Callable[..., None]) -> None:
    orders, tickets = cycle(sold[0]), cycle(sold[1])

    def letter() -> None:
        with in_language("fr"):
            laid_out = delivery.lay_out(order_paid({"order_id": next(orders)}), "Claire Fontaine")
        assert "Claire" in laid_out.html

    assert printing.print_tickets([next(tickets)], "en").startswith(b"%PDF")
    note("ticket, PDF", milliseconds(lambda: printing.print_tickets([next(tickets)], "en")), "ms CPU")
    note("QR symbol, SVG", milliseconds(lambda: qr.svg(tokens.new_ticket_code())), "ms CPU")
    note("QR symbol, PNG", milliseconds(lambda: qr.png(tokens.new_ticket_code())), "ms CPU")
    note("letter of an order, with ticket and receipt", milliseconds(letter), "ms CPU")


@pytest.fixture
def door(database_url: str) -> Iterator[Flask]:
    """The application of the door's tests."""
    app = create_app(settings(database_url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.both_engines
def test_manifest(door: Flask, note: Callable[..., None]) -> None:
    with transaction() as session:
        event = session.get_one(Event, seed().event_id)
        for number in range(GUESTS // 4):
            seats(event, f"Guest {number}", 4)
        code = pairing.new_code(event.id, "Door A", None)
    with transaction():
        paired = pairing.pair(code, "A phone", "127.0.0.1")
    assert paired
    headers = {"Authorization": f"Bearer {paired.token}"}
    engine, browser = db.engine.dialect.name, door.test_client()
    db.session.remove()
    whole, cursor = [], 0
    for _turn in range(3):
        began = process_time()
        told = browser.get("/door/api/manifest?since=0", base_url=HOST, headers=headers)
        whole.append((process_time() - began) * 1000)
        assert told.json and len(told.json["tickets"]) >= GUESTS, told.text[:500]
        cursor = told.json["cursor"]
    path = f"/door/api/manifest?since={cursor}"
    later = milliseconds(lambda: browser.get(path, base_url=HOST, headers=headers).get_data(), 5)
    assert browser.get(path, base_url=HOST, headers=headers).json["tickets"] == []  # type: ignore[index]
    note(f"manifest, {GUESTS:,} tickets, numbered and sealed", whole[0], "ms CPU", engine=engine)
    note(f"manifest, {GUESTS:,} tickets, again whole", statistics.median(whole[1:]), "ms CPU", engine=engine)
    note(f"manifest, {GUESTS:,} tickets, nothing new", later, "ms CPU", engine=engine)
