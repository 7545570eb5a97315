"""A mail server that is away, and comes back: each letter leaves once, and soon."""

from collections.abc import Callable

from flask import Flask

from events.core import jobs
from events.mail import catcher
from events.mail.delivery import send_letter
from tests.events.mail.conftest import put, the_letter
from tests.support.servers import free_port

HANDLERS = {"send_letter": send_letter}


def test_a_server_that_is_away_gets_the_same_letter_later(
    make_app: Callable[..., Flask], turn_clock: Callable[[float], None]
) -> None:
    port = free_port()
    make_app(port)
    before = put()
    jobs.run_due(HANDLERS)
    waiting = the_letter()
    assert (waiting.state, waiting.sent_at) == ("retry", None)
    assert "refused" in str(waiting.job.last_error)
    turn_clock(20)
    running = catcher.start(smtp_port=port)
    try:
        jobs.run_due(HANDLERS)
    finally:
        running.stop()
    assert [caught.parsed["Message-ID"] for caught in running.messages] == [before.message_id]
    assert the_letter().state == "sent"


def test_a_letter_leaves_at_once_when_a_server_is_back_that_was_away_for_a_fortnight(
    make_app: Callable[..., Flask], turn_clock: Callable[[float], None]
) -> None:
    port = free_port()
    make_app(port)
    put()
    for hours in range(0, 14 * 24, 6):
        turn_clock(hours * 3600)
        assert jobs.run_due(HANDLERS) == 1
        assert the_letter().state == "retry"
    turn_clock(hours * 3600 + 20)
    running = catcher.start(smtp_port=port)
    try:
        jobs.run_due(HANDLERS)
    finally:
        running.stop()
    assert the_letter().state == "sent"
