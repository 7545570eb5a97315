"""Letters that come back: refused at once by the mail server, or reported later in a message of its own (RFC 3464)."""

import re
import smtplib
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from sqlalchemy import update

from events.core import clock
from events.core.db import changed
from events.mail.models import Letter

LONGEST = 300
"""Letters of a mail server's words that are kept."""
LARGEST = 10 * 1024 * 1024
"""Bytes of a report that are read: it may carry the whole letter."""

_NOBODY = {550, 551, 553, 556}
"""SMTP answers that speak of the address; 554 and the like may speak of us."""
_ABOUT_US = re.compile(r"\b[45]\.7\.\d+|relay", re.IGNORECASE)
"""Policy and security (RFC 3463): the same letter may go another day, so it is tried again."""


@dataclass(frozen=True)
class Report:
    """A delivery that failed for good: of which letter, and why."""

    message_id: str
    reason: str


def refusal_of(error: smtplib.SMTPRecipientsRefused) -> str | None:
    """Why nobody can be reached there, in the server's words; None where another try may go well."""
    code, words = next(iter(error.recipients.values()), (0, b""))
    text = _plain(words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words))
    return f"{code} {text}"[:LONGEST] if code in _NOBODY and not _ABOUT_US.search(text) else None


def take_in(raw: bytes) -> bool:
    """Write down what a report says, in the caller's transaction; False when it is none, or about no letter of ours.

    A letter that was sent again meanwhile has another Message-ID: what is said of the old try no longer counts.
    """
    report = read(raw)
    if report is None:
        return False
    mine = (Letter.message_id == report.message_id, Letter.bounced_at.is_(None))
    return changed(update(Letter).where(*mine).values(bounced_at=clock.now(), bounce=report.reason)) == 1


def read(raw: bytes) -> Report | None:
    """A failure for good in a delivery status notification; None for anything else, a mere delay among it."""
    message = message_from_bytes(raw, policy=policy.default)
    if message.get_content_type() != "multipart/report":
        return None
    parts = list(message.walk())
    reason = next((words for part in parts if (words := _failure(part))), None)
    about = next((name for part in parts if part is not message and (name := _original(part))), None)
    return Report(about, reason) if reason and about else None


def _failure(part: EmailMessage) -> str | None:
    """Of the machine's part: groups of fields, the first about the message, the others each about an address."""
    if part.get_content_type() != "message/delivery-status":
        return None
    groups: list[Message] = part.get_payload()  # type: ignore[assignment]
    for group in groups:
        status, action = str(group.get("Status", "")), str(group.get("Action", "")).strip().lower()
        if action == "failed" and not status.startswith("4."):
            words = _plain(str(group.get("Diagnostic-Code", "")))
            return f"{status} {words}".strip()[:LONGEST] or "failed"
    return None


def _original(part: EmailMessage) -> str | None:
    """The Message-ID of the letter that came back, from itself or from its headers."""
    kind = part.get_content_type()
    if kind == "text/rfc822-headers":
        found = re.search(r"^Message-ID:\s*(<[^>\s]+>)", part.get_content(), re.IGNORECASE | re.MULTILINE)
        return found[1] if found else None
    if kind == "message/rfc822":
        inner: list[Message] = part.get_payload()  # type: ignore[assignment]
        return str(inner[0].get("Message-ID", "")).strip() or None
    return None


def _plain(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
