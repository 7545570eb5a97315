"""The outbox: a letter is put in the transaction that makes it necessary, and a job sends it afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import ColumnElement, or_, select, update

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

    `args` go to the composer; an `event_id` among them is also the evening on whose board the letter stands.

    What it says is composed when it is sent, so a letter that cannot be written holds up no payment.
    """
    return put_later(clock.now(), kind, key, name=name, email=email, language=language, **args)


def put_later(
    moment: datetime, kind: str, key: str, *, name: str, email: str, language: str, **args: str | int
) -> bool:
    """The same for a letter that leaves at that moment, unless it is stopped before."""
    job_key = f"letter:{key}"
    if not email or not jobs.put(JOB, job_key, moment, letter=key):
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
        "event_id": args.get("event_id"),
        "bounce": "",
    }
    return insert_once(Letter, values, ["key"])


def resend(letter_id: int, email: str | None = None) -> bool:
    """Send a letter once more, by a new job, in the caller's transaction. False while a try is still under way.

    `email` is where it goes from now on; None leaves that as it was.
    The new try has a Message-ID of its own: many mailboxes hide a second message that carries the first one's.
    """
    letter = db.session.get_one(Letter, letter_id, populate_existing=True)
    job_key = f"letter:{letter.key}:{clock.now():%Y%m%dT%H%M%S.%f}"
    given_up = select(jobs.Job.key).where(jobs.Job.key == letter.job_key, jobs.Job.status == "dead")
    ended = or_(Letter.sent_at.is_not(None), Letter.bounced_at.is_not(None), Letter.stopped_at.is_not(None))
    at_rest = or_(ended, Letter.job_key.in_(given_up))
    same_try = (Letter.id == letter_id) & (Letter.message_id == letter.message_id)
    new_try: dict[str, Any] = {"sent_at": None, "bounced_at": None, "bounce": "", "stopped_at": None}
    new_try |= {"message_id": _message_id(job_key), "recipient_email": email or letter.recipient_email}
    if not changed(update(Letter).where(same_try, at_rest).values(**new_try)):
        return False
    jobs.put(JOB, job_key, letter=letter.key)  # before the letter names it: its key is a foreign key
    changed(update(Letter).where(Letter.id == letter_id).values(job_key=job_key))
    return True


def stop(which: ColumnElement[bool]) -> int:
    """Stop those letters among `which` that no worker has in hand, in the caller's transaction; how many.

    A letter that is just being sent goes out.
    """
    unsent = which & Letter.sent_at.is_(None) & Letter.bounced_at.is_(None) & Letter.stopped_at.is_(None)
    jobs.stop(select(Letter.job_key).where(unsent))
    at_rest = select(jobs.Job.key).where(jobs.Job.status == "done")
    return changed(update(Letter).where(unsent, Letter.job_key.in_(at_rest)).values(stopped_at=clock.now()))


def _message_id(job_key: str) -> str:
    """The same on every try of one job, and telling nothing: RFC 5322 wants it unique in the world."""
    return f"<{tokens.digest(job_key)[:32]}@{links.public_host()}>"
