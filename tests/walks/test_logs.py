"""A whole sale with LOG_FORMAT=json: every line is JSON, the request's id goes along to Stripe, and nobody is named."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from events.core.db import db
from events.tickets.models import Ticket
from payments.orders.models import Order
from tests.support import servers
from tests.support.evening import System, open_evening, unserved
from tests.support.shopping import Purchase, Shop
from tests.support.visitor import links

PLACED, PAID = "placed-by-the-proxy", "paid-by-the-proxy"
Lines = list[dict[str, Any]]


@pytest.fixture
def logging_system(sqlite_template: Path, tmp_path: Path) -> Iterator[tuple[System, dict[str, str]]]:
    """A system whose web server writes JSON, and the environment in which its worker does."""
    path = tmp_path / "bonsoir.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    with unserved(f"sqlite:///{path}", tmp_path) as (system, environment):
        environment |= {"LOG_FORMAT": "json", "METRICS_TOKEN": "a token for the figures"}
        command = [sys.executable, "-m", "app", "serve", "--port", system.url.rpartition(":")[2], "--workers", "1"]
        with servers.started(command, system.server_log, environment) as process:
            servers.wait_for(f"{system.url}/healthz", process.poll, system.server_log)
            yield system, environment


def work(environment: dict[str, str], log: Path) -> None:
    """The worker does what is due, and ends."""
    command = [sys.executable, "-m", "app", "work", "--once"]
    with log.open("ab") as stderr:
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=stderr, timeout=60, check=True)
    assert done.stdout == b""


def sell(system: System) -> Purchase:
    """An order, as a proxy that names requests hands it on."""
    shop = Shop(system, open_evening(system))
    form = shop.filled(2, name="Claire Fontaine", email="claire.fontaine@example.org")
    answer = shop.visitor.post(shop.evening.form, form, {"X-Request-Id": PLACED})
    assert answer.headers["x-request-id"] == PLACED
    bought = shop.purchase(answer, form["email"])
    bought.pay()
    shop.visitor.get(f"/o/{bought.token}/paid?session={bought.session_id}", {"X-Request-Id": PAID})
    for address in links(bought.page.text):
        if address.startswith("/t/"):
            shop.visitor.get(address)
    assert system.standin.control("quiet", seconds=20)["quiet"]
    return bought


def secrets_of(system: System, bought: Purchase) -> set[str]:
    """Everything that must stand in no log."""
    with system.looking():
        order = db.session.get_one(Order, bought.id)
        tickets = db.session.scalars(select(Ticket).filter_by(party_id=order.party_id)).all()
        of_tickets = {value for ticket in tickets for value in (ticket.code, ticket.token, ticket.code_hash)}
        assert len(of_tickets) == 6
        person = {"Claire", "Fontaine", "@example.org", "claire.fontaine", "+33"}
        config = system.app.config
        cookies = {value for value in bought.visitor.cookies.values() if len(value) > 6}
        return of_tickets | person | cookies | {order.token, order.code, bought.session_id, config["SECRET_KEY"]}


def lines_of(log: Path) -> Lines:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def about(lines: Lines, **facts: object) -> Lines:
    return [line for line in lines if all(line.get(name) == value for name, value in facts.items())]


def test_whole_sale_is_told_and_nobody_is_named(logging_system: tuple[System, dict[str, str]], tmp_path: Path) -> None:
    system, environment = logging_system
    bought, worker_log = sell(system), tmp_path / "worker.log"
    work(environment, worker_log)
    assert system.letters_to("claire.fontaine@example.org") != []
    hidden = secrets_of(system, bought)
    with closing(sqlite3.connect(tmp_path / "bonsoir.sqlite")) as connection:
        connection.execute("ALTER TABLE orders RENAME TO lost")
    assert bought.page.status == 500
    assert system.visitor().get("/healthz", {"Host": "evil.example"}).status == 400
    web, worker = lines_of(system.server_log), lines_of(worker_log)

    (placed,) = about(web, message="request", request_id=PLACED)
    assert (placed["method"], placed["endpoint"], placed["status"]) == ("POST", "checkout.order", 303)
    assert placed["ms"] > 0
    assert len({line["request_id"] for line in about(web, message="request")}) > 4
    (failed,) = about(web, level="error")
    assert (failed["message"], failed["error"]) == ("failed: orders.order", "OperationalError")
    assert about(web, endpoint=None, status=400) != []
    (letter,) = about(worker, kind="send_letter")
    assert (letter["outcome"], letter["request_id"]) == ("done", PAID)
    assert isinstance(letter["id"], int)

    made = next(row for row in system.standin.read()["checkout.session"] if row["id"] == bought.session_id)
    assert made["metadata"]["request"] == PLACED  # Stripe's dashboard names the request that placed the order
    (opened,) = about(web, message="stripe", request_id=PLACED)
    assert (opened["object"], opened["status"], opened["stripe_request"][:4]) == ("checkout.session", 200, "req_")
    assert {line["object"] for line in about(worker, message="stripe", request_id=PAID)} >= {"charge"}

    logged = system.server_log.read_text(encoding="utf-8") + worker_log.read_text(encoding="utf-8")
    assert sorted(secret for secret in hidden if secret in logged) == []
