"""How a letter leaves the house: composed, rendered, handed to the mail server, remembered as sent."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email import charset, policy
from functools import cache
from types import TracebackType
from typing import Any

import css_inline
import flask_mail
from flask import Flask, current_app
from sqlalchemy import select, update

from events.core import clock
from events.core.db import assert_idle, changed, db, end_reading, transaction
from events.core.i18n import in_language, language
from events.core.resting import Unreachable
from events.mail import bouncing, links
from events.mail.message import Composer, Message
from events.mail.models import Letter

TIMEOUT = 20
"""Seconds that the mail server may take for one answer; well within a job's lease."""

_COMPOSERS = "letters"
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

# Flask-Mail sends UTF-8 as it is; a Thai paragraph is one line of more than the 998 bytes that a server must take.
charset.add_charset("utf-8", charset.SHORTEST, charset.QP, "utf-8")

_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class Envelope:
    """A letter's row as plain values: nothing of the database is held while the mail server is spoken to."""

    letter_id: int
    kind: str
    args: Mapping[str, Any]
    name: str
    email: str
    language: str
    message_id: str


@dataclass(frozen=True)
class Paper:
    """A letter as it is read: subject, plain text, and HTML with its styles in place."""

    subject: str
    text: str
    html: str


def init_app(app: Flask, composers: Mapping[str, Composer]) -> None:
    """Register the composers by kind, and Flask-Mail."""
    app.config["MAIL_SUPPRESS_SEND"] = False  # else nothing would be sent under TESTING
    app.extensions[_COMPOSERS] = dict(composers)
    flask_mail.Mail(app)


def send_letter(args: Mapping[str, Any]) -> None:
    """The job: send the letter with the key `args["letter"]`, unless it was sent. Raises whatever stops it.

    An address that the mail server refuses for good is written down and not tried again.
    """
    envelope = _find_unsent(args["letter"])
    if envelope is None:
        end_reading()
        return
    message = _write(envelope)
    end_reading()
    try:
        _hand_over(message)
    except smtplib.SMTPRecipientsRefused as error:
        reason = bouncing.refusal_of(error)
        if reason is None:
            raise
        _remember(envelope, bounced_at=clock.now(), bounce=reason)
        return
    _remember(envelope, sent_at=clock.now())


def _remember(envelope: Envelope, **values: Any) -> None:
    with transaction():
        same_try = (Letter.id == envelope.letter_id, Letter.message_id == envelope.message_id)
        changed(update(Letter).where(*same_try, Letter.sent_at.is_(None)).values(**values))


def _find_unsent(key: str) -> Envelope | None:
    unsent = (Letter.sent_at.is_(None), Letter.bounced_at.is_(None), Letter.stopped_at.is_(None))
    query = select(Letter).where(Letter.key == key, *unsent)
    letter = db.session.scalars(query, execution_options={"populate_existing": True}).one_or_none()
    if letter is None:
        return None
    return Envelope(
        letter_id=letter.id,
        kind=letter.kind,
        args=dict(letter.args),
        name=_unbroken(letter.recipient_name),
        email=_unbroken(letter.recipient_email),
        language=letter.language,
        message_id=letter.message_id,
    )


def _write(envelope: Envelope) -> flask_mail.Message:
    """Compose and render in the reader's language."""
    with in_language(envelope.language):
        message = current_app.extensions[_COMPOSERS][envelope.kind](envelope.args)
        paper = lay_out(message, envelope.name)
        headers = {"Auto-Submitted": "auto-generated", "Content-Language": language()}
        letter = _Letter(
            subject=paper.subject,
            body=paper.text,
            html=paper.html,
            reply_to=_unbroken(message.reply_to) if message.reply_to else None,
            date=clock.now().timestamp(),
            extra_headers=headers | {name: _unbroken(value) for name, value in message.headers.items()},
        )
    # Pairs, not text: in a name, a comma or a bracket would else be taken for part of an address.
    letter.recipients = [(envelope.name, envelope.email)]
    letter.sender = _sender(_unbroken(current_app.config["MAIL_DEFAULT_SENDER"]), _unbroken(message.writer or ""))
    letter.msgId = envelope.message_id  # as an extra header it would stand there twice
    for attachment in message.attachments:
        letter.attach(_unbroken(attachment.filename), attachment.content_type, attachment.data)
    return letter


