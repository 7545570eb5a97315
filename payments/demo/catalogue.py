"""The demonstration's organisation, evenings and staff, from the content files beside this one."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from events.catalogue.models import Block, Event, Organisation, Quota, TicketType
from events.core import clock, tokens
from events.core.db import db
from events.team.models import Account, Membership

CONTENT = Path(__file__).parent / "content"
SUNDAY, FEBRUARY = 6, 2
NOTICE = timedelta(days=30)

_EVENT_FIELDS = (
    "status", "currency", "time_zone", "language", "languages", "title", "kind", "hosts", "notice", "cause_link",
    "venue", "venue_address", "map_url", "info_url", "phone", "goal", "gift_amounts", "absent_gift",
    "benefit_description",
)  # fmt: skip
_TYPE_FIELDS = ("name", "description", "price", "benefit", "bundle_size", "max_per_order")


def read(name: str) -> Any:  # noqa: ANN401 - the files' own shape
    """One content file."""
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


def add_house() -> tuple[Event, Event, list[Account]]:
    """Rows for organisation, past and next dinner, and staff; in the caller's transaction."""
    content = read("organisation")
    columns = {name: value for name, value in content.items() if hasattr(Organisation, name)}
    organisation = Organisation(created_at=clock.now(), **columns)
    db.session.add(organisation)
    db.session.flush()
    past = _add_event(organisation, read("past_dinner"))
    coming = _add_event(organisation, _dated(read("next_dinner"), clock.now().date()))
    staff = [_add_account(organisation, person) for person in read("guests")["staff"]]
    return past, coming, staff


def next_edition(today: date) -> date:
    """The next fourth Sunday of February that is at least thirty days ahead."""
    year = today.year
    while fourth_sunday(year) < today + NOTICE:
        year += 1
    return fourth_sunday(year)


def fourth_sunday(year: int) -> date:
    """The fourth Sunday of February."""
    first = date(year, FEBRUARY, 1)
    return first + timedelta(days=(SUNDAY - first.weekday()) % 7 + 21)


def _dated(content: dict[str, Any], today: date) -> dict[str, Any]:
    """The next dinner's content with real times."""
    day, zone = next_edition(today), ZoneInfo(content["time_zone"])
    starts_at = datetime.combine(day, time.fromisoformat(content["starts_time"]), zone)
    times = {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(minutes=content["duration_minutes"])).isoformat(),
        "sales_end_at": (starts_at - timedelta(hours=content["sales_end_hours_before"])).isoformat(),
    }
    return content | times | {"slug": content["slug"].format(year=day.year)}


def _add_event(organisation: Organisation, content: Mapping[str, Any]) -> Event:
    times = {name: datetime.fromisoformat(content[name]) for name in ("starts_at", "ends_at", "sales_end_at")}
    columns = {name: content[name] for name in _EVENT_FIELDS}
    event = Event(organisation=organisation, slug=content["slug"], **columns, **times)
    event.blocks = [
        Block(position=position, kind=block["kind"], content=block.get("content", block))
        for position, block in enumerate(content["blocks"])
    ]
    quotas = {quota["key"]: Quota(name=quota["name"], size=quota["size"]) for quota in content["quotas"]}
    event.quotas = list(quotas.values())
    event.ticket_types = [
        _ticket_type(event, position, given, quotas) for position, given in enumerate(content["ticket_types"])
    ]
    db.session.add(event)
    db.session.flush()
    return event


def _ticket_type(event: Event, position: int, given: Mapping[str, Any], quotas: Mapping[str, Quota]) -> TicketType:
    days = given["sales_end_days_before"]
    return TicketType(
        public_id=f"{given['key']}-{tokens.new_reference(4).lower()}",
        position=position,
        quotas=[quotas[key] for key in given["quotas"]],
        sales_end_at=event.starts_at - timedelta(days=days) if days is not None else None,
        **{name: given[name] for name in _TYPE_FIELDS},
    )


def _add_account(organisation: Organisation, person: Mapping[str, str]) -> Account:
    moment = clock.now()
    account = Account(
        email=person["email"], name=person["name"], language=person["language"], created_at=moment,
        memberships=[Membership(organisation_id=organisation.id, role=person["role"], created_at=moment)],
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    return account
