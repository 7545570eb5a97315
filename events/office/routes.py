"""The organiser's pages: evenings, figures, guest list."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock
from events.office import evenings, figures, guest_list
from events.team.access import MANAGERS, OFFICE
from events.team.models import ROLES

blueprint = Blueprint("office", __name__)


@blueprint.get("/manage/", endpoint="events")
def events_page() -> ResponseReturnValue:
    """Every evening that the account has to do with."""
    return render_template("events/office/events.html", evenings=evenings.list_events(ROLES))


@blueprint.get("/manage/<slug>", endpoint="figures")
def figures_page(slug: str) -> ResponseReturnValue:
    """One evening in figures."""
    event = get_managed_event(slug, OFFICE)
    days = _day(event.starts_at, event) - _day(clock.now(), event)
    return render_template("events/office/figures.html", event=event, figures=figures.of_event(event), days=days.days)


@blueprint.get("/manage/<slug>/guests", endpoint="guest_list")
def guest_list_page(slug: str) -> ResponseReturnValue:
    """The guest list: for those who run the evening, for it holds what guests confide to the kitchen."""
    event = get_managed_event(slug, MANAGERS)
    query, shown = request.args.get("q", "")[:200], request.args.get("show", "all")
    page = guest_list.find(event.id, query, shown, request.args.get("page", 1, type=int))
    return render_template("events/office/guests.html", event=event, page=page, query=query, shown=shown)


def _day(moment: datetime, event: Event) -> date:
    return moment.astimezone(ZoneInfo(event.time_zone)).date()
