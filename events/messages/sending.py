"""A message on its way: scheduled, spread over letters by a job, watched, and stopped.

Each address gets it at most once, whoever presses whatever twice: the letter's key is made of message and address, and
every step is a conditional update.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, update

from events.catalogue.models import Event
from events.core import clock, jobs, trail
from events.core.db import changed, db, transaction
from events.core.i18n import NAMES
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.circulars import Reader
from events.mail import outbox
from events.mail.models import Letter
from events.messages import segments, texts
from events.messages.letters import LETTER
from events.messages.models import GuestMessage
from events.team.models import Account

JOB: Final = "send_message"
AT_ONCE: Final = 100
"""Letters that are put in one transaction: between two of them a message can be stopped."""
LATEST: Final = timedelta(days=400)


@dataclass(frozen=True)
class Audience:
    """Who would get a message now: how many read each language, and what stands in for one it is not written in."""

    people: list[Reader]
    unwilling: int
    unreached: int  # guests to whom no address leads
    languages: Mapping[str, int]
    instead: Mapping[str, int]

    @property
    def count(self) -> int:
        """How many people."""
        return len(self.people)


def audience(event: Event, message: GuestMessage) -> Audience:
    """As the evening stands now; it is looked at anew when the message goes."""
    people, unwilling = segments.readers(event, message.segment, message.purpose)
    read, instead = dict[str, int](), dict[str, int]()
    for one in people:
        spoken = segments.language_for(message, event.language, one.language)
        read[spoken] = read.get(spoken, 0) + 1
        if spoken != one.language:
            instead[one.language] = instead.get(one.language, 0) + 1
    return Audience(people, unwilling, segments.unreached(event, message.segment), read, instead)


def hindrances(event: Event, message: GuestMessage) -> Iterator[str]:
    """What stands in the way of sending, in sentences."""
    written = segments.written_in(message)
    for code in event.languages:
        if bool(message.subject.get(code)) != bool(message.text.get(code)):
            missing = _("a subject") if message.text.get(code) else _("a text")
            yield _("In %(language)s %(part)s is missing.", language=NAMES[code], part=missing)
    if event.language not in written:
        yield _("It must be written in %(language)s, the main language.", language=NAMES[event.language])
    for place in texts.unknown_places(" ".join([*message.subject.values(), *message.text.values()])):
        yield _("Nothing is known to fill in for {%(place)s}.", place=place)


def schedule(event: Event, message: GuestMessage, send_at: datetime | None, version: int, actor: str) -> None:
    """Let it go at `send_at` (UTC), or now, in the caller's transaction. Raises Refusal; the second of two gets 409."""
    moment = clock.now()
    if found := list(hindrances(event, message)):
        raise Refusal("not_ready", " ".join(found), status=409)
    if not audience(event, message).count:
        raise Refusal("nobody", _("Nobody would get it: choose somebody else to write to."), status=409)
    if send_at is not None and not moment < send_at < moment + LATEST:
        raise Refusal("no_such_hour", _("Please choose an hour to come, within a year from now."), field="send_at")
    step(message, version, ("draft",), status="scheduled", send_at=send_at or moment)
    jobs.put(JOB, f"message:{message.id}:{version}", send_at or moment, message_id=message.id)
    trail.note(actor, "message.scheduled", f"message:{message.id}", event.organisation_id, event=event.id)


def take_back(event: Event, message: GuestMessage, version: int, actor: str) -> None:
    """A draft again, before its hour. Raises Refusal 409 when that has come."""
    step(message, version, ("scheduled",), status="draft", send_at=None)
    trail.note(actor, "message.taken_back", f"message:{message.id}", event.organisation_id, event=event.id)


