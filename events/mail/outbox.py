"""The outbox: a letter is put in the transaction that makes it necessary, and a job sends it afterwards."""

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import or_, select, update

from events.core import clock, jobs, tokens
from events.core.db import changed, db, insert_once
from events.mail import delivery, links
from events.mail.message import Composer
from events.mail.models import Letter

JOB = "send_letter"


def init_app(app: Flask, composers: Mapping[str, Composer]) -> None:
    """Know the letters by their kind. Reads MAIL_* and PUBLIC_URL from the application's configuration."""
    delivery.init_app(app, composers)


def put(kind: str, key: str, *, name: str, email: str, language: str, **args: str | int) -> bool:
    """Put one letter, in the caller's transaction; False when `key` was used before, or nobody left an address.

    `args` go to the composer.

    What it says is composed when it is sent, so a letter that cannot be written holds up no payment.
    """
    job_key = f"letter:{key}"
    if not email or not jobs.put(JOB, job_key, letter=key):
        return False
    values = {
        "key": key,
        "kind": kind,
        "args": args,
        "recipient_name": name,
        "recipient_email": email,
        "language": language,
        "message_id": _message_id(job_key),
        "created_at": clock.now(),
        "job_key": job_key,
    }
    return insert_once(Letter, values, ["key"])


def resend(letter_id: int) -> bool:
    """Send a letter once more, by a new job, in the caller's transaction. False while a try is still under way.

    It gets a Message-ID of its own: many mailboxes hide a second message that carries the first one's.
    """
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    job_key = f"letter:{letter.key}:{clock.now():%Y%m%dT%H%M%S.%f}"
    given_up = select(jobs.Job.key).where(jobs.Job.key == letter.job_key, jobs.Job.status == "dead")
    at_rest = or_(Letter.sent_at.is_not(None), Letter.job_key.in_(given_up))
    same_try = (Letter.id == letter_id) & (Letter.message_id == letter.message_id)
    new_try = {"sent_at": None, "message_id": _message_id(job_key)}
    if not changed(update(Letter).where(same_try, at_rest).values(**new_try)):
        return False
    jobs.put(JOB, job_key, letter=letter.key)  # before the letter names it: its key is a foreign key
    changed(update(Letter).where(Letter.id == letter_id).values(job_key=job_key))
    return True


def _message_id(job_key: str) -> str:
    """The same on every try of one job, and telling nothing: RFC 5322 wants it unique in the world."""
    return f"<{tokens.digest(job_key)[:32]}@{links.public_host()}>"
