"""The organiser's pages: evenings, figures, guest list, papers of the evening."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.i18n import language
from events.core.refusal import NotFound, Refusal
from events.door import passing
from events.office import (
    batch_routes,
    course,
    editing,
    evenings,
    figures,
    forms,
    guest_list,
    list_routes,
    people_routes,
    tonight,
    trail_routes,
    writing,
)
from events.seating import kitchen
from events.table_codes import coding
from events.team.access import MANAGERS, OFFICE, actor, asks_again
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
    return render_template(
        "events/office/figures.html",
        event=event,
        figures=figures.of_event(event),
        days=days.days,
        sales=course.sales(event),
        sources=course.sources(event),
        arrivals=course.arrivals(event),
    )


@blueprint.route("/manage/<slug>/guests/<int:number>", methods=["GET", "POST"])
def guest(slug: str, number: int) -> ResponseReturnValue:
    """One guest, by ticket number."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    known = editing.get_guest(event, number)
    if request.method == "GET":
        return _guest(event, known, forms.GuestForm(formdata=None, data=vars(known.data)))
    form, version = forms.GuestForm(), request.form.get("version", "")
    if not form.validate_on_submit():
        return _guest(event, known, form), 422
    try:
        with transaction():
            editing.change(editing.get_guest(event, number, lock=True), form.data_given(), version)
            trail.note(who, "guests.edited", f"ticket:{known.ticket.id}", event.organisation_id)
    except Refusal as refusal:
        end_reading()
        known = editing.get_guest(get_managed_event(slug, MANAGERS), number)
        return _guest(event, known, forms.GuestForm(formdata=None, data=vars(known.data)), refusal), refusal.status
    return redirect(url_for(".guest_list", slug=slug, said="edited", count=1, q=f"{number:04}"), 303)


@blueprint.get("/manage/<slug>/guests.<kind>")
@asks_again
def export(slug: str, kind: str) -> ResponseReturnValue:
    """The whole list as a file; the trail notes who took it."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    if kind not in writing.TYPES:
        raise NotFound(_("This page does not exist, or it is not for you."))
    with transaction():
        trail.note(who, "guests.exported", f"event:{event.id}", event.organisation_id, kind=kind)
    rows = _rows(event)
    body = writing.write_xlsx(rows) if kind == "xlsx" else list(writing.write_csv(rows, language()))
    name = f"{slug}-guests.{kind}"
    headers = {"Content-Type": writing.TYPES[kind], "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers)


@blueprint.get("/manage/<slug>/tonight", endpoint="tonight")
def tonight_page(slug: str) -> ResponseReturnValue:
    """Everything that is printed for one evening."""
    event = get_managed_event(slug, MANAGERS)
    counts = tonight.settle(event, kitchen.catering_of(event))
    return render_template("events/office/tonight.html", event=event, counts=counts)


@blueprint.get("/manage/<slug>/tonight.pdf")
def print_tonight(slug: str) -> ResponseReturnValue:
    """All of it in one file."""
    return _paper(slug, "tonight", get_managed_event(slug, MANAGERS))


@blueprint.get("/manage/<slug>/settlement.pdf")
def print_settlement(slug: str) -> ResponseReturnValue:
    """Covers agreed, sold, given and served, for restaurant and organiser to sign."""
    return _paper(slug, "settlement", get_managed_event(slug, MANAGERS))


def _paper(slug: str, name: str, event: Event) -> ResponseReturnValue:
    who = actor()
    wanted = name == "tonight" and "table_cards" in request.args
    with transaction():
        if wanted:
            coding.give(event.id)
        trail.note(who, "guests.printed", f"event:{event.id}", event.organisation_id, paper=name)
    data = tonight.print_all(event, with_table_cards=wanted) if name == "tonight" else tonight.settlement_pdf(event)
    return data, {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{slug}-{name}.pdf"'}


def _rows(event: Event) -> Iterator[Sequence[str]]:
    yield writing.headings()
    for line in guest_list.every(event.id):
        yield writing.row(line, event.time_zone)


def _guest(event: Event, known: editing.Known, form: forms.GuestForm, refusal: Refusal | None = None) -> str:
    passages, told = passing.of_ticket(known.ticket.id), {"form": form, "refusal": refusal}
    return render_template("events/office/guest.html", event=event, known=known, passages=passages, **told)


def _day(moment: datetime, event: Event) -> date:
    return moment.astimezone(ZoneInfo(event.time_zone)).date()


for method, address, view in people_routes.ADDRESSES:
    blueprint.add_url_rule(address, view_func=view, methods=[method])

for method, address, name, view in (*trail_routes.ADDRESSES, *list_routes.ADDRESSES, *batch_routes.ADDRESSES):
    blueprint.add_url_rule(address, name, view, methods=[method])
