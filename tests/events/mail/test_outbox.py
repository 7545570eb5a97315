"""Letters are put once, with the work that makes them necessary."""

import pytest
from flask import Flask

from events.core import jobs
from events.core.db import transaction
from events.mail import outbox
from events.mail.catcher import RunningCatcher
from events.mail.delivery import send_letter
from tests.events.mail.conftest import jobs_of, put, the_letter

HANDLERS = {"send_letter": send_letter}


def test_a_letter_put_twice_is_one_letter(app: Flask, mailbox: RunningCatcher) -> None:
    put(text="The first")
    put(text="The second")
    assert jobs.run_due(HANDLERS) == 1
    assert len(mailbox.messages) == 1
    assert "The first" in mailbox.messages[0].text


def test_put_says_whether_the_letter_is_new(app: Flask) -> None:
    values = {"name": "", "email": "a@example.org", "language": "en"}
    with transaction():
        assert outbox.put("plain", "one", **values)
        assert not outbox.put("plain", "one", **values)


def test_a_transaction_that_fails_leaves_no_letter(app: Flask, mailbox: RunningCatcher) -> None:
    with pytest.raises(RuntimeError), transaction():
        outbox.put("plain", "one", name="", email="a@example.org", language="en")
        raise RuntimeError
    assert jobs_of() == []
    assert jobs.run_due(HANDLERS) == 0


def test_a_letter_nobody_can_compose_stops_no_payment_and_waits(app: Flask) -> None:
    put(kind="unheard_of")
    jobs.run_due(HANDLERS)
    assert the_letter().state == "retry"


def test_a_letter_under_way_is_not_sent_a_second_time(app: Flask, mailbox: RunningCatcher) -> None:
    letter = put()
    with transaction():
        assert not outbox.resend(letter.id)
    jobs.run_due(HANDLERS)
    assert len(mailbox.messages) == 1


def test_a_letter_sent_before_can_be_sent_once_more(app: Flask, mailbox: RunningCatcher) -> None:
    letter = put()
    jobs.run_due(HANDLERS)
    with transaction():
        assert outbox.resend(letter.id)
        assert not outbox.resend(letter.id)
    assert the_letter().state == "queued"
    jobs.run_due(HANDLERS)
    assert the_letter().state == "sent"
    first, second = (message.parsed["Message-ID"] for message in mailbox.messages)
    assert first != second, "mailboxes hide a message whose id they have seen"


def test_a_letter_given_up_can_be_sent_again(app: Flask, mailbox: RunningCatcher) -> None:
    letter = put()
    lease = jobs.claim(("send_letter",))
    assert lease is not None
    with transaction() as session:
        session.get_one(jobs.Job, lease.job_id).status = "dead"
    assert the_letter().state == "dead"
    with transaction():
        assert outbox.resend(letter.id)
    jobs.run_due(HANDLERS)
    assert len(mailbox.messages) == 1
