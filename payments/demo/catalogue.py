"""The demonstration's organisation, evenings and staff, from the content files beside this one."""

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from events.catalogue.loading import add_event, add_organisation
from events.catalogue.models import Event, Organisation
from events.core import clock
from events.core.db import db
from events.team.models import Account, Membership
from payments.demo.asked import ask_coming
from payments.orders.prices import check_prices

CONTENT = Path(__file__).parent / "content"
SUNDAY, FEBRUARY = 6, 2
NOTICE = timedelta(days=30)


def read(name: str) -> Any:  # noqa: ANN401 - the files' own shape
    """One content file."""
    return json.loads((CONTENT / f"{name}.json").read_text(encoding="utf-8"))


def add_house() -> tuple[Event, Event, list[Account]]:
    """Rows for organisation, past and next dinner, and staff; in the caller's transaction."""
    organisation = add_organisation(read("organisation"))
    past = add_event(organisation, read("past_dinner"))
    coming = add_event(organisation, _dated(read("next_dinner"), clock.now().date()))
    if complaints := [*check_prices(past), *check_prices(coming)]:
        raise ValueError(f"prices that nobody could pay: {complaints}")
    ask_coming(coming.id)
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


def _add_account(organisation: Organisation, person: Mapping[str, str]) -> Account:
    moment = clock.now()
    account = Account(
        email=person["email"], name=person["name"], language=person["language"], created_at=moment,
        memberships=[Membership(organisation_id=organisation.id, role=person["role"], created_at=moment)],
    )  # fmt: skip
    db.session.add(account)
    db.session.flush()
    return account
