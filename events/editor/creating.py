"""A new evening: from a start that somebody wrote before, or from last year's. In the caller's transaction."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue import checking
from events.catalogue.loading import BadContent, add_event
from events.catalogue.models import Block, Event, Organisation, Quota, TicketType
from events.core import clock, tokens, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.editor import covers, galleries
from events.editor.saving import Mistaken
from events.guests import questions

STARTS = ("dinner", "gala", "concert", "auction")
_FOLDER = Path(__file__).parent / "starts"
_NEW = (
    "id",
    "slug",
    "status",
    "cancelled_at",
    "starts_at",
    "ends_at",
    "sales_end_at",
    "next_ticket_number",
    "version",
    "mark",
    "title",
    "cover",
)
_NEW_TYPE = ("id", "event_id", "public_id", "sales_start_at", "sales_end_at", "version", "mark")


@lru_cache
def read_start(name: str) -> Mapping[str, Any]:
    """A start's content, in the shape of `catalogue.loading` but for what the organiser fills in."""
    content: Mapping[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return content


def begin(organisation: Organisation, start: str, values: Mapping[str, Any], actor: str) -> Event:
    """A draft with everything a page needs, prices and places as given (minor units). Raises Mistaken."""
    if found := mistakes(values):
        raise Mistaken(found)
    content = _content(organisation, read_start(start), values)
    try:
        event = add_event(organisation, content)
    except BadContent as bad:
        raise Mistaken({"price": " ".join(bad.problems)}) from bad
    trail.note(actor, "event.added", event.slug, organisation.id, event=event.id, start=start)
    return event


def next_year(event: Event) -> date:
    """The day of the next edition to propose: the same weekday of the same month, in the first year to come."""
    here = event.starts_at.astimezone(ZoneInfo(event.time_zone)).date()
    today = clock.now().astimezone(ZoneInfo(event.time_zone)).date()
    year = here.year + 1
    while same_weekday(here, year) <= today:
        year += 1
    return same_weekday(here, year)


def same_weekday(day: date, year: int) -> date:
    """The fourth Sunday of February stays the fourth Sunday of February; a fifth one may become the fourth."""
    first = date(year, day.month, 1)
    nth = first + timedelta(days=(day.weekday() - first.weekday()) % 7 + (day.day - 1) // 7 * 7)
    return nth if nth.month == day.month else nth - timedelta(days=7)


def retitled(texts: Mapping[str, str], before: int, after: int) -> dict[str, str]:
    """Titles that name their year name the new one; in Thai the year of the Buddha, too."""
    years = {str(before): str(after), str(before + 543): str(after + 543)}
    return {code: re.sub("|".join(years), lambda found: years[found[0]], text) for code, text in texts.items()}


def copy(event: Event, title: Mapping[str, str], starts_at: datetime, actor: str) -> Event:
    """A draft like `event`: all other times moved by as many days, hours of the clock kept; nothing that was sold."""
    moved = _mover(event, starts_at)
    columns = {column.key: getattr(event, column.key) for column in Event.__table__.columns if column.key not in _NEW}
    new = Event(
        **columns,
        slug=free_slug(title, starts_at.astimezone(ZoneInfo(event.time_zone)).year),
        status="draft",
        title=dict(title),
        starts_at=starts_at,
        ends_at=starts_at + (event.ends_at - event.starts_at),
        sales_end_at=moved(event.sales_end_at),
    )
    new.blocks = [Block(position=one.position, kind=one.kind, content=one.content) for one in event.blocks]
    quotas = {quota.id: Quota(name=quota.name, size=quota.size) for quota in event.quotas}
    new.quotas = list(quotas.values())
    new.ticket_types = [_copy_type(kind, quotas, moved) for kind in event.ticket_types]
    db.session.add(new)
    db.session.flush()
    covers.copy(event, new)
    questions.copy(event.id, new.id)
    galleries.copy(event, new)
    trail.note(actor, "event.copied", new.slug, event.organisation_id, event=new.id, copied=event.id)
    return new


def free_slug(title: Mapping[str, str], year: int) -> str:
    """An address made of the title and the year that no other evening has."""
    words = next((slug for code in ("en", "fr", "th") if (slug := _plain(title.get(code, "")))), "evening")
    base = words if str(year) in words.split("-") else f"{words[: checking.LONGEST_SLUG - 9].rstrip('-')}-{year}"
    known = set(db.session.scalars(select(Event.slug).where(Event.slug.startswith(base))))
    known.update(checking.RESERVED)
    number = 1
    while (slug := base if number == 1 else f"{base}-{number}") in known:
        number += 1
    return slug


@dataclass(frozen=True)
class _mover:  # noqa: N801 - it is called
    """Moves a moment by the days between two editions, and leaves the hour of the clock alone."""

    event: Event
    starts_at: datetime

    def __call__(self, moment: datetime) -> datetime:
        zone = ZoneInfo(self.event.time_zone)
        days = self.starts_at.astimezone(zone).date() - self.event.starts_at.astimezone(zone).date()
        return moment.astimezone(zone) + days


def _copy_type(kind: TicketType, quotas: Mapping[int, Quota], moved: _mover) -> TicketType:
    columns = {
        column.key: getattr(kind, column.key) for column in TicketType.__table__.columns if column.key not in _NEW_TYPE
    }
    return TicketType(
        **columns,
        public_id=f"ticket-{tokens.new_reference(6).lower()}",
        sales_start_at=moved(kind.sales_start_at) if kind.sales_start_at else None,
        sales_end_at=moved(kind.sales_end_at) if kind.sales_end_at else None,
        quotas=[quotas[quota.id] for quota in kind.quotas],
    )


def mistakes(values: Mapping[str, Any]) -> dict[str, str]:
    """What would otherwise be found in the words of a file, by field; of values that could not be read nothing."""
    faults = [*checking.faults_of_event({name: values[name] for name in ("languages", "currency") if name in values})]
    if "price" in values and "benefit" in values:
        single = {"bundle_size": 1, "min_per_order": 1, "max_per_order": 8}
        faults += checking.faults_of_offer({**single, "price": values["price"], "benefit": values["benefit"]})
    missing = [code for code in values.get("languages", ()) if not values["title"].get(code)]
    return {fault.field: fault.sentence for fault in faults} | {
        f"title-{code}": _("Please fill this in.") for code in missing
    }


def _content(organisation: Organisation, start: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    starts_at, languages = values["starts_at"], values["languages"]
    texts = {name: start[name] for name in ("kind", "hosts", "benefit_description")}
    content = {
        **{name: values[name] for name in ("title", "venue", "currency", "time_zone", "languages", "starts_at")},
        **_filled(texts, languages, organisation.name),
        "slug": free_slug(values["title"], starts_at.astimezone(ZoneInfo(values["time_zone"])).year),
        "status": "draft",
        "language": organisation.language if organisation.language in languages else languages[0],
        "ends_at": starts_at + timedelta(minutes=start["duration_minutes"]),
        "sales_end_at": starts_at - timedelta(hours=start["sales_end_hours_before"]),
        "phone": organisation.phone,
        "absent_gift": values["price"],
        "quotas": [{"key": "room", "name": _("Room"), "size": values["places"]}],
        "blocks": _filled(start["blocks"], languages, organisation.name),
    }
    content["ticket_types"] = [
        {
            **_filled(kind, languages, organisation.name),
            "quotas": ["room"],
            "price": values["price"] * kind["price_times"],
            "benefit": values["benefit"] * kind["benefit_times"],
        }
        for kind in start["ticket_types"]
        if kind["bundle_size"] <= values["places"]
    ]
    return content


def _filled(content: Any, languages: Sequence[str], name: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """The content in these languages alone, with the organisation's name in its place."""
    if isinstance(content, str):
        return content.replace("{organisation}", name)
    if isinstance(content, list):
        return [_filled(one, languages, name) for one in content]
    if isinstance(content, dict):
        if set(content) <= {"fr", "en", "th"}:
            content = {code: content[code] for code in languages}
        return {key: _filled(value, languages, name) for key, value in content.items()}
    return content


def _plain(title: str) -> str:
    """Letters and digits of the title that an address may hold; empty for a Thai one."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_only.replace("'", "")))[:50].rstrip("-")
