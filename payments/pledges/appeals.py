"""How an evening asks for gifts in the room: made with usual terms when it is first looked at, then as staff set it."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock, tokens, trail
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.table_codes import coding
from payments.pledges.models import Appeal

OPEN_AFTER = timedelta(days=2)
"""So long after an evening its cards still take gifts, and its screen still shows names."""


@dataclass(frozen=True)
class Terms:
    """What staff may set."""

    counts: str
    shows_promised: bool
    shows_names: bool
    remind_days: int
    remind_times: int
    lapse_days: int


def prepare(event_id: int) -> None:
    """Terms, screen and codes of an evening, made once; in the caller's transaction."""
    ensure(event_id)
    coding.give(event_id)


def ensure(event_id: int) -> None:
    """The usual terms, where nobody has set any; in the caller's transaction."""
    usual = {"counts": "gifts", "shows_promised": True, "shows_names": False}
    usual_days = {"remind_days": 7, "remind_times": 1, "lapse_days": 90}
    secret = {"token": tokens.new_token(), "made_at": clock.now()}
    insert_once(Appeal, {"event_id": event_id, **usual, **usual_days, **secret}, ["event_id"])


def find(event_id: int) -> Appeal | None:
    """The evening's terms; none while nobody has looked at its pledges yet."""
    return db.session.get(Appeal, event_id)


def get_by_token(event_id: int, token: str) -> Appeal:
    """The terms behind a screen's address; raises NotFound."""
    appeal = db.session.scalar(select(Appeal).where(Appeal.event_id == event_id, Appeal.token == token))
    if appeal is None:
        raise NotFound(_("This page does not exist, or it is not for you."))
    return appeal


def agree(event: Event, terms: Terms, actor: str) -> None:
    """Other terms, for promises made before as well; in the caller's transaction."""
    changed(update(Appeal).where(Appeal.event_id == event.id).values(**asdict(terms)))
    trail.note(actor, "appeal.changed", f"event:{event.id}", event.organisation_id, **asdict(terms))


def new_address(event: Event, actor: str) -> None:
    """Another address for the screen: whoever has the old one sees nothing any more."""
    changed(update(Appeal).where(Appeal.event_id == event.id).values(token=tokens.new_token()))
    trail.note(actor, "appeal.new_address", f"event:{event.id}", event.organisation_id)


def closes_at(event: Event) -> datetime:
    """Until when the cards take gifts."""
    return event.ends_at + OPEN_AFTER


def is_open(event: Event) -> bool:
    """Whether cards take gifts and promises now."""
    return event.status == "published" and clock.now() < closes_at(event)


def demand_open(event: Event) -> None:
    """Raise Refusal `appeal_closed` unless they do."""
    if not is_open(event):
        sentence = _("This evening is over, and its cards take no more gifts. Thank you for thinking of it.")
        raise Refusal("appeal_closed", sentence, status=409)
