"""Letters as a real mail server receives them."""

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask

from events.core import jobs
from events.core.db import transaction
from events.core.i18n import in_language
from events.mail import catcher, delivery
from events.mail.catcher import RunningCatcher
from events.mail.delivery import send_letter
from events.mail.message import Message
from tests.events.mail.conftest import jobs_of, put, the_letter

HANDLERS = {"send_letter": send_letter}
NAMES = (
    "Moreau, Hélène",
    "Smith, John",
    "สมหญิง ใจดี",
    "=1+1",
    "O'Brien <b>",
    'Ann "the host" \\ Lee',
    "Zoë 🎉",
    "נועה כהן",
    "a@b.example, c@d.example",
    "=?utf-8?q?hello?=",
    "",
)


@pytest.mark.parametrize("name", NAMES)
def test_names_arrive_as_they_were_typed(app: Flask, mailbox: RunningCatcher, name: str) -> None:
    put(name=name)
    jobs.run_due(HANDLERS)
    (caught,) = mailbox.messages
    (address,) = caught.parsed["To"].addresses
    assert (address.display_name, address.addr_spec) == (name, "helene@example.org")
    assert caught.recipients == ("helene@example.org",)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("สมหญิง ใจดี", "เรียน คุณสมหญิง"),
        ("พลอย ใจดี", "เรียน คุณพลอย"),
        ("คุณสมหญิง ใจดี", "เรียน คุณสมหญิง"),
        ("นางสาวสมหญิง ใจดี", "เรียน นางสาวสมหญิง"),
        ("ม.ล. รัตนา", "เรียน ม.ล. รัตนา"),
        ("Hélène Moreau", "เรียน คุณ\u00a0Hélène"),
        ("Dr. Moreau", "เรียน Dr. Moreau"),
    ],
)
def test_thai_puts_one_title_before_a_name(app: Flask, name: str, called: str) -> None:
    with in_language("th"):
        assert called in delivery.lay_out(Message("", "sign_in", {"link": "", "code": "", "minutes": 5}), name).text


def test_a_long_thai_name_arrives_whole(app: Flask, mailbox: RunningCatcher) -> None:
    name = "สมหญิงวิไลลักษณ์ ณ อยุธยา " * 8
    put(name=name)
    jobs.run_due(HANDLERS)
    raw = mailbox.messages[0].raw.decode("ascii")
    folded = raw.split("\r\nTo: ")[1].split("\r\nDate: ")[0].replace("\r\n ", " ")
    assert str(make_header(decode_header(folded))) == f"{name.strip()} <helene@example.org>"


def test_a_sender_with_a_comma_keeps_the_address(app: Flask, mailbox: RunningCatcher) -> None:
    put()
    jobs.run_due(HANDLERS)
    (address,) = mailbox.messages[0].parsed["From"].addresses
    assert (address.display_name, address.addr_spec) == ("Bonsoir, l’équipe", "letters@bonsoir.example")
    assert mailbox.messages[0].sender == "letters@bonsoir.example"


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r", "\x0b", "\u2028"])
def test_a_line_end_in_a_name_or_subject_begins_no_header(app: Flask, mailbox: RunningCatcher, line_end: str) -> None:
    put(name=f"Eve{line_end}Bcc: victim@example.org", subject=f"Hello{line_end}Bcc: victim@example.org")
    jobs.run_due(HANDLERS)
    (caught,) = mailbox.messages
    assert "Bcc" not in caught.parsed
    assert caught.recipients == ("helene@example.org",)
    assert caught.subject == "Hello Bcc: victim@example.org"


def test_a_thai_page_without_a_line_end_is_sent_in_short_lines(app: Flask, mailbox: RunningCatcher) -> None:
    paragraph = "ขอบคุณที่มาร่วมงานเลี้ยงอาหารค่ำการกุศล" * 80
    put(language="th", text=paragraph, subject="ขอบคุณ" * 30)
    jobs.run_due(HANDLERS)
    (caught,) = mailbox.messages
    assert max(len(line) for line in caught.raw.split(b"\r\n")) <= 998
    assert paragraph in caught.text
    assert paragraph in caught.html
    assert caught.subject == "ขอบคุณ" * 30