def lay_out(message: Message, recipient: str) -> Paper:
    """The letter as its reader will see it, in the current language."""
    words = {"subject": _unbroken(message.subject), "recipient": _addressed(recipient), "lang": language()}
    html = _inliner.inline(_render(f"{message.template}.html", message, words))
    return Paper(words["subject"], _render(f"{message.template}.txt", message, words), html)


_TITLES = (
    *("คุณ", "นาย", "นาง", "น.ส.", "ด.ช.", "ด.ญ.", "ดร.", "ผศ.", "รศ.", "ศ.", "อ.", "อาจารย์", "ศาสตราจารย์"),
    *("ม.ล.", "ม.ร.ว.", "ม.จ.", "หม่อม", "ท่าน", "พลเอก", "พลโท", "พลตรี", "พลตำรวจ", "พล.", "พ.", "พระ", "แม่ชี"),
    *("นพ.", "พญ.", "ทพ.", "Mr ", "Mr.", "Mrs", "Ms ", "Ms.", "Dr ", "Dr."),
)
"""With which a name may begin that somebody typed with its title; of nuns, monks, officers and doctors, too."""


def _addressed(name: str) -> str:
    """Thai puts a title before a name, in one with it if it is Thai, and never before a title that was typed."""
    if language() != "th" or not name or name.startswith(_TITLES):
        return name
    return f"คุณ\u00a0{name}" if name[0] < "\u0e00" else f"คุณ{name}"


def _sender(setting: str, writer: str) -> tuple[str, str]:
    """Name and address of "Name <address>"; a name with a comma need not be quoted there.

    Donors know the organisation that writes to them and not the service it uses: its name stands before our address.
    """
    name, _, address = setting.removesuffix(">").rpartition("<")
    return writer or name.strip().strip('"'), address.strip()


def _render(template: str, message: Message, words: Mapping[str, str]) -> str:
    """Through the environment itself: the context of web pages (who is signed in ...) has no place in a letter."""
    text = current_app.jinja_env.get_template(f"mail/{template}").render({**message.context, **words})
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _unbroken(text: str) -> str:
    """Without line ends and other controls, which could begin a header of their own."""
    return _CONTROLS.sub(" ", text).strip()


def _hand_over(message: flask_mail.Message) -> None:
    """Raises Unreachable when the server is away, hangs or breaks off; what it says no to passes as it is."""
    assert_idle()
    try:
        with _Connection(current_app.extensions["mail"]) as connection:
            connection.send(message)
    except (smtplib.SMTPConnectError, smtplib.SMTPServerDisconnected) as error:
        raise Unreachable from error
    except smtplib.SMTPException:
        raise
    except OSError as error:
        raise Unreachable from error


class _Letter(flask_mail.Message):
    """Flask-Mail's would fold headers a second time, which puts spaces into a long Thai name."""

    def as_bytes(self) -> bytes:
        """The message with CRLF, its headers folded as they were encoded."""
        written = self._message()
        written.policy = policy.compat32.clone(linesep="\r\n", max_line_length=None)
        return bytes(written.as_bytes())


@cache
def _trust() -> ssl.SSLContext:
    """Whose certificates count. Read once: the machine's list of authorities takes as long as the rest of a letter."""
    return ssl.create_default_context()


class _Connection(flask_mail.Connection):
    """Flask-Mail's takes any certificate, waits for ever, and calls a letter failed when only the goodbye did."""

    def configure_host(self) -> smtplib.SMTP:
        """A connection that is secure where it was asked to be, logged in if there is a name."""
        mail = self.mail
        host = smtplib.SMTP(mail.server, mail.port, local_hostname=links.public_host(), timeout=TIMEOUT)
        try:
            if mail.use_tls:
                host.starttls(context=_trust())
            if mail.username and mail.password:
                host.login(mail.username, mail.password)
        except BaseException:
            host.close()
            raise
        return host

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.host is None:
            return
        with suppress(smtplib.SMTPException, OSError):
            self.host.quit()
        self.host.close()
