"""A mail server that takes the call and says nothing: payments do not wait behind letters, and no letter is lost."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from events.core import clock, jobs
from events.core.db import transaction
from events.mail import catcher, delivery, outbox
from tests.support.world import buy, furnish, pay

HANGS = 0.3
"""Seconds that the worker waits for the mail server in this test."""
LETTERS = 5


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a mail server that answers nobody."""
    monkeypatch.setattr(delivery, "TIMEOUT", HANGS)
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        yield listening.getsockname()[1]


def put_letters(order_id: int) -> None:
    """As many as LETTERS, with the one that the payment put, and afterwards a job about money."""
    with transaction():
        for number in range(LETTERS - 1):
            who = {"name": "Claire", "email": f"claire-{number}@example.org", "language": "en"}
            outbox.put("order_paid", f"letter-{number}", **who, order_id=order_id)
        jobs.put("about_money", "about-money", clock.now() + timedelta(milliseconds=1))


def test_payments_do_not_wait_behind_letters_and_all_leave_later(
    house: Flask, silent: int, turn_clock: Callable[[timedelta], None]
) -> None:
    house.extensions["mail"].port = silent
    order_id, heard = buy(furnish()), list[Mapping[str, Any]]()
    pay(order_id)
    put_letters(order_id)
    handlers = {"send_letter": jobs.handlers()["send_letter"], "about_money": heard.append}
    began = time.monotonic()
    clock.pause(0.01)
    while jobs.run_due(handlers):
        pass
    assert heard == [{}]
    assert time.monotonic() - began < HANGS * LETTERS  # one was tried, and the others were spared
    mailbox = catcher.start()
    try:
        house.extensions["mail"].port = mailbox.smtp_port
        turn_clock(timedelta(seconds=20))
        while jobs.run_due(handlers):
            pass
        assert len({letter.parsed["Message-ID"] for letter in mailbox.messages}) == LETTERS == len(mailbox.messages)
    finally:
        mailbox.stop()


def test_letters_let_everything_else_go_first(house: Flask) -> None:
    long_ago, seen = clock.now() - timedelta(minutes=1), list[str]()
    with transaction():
        for number in range(3):
            jobs.put("send_letter", f"letter-{number}", long_ago)
        jobs.put("read_payment", "a-payment", clock.now())
    handlers = {kind: lambda _args, kind=kind: seen.append(kind) for kind in ("send_letter", "read_payment")}
    assert jobs.run_due(handlers, limit=2) == 2
    assert seen == ["read_payment", "send_letter"]
    assert house.name
