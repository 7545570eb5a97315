"""Draft, published, cancelled, archived: which step leads where, and what stands in its way, in words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update

from events.catalogue import completeness
from events.catalogue.completeness import Gap
from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext as _l
from events.core.refusal import Refusal
from events.editor import saving
from events.guests import announcing

Hindrances = Callable[[Event, datetime], Iterator[Gap]]


@dataclass(frozen=True)
class Step:
    """One way from one status to another: its button, what it means, and what may stand in its way."""

    trigger: str
    before: str
    after: str
    words: Any
    about: Any
    hindrances: Hindrances


def find_steps(event: Event) -> list[Step]:
    """What may be done with the evening as it stands."""
    return [step for step in STEPS if step.before == event.status]


def hindrances(event: Event, step: Step) -> list[Gap]:
    """What is in the way of a step now; empty when it may be taken."""
    return list(step.hindrances(event, clock.now()))


def take(event: Event, trigger: str, version: int, actor: str) -> Step:
    """Take a step; a cancellation is told to everybody who has a ticket.

    Raises Overtaken when somebody was first, Refusal when something is in the way.
    """
    step = next((one for one in find_steps(event) if one.trigger == trigger), None)
    if step is None:
        raise saving.Overtaken("")
    saving.claim(event, version, event.slug)
    if found := hindrances(event, step):
        raise Refusal("not_yet", " ".join(gap.sentence for gap in found), status=409)
    mine = update(Event).where(Event.id == event.id, Event.status == step.before)
    if not changed(mine.values(status=step.after, **_cancelled(step))):
        raise saving.Overtaken("")
    db.session.refresh(event)
    trail.note(
        actor, f"event.{trigger}", event.slug, event.organisation_id,
        event=event.id, before=step.before, after=step.after,
    )  # fmt: skip
    if step.trigger == "cancel":
        announcing.tell_cancelled(event)
    return step


def _cancelled(step: Step) -> dict[str, datetime | None]:
    """Put away, a cancelled evening stays cancelled; shown again as one that takes place, it is none."""
    if step.trigger == "cancel":
        return {"cancelled_at": clock.now()}
    return {"cancelled_at": None} if step.after == "published" else {}


def _what_is_missing(event: Event, moment: datetime) -> Iterator[Gap]:
    yield from completeness.gaps(event)
    if saving.is_ordered(event.id):
        return  # it was public before, and may be over
    if event.ends_at <= moment:
        yield Gap("evening", "starts_at", _("The day has passed."))
    elif event.sales_end_at <= moment:
        yield Gap("evening", "sales_end_at", _("Ticket sales would be over already."))


def _somebody_ordered(event: Event, moment: datetime) -> Iterator[Gap]:
    if saving.is_ordered(event.id):
        yield Gap("", "", _("Somebody ordered already. An evening that does not take place is cancelled."))


def _guests_wait(event: Event, moment: datetime) -> Iterator[Gap]:
    if event.ends_at > moment and saving.is_ordered(event.id):
        yield Gap("", "", _("Guests have tickets for an evening to come. If it does not take place, cancel it first."))


def _nothing(event: Event, moment: datetime) -> Iterator[Gap]:
    yield from ()


STEPS = (
    Step(
        "publish", "draft", "published", _l("Publish"),
        _l("Everybody can see the page and buy tickets."), _what_is_missing,
    ),
    Step(
        "withdraw", "published", "draft", _l("Take back"),
        _l("The page is a draft again: only you and your colleagues see it."), _somebody_ordered,
    ),
    Step(
        "cancel", "published", "cancelled", _l("Cancel the evening"),
        _l("The page says that it does not take place, and nothing is sold any more. Everybody who has a ticket is "
           "told by letter at once, and that you will write about the money; so is whoever waits for seats, and "
           "whoever has not paid yet is told to pay nothing. What is paid stays paid: refunds are yours to make."),
        _nothing,
    ),
    Step(
        "reinstate", "cancelled", "published", _l("It takes place after all"),
        _l("The page is as before, and tickets are sold again. Whoever was told of the cancellation hears of this from "
           "you: no letter goes out by itself."),
        _what_is_missing,
    ),
    *(
        Step(
            "archive", status, "archived", _l("Put away"),
            _l("The page is then hidden. Figures and books stay, and guests keep the pages of their orders."), check,
        )
        for status, check in (("draft", _nothing), ("published", _guests_wait), ("cancelled", _nothing))
    ),
    Step("bring_back", "archived", "draft", _l("Bring back"), _l("It becomes a draft."), _nothing),
)  # fmt: skip
