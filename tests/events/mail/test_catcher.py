"""The mailbox of the demonstration: what a person and a test read in it."""

import json
import signal
import smtplib
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage
from http.client import HTTPResponse

import pytest

from events.mail.catcher import RunningCatcher


def write(running_port: int, subject: str, html: str | None = None) -> None:
    """Hand a letter to the server as any program would."""
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = subject, "Bonsoir <b@example.org>", "Hélène <h@example.org>"
    letter.set_content("สวัสดี")
    if html:
        letter.add_alternative(html, subtype="html")
    letter.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="tickets.pdf")
    with smtplib.SMTP("127.0.0.1", running_port, timeout=10) as server:
        server.send_message(letter, from_addr="b@example.org", to_addrs=["h@example.org"])


def get(url: str) -> HTTPResponse:
    """One page."""
    answer = urllib.request.urlopen(url, timeout=10)  # noqa: S310  only addresses made here
    assert isinstance(answer, HTTPResponse)
    return answer


def text(url: str) -> str:
    """One page's text."""
    with get(url) as answer:
        return answer.read().decode()


def test_an_empty_mailbox_says_so(mailbox: RunningCatcher) -> None:
    assert "No letter has come yet" in text(mailbox.url)
    assert json.loads(text(f"{mailbox.url}/messages.json")) == []


def test_the_index_lists_the_newest_first(mailbox: RunningCatcher) -> None:
    write(mailbox.smtp_port, "First")
    write(mailbox.smtp_port, "Second, ขอบคุณ")
    assert json.loads(text(f"{mailbox.url}/messages.json")) == [
        {"id": "2", "from": "b@example.org", "to": "h@example.org", "subject": "Second, ขอบคุณ"},
        {"id": "1", "from": "b@example.org", "to": "h@example.org", "subject": "First"},
    ]
    page = text(mailbox.url)
    assert page.index("Second, ขอบคุณ") < page.index("First")


def test_the_raw_message_is_what_came(mailbox: RunningCatcher) -> None:
    write(mailbox.smtp_port, "First")
    with get(f"{mailbox.url}/1.eml") as answer:
        assert answer.headers["Content-Type"] == "message/rfc822"
        assert answer.read() == mailbox.messages[0].raw


def test_a_letter_runs_nothing_in_the_page_that_shows_it(mailbox: RunningCatcher) -> None:
    write(
        mailbox.smtp_port,
        "<script>alert(1)</script>",
        "<html><head></head><body>Hello<script>x()</script></body></html>",
    )
    page = text(f"{mailbox.url}/1")
    assert "<script>" not in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    with get(f"{mailbox.url}/1/letter.html") as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Security-Policy"].startswith("sandbox allow-popups ")


def test_text_and_files_of_a_letter_can_be_read(mailbox: RunningCatcher) -> None:
    write(mailbox.smtp_port, "First", "<p>Hello</p>")
    page = text(f"{mailbox.url}/1")
    assert "สวัสดี" in page
    assert "tickets.pdf" in page
    with get(f"{mailbox.url}/1/files/0") as answer:
        assert answer.headers["Content-Disposition"] == "attachment; filename=tickets.pdf"
        assert answer.read() == b"%PDF-1.7"


@pytest.mark.parametrize("path", ["2", "2.eml", "1/files/7", "2/letter.html"])
def test_what_never_came_is_not_found(mailbox: RunningCatcher, path: str) -> None:
    write(mailbox.smtp_port, "First")
    with pytest.raises(urllib.error.HTTPError) as caught:
        get(f"{mailbox.url}/{path}")
    with caught.value as answer:
        assert answer.code == 404


def test_the_process_says_its_ports_and_ends_when_told() -> None:
    command = [sys.executable, "-m", "events.mail.catcher"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            ports = json.loads(process.stdout.readline())
            write(ports["smtp_port"], "First")
            assert "First" in text(ports["url"])
            assert ports["url"].endswith(str(ports["http_port"]))
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=20) == 0
        finally:
            process.kill()