def test_a_letter_says_what_it_is(app: Flask, mailbox: RunningCatcher) -> None:
    put(language="th")
    jobs.run_due(HANDLERS)
    headers = mailbox.messages[0].parsed
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Content-Language"] == "th"
    assert headers.get_all("Message-ID") == [the_letter().message_id]
    assert headers["Message-ID"].endswith("@bonsoir.example>")


def test_an_unknown_language_becomes_english(app: Flask, mailbox: RunningCatcher) -> None:
    put(language="xx")
    jobs.run_due(HANDLERS)
    assert '<html lang="en"' in mailbox.messages[0].html


def test_the_letter_is_dated_by_our_clock(
    app: Flask, mailbox: RunningCatcher, turn_clock: Callable[[float], None]
) -> None:
    turn_clock(40 * 24 * 3600)
    put()
    jobs.run_due(HANDLERS)
    written = parsedate_to_datetime(mailbox.messages[0].parsed["Date"])
    assert timedelta(days=39) < written - datetime.now(UTC) < timedelta(days=41)


def test_the_sheet_is_written_into_the_letter_and_nothing_is_fetched(app: Flask, mailbox: RunningCatcher) -> None:
    put(text="<script>alert(1)</script>")
    jobs.run_due(HANDLERS)
    page = mailbox.messages[0].html
    head, body = page.split("<body", 1)
    assert "prefers-color-scheme: dark" in head
    assert "max-width: 612px" in body
    assert not any(mark in page for mark in ("<img", "<link", "<script", "url(", "@import", "src="))


def test_a_file_with_a_wicked_name_arrives_tamed(app: Flask, mailbox: RunningCatcher) -> None:
    put(kind="with_file", filename='billet\r\nX-Evil: 1 "é".pdf')
    jobs.run_due(HANDLERS)
    (caught,) = mailbox.messages
    (file,) = caught.attachments
    assert file.get_filename() == 'billet X-Evil: 1 "é".pdf'
    assert "X-Evil" not in file
    assert file.get_content() == b"%PDF-1.7 \x00\xff"
    assert caught.parsed["Reply-To"] == "answers@example.org"


def test_a_letter_already_sent_is_not_sent_again(app: Flask, mailbox: RunningCatcher) -> None:
    put()
    jobs.run_due(HANDLERS)
    send_letter({"letter": "one"})
    assert len(mailbox.messages) == 1
    assert len(jobs_of()) == 1


def test_nothing_is_sent_while_a_transaction_is_open(app: Flask, mailbox: RunningCatcher) -> None:
    envelope = delivery._find_unsent(put().key)
    assert envelope is not None
    with transaction(), pytest.raises(RuntimeError, match="transaction is open"):
        delivery._hand_over(delivery._write(envelope))
    assert list(mailbox.messages) == []


@pytest.fixture
def trust_afresh() -> Iterator[None]:
    """As in a process that has not yet read whose certificates count."""
    delivery._trust.cache_clear()
    yield
    delivery._trust.cache_clear()


def test_no_letter_is_given_to_a_server_whose_certificate_nobody_vouches_for(
    make_app: Callable[..., Flask], tmp_path: Path, trust_afresh: None
) -> None:
    running = catcher.start(tls=_unknown_certificate(tmp_path))
    try:
        make_app(running.smtp_port, MAIL_USE_TLS=True)
        put()
        jobs.run_due(HANDLERS)
    finally:
        running.stop()
    assert list(running.messages) == []
    assert "CERTIFICATE_VERIFY_FAILED" in str(the_letter().job.last_error)


def test_a_server_with_a_trusted_certificate_gets_the_letter_encrypted(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trust_afresh: None
) -> None:
    running = catcher.start(tls=_unknown_certificate(tmp_path))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    try:
        make_app(running.smtp_port, MAIL_USE_TLS=True)
        put()
        jobs.run_due(HANDLERS)
    finally:
        running.stop()
    assert len(running.messages) == 1, "the server refuses whatever is not encrypted"


def _unknown_certificate(folder: Path) -> ssl.SSLContext:
    """A server's TLS with a certificate that it signed itself, kept in certificate.pem."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "certificate.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context
