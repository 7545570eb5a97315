"""What a token reaches: every list and row asked with a token of others, of one evening, and by made-up places."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from events.core.db import db, transaction
from events.door.models import ENTRANCE, Admission
from events.tickets.models import Ticket
from payments.api.paging import cursor_at
from payments.api.table import OPERATIONS
from payments.orders.models import Order, Payment
from payments.refunds.models import Refund
from tests.payments.api.conftest import Asking, Program
from tests.support.staff import NOON, Staff, give_receipt, sell

LISTS = [one.path for one in OPERATIONS if one.method == "GET" and "{" not in one.path and one.path != "/webhooks"]
"""Rows of evenings; addresses that are told have a test of their own."""
URL = "https://hooks.example.org/told"
HOOK = {"url": URL, "kinds": ["order.paid"]}


@pytest.fixture
def full(staff: Staff) -> Iterator[Flask]:
    """Each of the two houses has a row of every kind."""
    with staff.app.app_context(), transaction():
        gala = sell("ball", "GALA1", "Greta", [("Greta", "")], gift=5_000)
        _complete(gala, 2)
        _complete(db.session.scalars(select(Order).where(Order.code == "DINE1")).one(), None)
    yield staff.app


def _complete(order: Order, receipt: int | None) -> None:
    """An admission, a refund, and a receipt where there is none."""
    ticket = db.session.scalars(select(Ticket).where(Ticket.party_id == order.party_id)).first()
    assert ticket is not None
    about = {"event_id": order.event_id, "ticket_id": ticket.id, "scan_id": f"scan-{ticket.id}", "at": NOON}
    door = {"check_list": ENTRANCE, "gate": "", "offline": False}
    db.session.add(Admission(**about, **door, entered_by=1))
    back = {"amount": 100, "currency": order.currency, "why": "goodwill", "status": "requested", "params": {}}
    key = f"key-{order.id}"
    payment_id = db.session.scalars(select(Payment.id).where(Payment.order_id == order.id)).one()
    made = Refund(order_id=order.id, payment_id=payment_id, idempotency_key=key, created_at=NOON, **back)
    db.session.add(made)
    if receipt is not None:
        give_receipt(order, receipt)


def _narrow(app: Flask, program: Asking) -> Program:
    """A token of the dinner alone, after the ball has become one more evening of its house."""
    token = program(event="dinner")
    with app.app_context(), transaction():
        dinner, ball = (
            db.session.scalars(select(Order).where(Order.code == code)).one() for code in ("DINE1", "GALA1")
        )
        for order in db.session.scalars(select(Order).where(Order.event_id == ball.event_id)):
            order.organisation_id = dinner.organisation_id
        ball.event.organisation_id = dinner.organisation_id
    return token


def _evenings(token: Program, path: str) -> set[str]:
    return {row.get("event", row.get("slug")) for row in token.get(path)["data"]}


def test_lists_hold_what_is_within_reach_and_nothing_else(full: Flask, program: Asking) -> None:
    ours, theirs = program(), program(of="stranger")
    for path in LISTS:
        assert (_evenings(ours, path), _evenings(theirs, path)) == ({"dinner"}, {"ball"}), path
        for cursor in (*(cursor_at(number) for number in range(5)), "-_-_-_-_-_-", "__________8"):
            assert _evenings(ours, f"{path}?cursor={cursor}") <= {"dinner"}, (path, cursor)
    narrow = _narrow(full, program)
    for path in LISTS:
        assert (_evenings(ours, path), _evenings(narrow, path)) == ({"dinner", "ball"}, {"dinner"}), path
        if path != "/events":
            assert narrow.ask("GET", f"{path}?event=ball").status_code == 404, path


def test_a_row_of_another_house_or_evening_is_not_there(full: Flask, program: Asking) -> None:
    ours, theirs = program(), program(of="stranger")
    kinds = ("tickets", "guests", "payments", "refunds", "receipts")
    rows = [f"/{kind}/{theirs.get(f'/{kind}')['data'][0]['id']}" for kind in kinds]
    assert [ours.ask("GET", row).status_code for row in rows] == [404] * len(kinds)
    narrow = _narrow(full, program)
    assert [ours.ask("GET", row).status_code for row in rows] == [200] * len(kinds)
    assert [narrow.ask("GET", row).status_code for row in rows] == [404] * len(kinds)


def test_addresses_of_others_are_not_there(app: Flask, program: Asking) -> None:
    ours = program()
    made = ours.ask("POST", "/webhooks", json=HOOK).json
    here = f"/webhooks/{made['id']}"
    sent = ours.ask("POST", f"{here}/ping").json["id"]
    second = f"/webhooks/{ours.ask('POST', '/webhooks', json={**HOOK, 'url': f'{URL}/2'}).json['id']}"
    assert ours.ask("POST", f"{second}/deliveries/{sent}/again").status_code == 404  # of the other address
    for token in (program(of="stranger"), program(event="dinner")):
        assert token.get("/webhooks")["data"] == []
        asked = [("GET", here), ("DELETE", here), ("POST", f"{here}/ping"), ("GET", f"{here}/deliveries")]
        for method, path in (*asked, ("POST", f"{here}/deliveries/{sent}/again")):
            assert token.ask(method, path).status_code == 404, (method, path)
    assert len(ours.get("/webhooks")["data"]) == 2
    assert program(of="stranger").ask("POST", "/webhooks", json={**HOOK, "event": "dinner"}).status_code == 404
