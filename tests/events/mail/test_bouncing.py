"""Letters that nobody can receive: refused at once, or reported later by another mail server."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from flask import Flask

from events.core import jobs
from events.core.db import db, transaction
from events.mail import bouncing, delivery, outbox
from events.mail.catcher import RunningCatcher
from tests.events.mail.conftest import jobs_of, put, the_letter
from tests.support.servers import free_port


class Picky:
    """A mail server that answers every recipient with the given words."""

    def __init__(self) -> None:
        self.answer = "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: object, session: object, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        return "250 Taken"


@pytest.fixture
def picky(make_app: Callable[..., Flask]) -> Iterator[Picky]:
    """Such a server, the application sending to it."""
    handler, port = Picky(), free_port()
    server = Controller(handler, hostname="127.0.0.1", port=port)
    server.start()
    make_app(port)
    yield handler
    server.stop()


def run() -> None:
    jobs.run_due({"send_letter": delivery.send_letter})


def test_an_address_refused_for_good_is_written_down_and_not_tried_again(picky: Picky) -> None:
    picky.answer = "550 5.1.1 <helene@example.org>: no such user here"
    put()
    run()
    letter = the_letter()
    assert (letter.state, letter.sent_at, letter.bounce) == (
        "bounced",
        None,
        "550 5.1.1 <helene@example.org>: no such user here",
    )
    assert [job.status for job in jobs_of()] == ["done"]


@pytest.mark.parametrize(
    "answer",
    ["450 4.2.0 greylisted", "452 4.2.2 mailbox full", "554 5.7.1 relay access denied", "550 5.7.1 blocked",
     "550 relaying denied"],
)  # fmt: skip
def test_what_may_go_another_day_is_tried_again(picky: Picky, answer: str) -> None:
    picky.answer = answer
    put()
    run()
    letter = the_letter()
    assert (letter.state, letter.bounced_at) == ("retry", None)


def test_a_letter_that_came_back_can_be_sent_again_to_another_address(picky: Picky) -> None:
    picky.answer = "550 nobody"
    first = put()
    run()
    picky.answer = "250 OK"
    with transaction():
        assert outbox.resend(first.id, "right@example.org")
    run()
    letter = the_letter()
    assert (letter.state, letter.bounce, letter.recipient_email) == ("sent", "", "right@example.org")


def report(message_id: str, action: str = "failed", status: str = "5.1.1", whole: bool = False) -> bytes:
    """A delivery status notification as mail servers write it (RFC 3464)."""
    original = f"Message-ID: {message_id}\r\nSubject: A word\r\n\r\n" + ("Good evening.\r\n" if whole else "")
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    return (
        "From: MAILER-DAEMON@mx.example.net\r\nTo: letters@bonsoir.example\r\nSubject: Undelivered\r\n"
        "Message-ID: <the-report@mx.example.net>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example.net\r\n\r\n"
        f"Final-Recipient: rfc822; helene@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("whole", [False, True])
def test_a_report_of_another_mail_server_is_taken_in(app: Flask, mailbox: RunningCatcher, whole: bool) -> None:
    put()
    run()
    raw = report(the_letter().message_id, whole=whole)
    with transaction():
        assert bouncing.take_in(raw)
        assert not bouncing.take_in(raw)
    letter = the_letter()
    assert (letter.state, letter.bounce) == ("bounced", "5.1.1 smtp; 550 5.1.1 User unknown")
    assert letter.sent_at is not None


def test_delays_and_anything_else_change_nothing(app: Flask, mailbox: RunningCatcher) -> None:
    put()
    run()
    mine = the_letter().message_id
    plain = EmailMessage()
    plain["Message-ID"], plain["In-Reply-To"] = "<answer@example.org>", mine
    plain.set_content("I am away until Monday.")
    with transaction():
        for raw in (
            report(mine, action="delayed", status="4.4.1"),
            report(mine, status="4.2.2"),
            report("<somebody-elses@example.org>"),
            plain.as_bytes(),
            b"",
            b"\xff\x00 no mail at all",
        ):
            assert not bouncing.take_in(raw)
    assert the_letter().state == "sent"
    db.session.rollback()