def stop(event: Event, message: GuestMessage, actor: str) -> int:
    """No further letter of it goes; how many were stopped. What is sent is sent.

    No version is asked for: it counts on while letters are put, and whoever stops is in a hurry.
    """
    going = (GuestMessage.id == message.id, GuestMessage.status.in_(("sending", "sent")))
    changed(update(GuestMessage).where(*going).values(status="stopped", version=GuestMessage.version + 1))
    stopped = outbox.stop(of_message(message))
    counts = {"event": event.id, "letters": stopped}
    trail.note(actor, "message.stopped", f"message:{message.id}", event.organisation_id, **counts)
    return stopped


def step(message: GuestMessage, version: int, before: tuple[str, ...], **values: Any) -> None:
    """Change a message that is as it was shown; the second of two is refused (409)."""
    mine = (GuestMessage.id == message.id, GuestMessage.version == version, GuestMessage.status.in_(before))
    if not changed(update(GuestMessage).where(*mine).values(version=version + 1, **values)):
        sentence = _("This message was changed meanwhile, or is on its way already. Here is how it stands now.")
        raise Refusal("changed_meanwhile", sentence, status=409)
    db.session.refresh(message)


def try_out(message: GuestMessage, account: Account) -> int:
    """A test to whoever asks, one letter for each language it is written in; how many."""
    stamp, reader = f"{clock.now():%Y%m%dT%H%M%S}", segments.digest_of(message.event.organisation_id, account.email)
    to = {"name": account.name, "email": account.email}
    about: dict[str, Any] = {"message_id": message.id, "account_id": account.id, "reader": reader}
    written = segments.written_in(message)
    keys = {code: f"message-test:{message.id}:{account.id}:{code}:{stamp}" for code in written}
    return sum(outbox.put(LETTER, key, **to, language=code, **about) for code, key in keys.items())


def spread(args: Mapping[str, Any]) -> None:
    """The job: a letter for everybody. Whoever takes it up again finds the letters that are there."""
    message_id, moment = args["message_id"], clock.now()
    with transaction():
        ready = (GuestMessage.status == "scheduled") & (GuestMessage.send_at <= moment)
        begin = update(GuestMessage).where(GuestMessage.id == message_id, ready)
        changed(begin.values(status="sending", version=GuestMessage.version + 1))
        message = db.session.get_one(GuestMessage, message_id, populate_existing=True)
        people = segments.readers(message.event, message.segment, message.purpose)[0]
    for first in range(0, len(people), AT_ONCE):
        if not _write(message_id, people[first : first + AT_ONCE]):
            return
    with transaction():
        done = update(GuestMessage).where(GuestMessage.id == message_id, GuestMessage.status == "sending")
        people_now = select(func.count()).where(of_message(message)).scalar_subquery()
        changed(done.values(status="sent", people=people_now, version=GuestMessage.version + 1))


def _write(message_id: int, people: list[Reader]) -> bool:
    """Letters for some; False when the message is no longer to be sent."""
    with transaction():
        query = select(GuestMessage).where(GuestMessage.id == message_id).with_for_update(of=GuestMessage)
        message = db.session.scalars(query, execution_options={"populate_existing": True}).one()
        if message.status != "sending":
            return False
        for reader in people:
            _put(message, reader)
    return True


def _put(message: GuestMessage, reader: Reader) -> None:
    event = message.event
    digest = segments.digest_of(event.organisation_id, reader.email)
    about: dict[str, Any] = {f"{reader.whose[0]}_id": reader.whose[1], "reader": digest, "event_id": event.id}
    spoken = segments.language_for(message, event.language, reader.language)
    key, to = f"message:{message.id}:{digest[:40]}", {"name": reader.name, "email": reader.email, "language": spoken}
    outbox.put(LETTER, key, **to, message_id=message.id, **about)


def of_message(message: GuestMessage) -> ColumnElement[bool]:
    """Its letters, without tests."""
    mine = Letter.key.startswith(f"message:{message.id}:", autoescape=True)
    return (Letter.event_id == message.event_id) & (Letter.kind == LETTER) & mine
