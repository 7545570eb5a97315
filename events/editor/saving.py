"""Saving a part of an evening: whoever comes second is told, and what guests read stays whole.

Everything here runs in the caller's transaction, which must be rolled back when something is raised.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from events.catalogue import checking, completeness
from events.catalogue.models import Block, Event, TicketType
from events.core import money, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.trail import TrailEntry
from events.guests.models import Party
from events.team.models import Account

_MONEY_COLUMNS = ("goal", "absent_gift")


class Mistaken(Refusal):
    """What was typed cannot be saved: sentences by field."""

    def __init__(self, mistakes: Mapping[str, str]) -> None:
        field, sentence = next(iter(mistakes.items()))
        super().__init__("mistaken", sentence, field=field)
        self.mistakes = dict(mistakes)


class Overtaken(Refusal):
    """Somebody else saved the same part since it was read."""

    def __init__(self, who: str) -> None:
        sentence = _(
            "%(who)s saved this part while you were writing. What you typed is still here, and not saved yet. "
            "Compare with what is there now, then save again.",
            who=who or _("Somebody else"),
        )
        super().__init__("changed_meanwhile", sentence, status=409)


def is_ordered(event_id: int) -> bool:
    """Whether anybody has ever begun to order: from then on some things stay as they are."""
    return db.session.scalar(select(Party.id).where(Party.event_id == event_id).limit(1)) is not None


def claim(row: Event | Block | TicketType, version: int, subject: str, **values: object) -> None:
    """Be the one who changes this version, writing `values` at once. Raises Overtaken."""
    kind = type(row)
    mine = update(kind).where(kind.id == row.id, kind.version == version)
    if not changed(mine.values(version=kind.version + 1, **values)):
        raise Overtaken(_who_changed(subject))
    db.session.refresh(row)


def save_event(
    event: Event, values: Mapping[str, Any], version: int, actor: str, *, price_field: str = "currency"
) -> None:
    """Change columns of the evening. Raises Overtaken, Mistaken."""
    before = values_of(event)
    claim(event, version, event.slug)
    _check_event(event, values)
    with guarded(event, price_field):
        if values.get("currency", event.currency) != event.currency:
            _rescale(event, values["currency"])
        for name, value in _columns(event, values).items():
            setattr(event, name, value)
    note_changes(actor, "event.changed", event.slug, event, before, values_of(event))


def values_of(event: Event) -> dict[str, Any]:
    """The evening's columns, and its colour as one value."""
    columns = {column.key: getattr(event, column.key) for column in Event.__table__.columns}
    own = event.accent_hue is not None
    return columns | {"accent": f"{event.accent_hue}-{event.accent_chroma}" if own else ""}


@contextmanager
def guarded(event: Event, price_field: str) -> Iterator[None]:
    """Raise Mistaken when what happens inside makes a price that nobody can pay, or a gap in a page that is public."""
    before = completeness.gaps(event)
    yield
    db.session.flush()
    found = [gap for gap in completeness.gaps(event) if not gap.is_among(before)]
    if event.status != "published":
        found = [gap for gap in found if gap.field == "price"]
    if found:
        raise Mistaken({_field(gap, price_field): gap.sentence for gap in reversed(found)})


def note_changes(
    actor: str, action: str, subject: str, event: Event, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """A line in the trail: which fields changed, and from what to what where that is short."""
    names = [name for name in after if name not in ("version", "mark") and before.get(name) != after[name]]
    short = {name: [_short(before.get(name)), _short(after[name])] for name in names if _is_short(after[name])}
    trail.note(actor, action, subject, event.organisation_id, event=event.id, fields=sorted(names), values=short)


def _field(gap: completeness.Gap, price_field: str) -> str:
    if gap.field == "price":
        return price_field
    return f"{gap.field}-{gap.languages[0]}" if gap.languages else gap.field


def _check_event(event: Event, values: Mapping[str, Any]) -> None:
    """Raise Mistaken for what contradicts itself, or what may no longer change."""
    faults = checking.faults_of_event({**values_of(event), **values}, event.id)
    found = {fault.field: fault.sentence for fault in faults}
    if values.get("currency", event.currency) != event.currency and is_ordered(event.id):
        found["currency"] = _("Tickets were ordered in %(currency)s: it stays.", currency=event.currency)
    if values.get("slug", event.slug) != event.slug and event.status != "draft":
        found["slug"] = _("The page is public at its address, and links lead there: it stays.")
    if found:
        raise Mistaken(found)


def _columns(event: Event, values: Mapping[str, Any]) -> dict[str, Any]:
    """Form values as columns: the colour is two of them, and languages keep the order they have."""
    columns = {name: value for name, value in values.items() if name != "accent"}
    if "accent" in values:
        hue, _dash, chroma = values["accent"].partition("-")
        columns |= {"accent_hue": int(hue) if hue else None, "accent_chroma": int(chroma) if hue else None}
    if set(values.get("languages", ())) == set(event.languages):
        del columns["languages"]
    return columns


def _rescale(event: Event, currency: str) -> None:
    """2500 stays 2500 in another currency, whose minor unit may be another: nobody's amount changes its digits."""
    step = money.exponent(currency) - money.exponent(event.currency)

    def anew(amount: int) -> int:
        return int(amount * 10**step) if step >= 0 else amount // 10**-step

    for name in _MONEY_COLUMNS:
        setattr(event, name, anew(getattr(event, name)))
    event.gift_amounts = [anew(amount) for amount in event.gift_amounts]
    for kind in event.ticket_types:
        kind.price, kind.benefit = anew(kind.price), anew(kind.benefit)
    event.currency = currency


def _who_changed(subject: str) -> str:
    last = select(TrailEntry.actor).where(TrailEntry.subject == subject).order_by(TrailEntry.id.desc()).limit(1)
    kind, _colon, number = (db.session.scalar(last) or "").partition(":")
    account = db.session.get(Account, int(number)) if kind == "account" and number.isdigit() else None
    return account.name if account else ""


def _short(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _is_short(value: object) -> bool:
    return isinstance(value, (bool, int, datetime)) or (isinstance(value, str) and len(value) <= 80)


def shift(rows: Sequence[Block] | Sequence[TicketType], row: Block | TicketType, way: str) -> bool:
    """Move a row one place "up" or down among its own and number them anew; False at the end, where nothing happens."""
    order: list[Block | TicketType] = list(rows)
    at = order.index(row)
    to = at - 1 if way == "up" else at + 1
    if not 0 <= to < len(order):
        return False
    order[at], order[to] = order[to], order[at]
    for position, one in enumerate(order):
        one.position = position
    return True
