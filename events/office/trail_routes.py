"""The trail of an organisation, for its owners: to read, and to take away as a file."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.models import Organisation
from events.core import trail
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.spreadsheets import neutralised
from events.office import trail_reading
from events.office.people_routes import owned_house
from events.office.trail_reading import Wanted
from events.team.access import actor, asks_again


def show() -> ResponseReturnValue:
    """Who did what and when, the newest first."""
    house, wanted = owned_house(), _wanted()
    filters = {name: value for name, value in request.args.items() if name in ("who", "area", "since", "until")}
    return render_template(
        "events/office/trail.html",
        organisation=house,
        page=trail_reading.find(house, wanted),
        wanted=wanted,
        filters=filters,
        people=trail_reading.people(house),
        areas=trail_reading.AREAS,
    )


@asks_again
def export() -> ResponseReturnValue:
    """All that fits, as CSV; the trail notes who took it."""
    house, who = owned_house(), actor()
    with transaction():
        trail.note(who, "exported", "trail", house.id, what="trail", format="csv")
    headers = {"Content-Disposition": f'attachment; filename="{house.slug}-trail.csv"'}
    return Response(b"".join(_rows(house, _wanted())), mimetype="text/csv", headers=headers)


def _rows(house: Organisation, wanted: Wanted) -> Iterator[bytes]:
    heads = (_("When (UTC)"), _("Who did it"), _("What happened"), _("Concerns"), _("Details"), _("Code"))
    yield b"\xef\xbb\xbf" + _written(heads)
    for line in trail_reading.every(house, wanted):
        moment = line.at.isoformat(timespec="seconds")
        yield _written((moment, line.who, line.act, line.about, line.details, line.code))


def _written(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([neutralised(cell) for cell in cells])
    return text.getvalue().encode()


def _wanted() -> Wanted:
    given = request.args
    before = given.get("before", type=int)
    return Wanted(given.get("who", ""), given.get("area", ""), _day("since"), _day("until"), before)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


ADDRESSES: tuple[tuple[str, str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("GET", "/manage/trail", "trail", show),
    ("GET", "/manage/trail.csv", "trail_file", export),
)
