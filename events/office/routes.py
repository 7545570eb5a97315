"""The organiser's pages: evenings, figures, guest list, papers of the evening."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.i18n import language, ngettext
from events.core.refusal import NotFound, Refusal
from events.core.typed import one_line
from events.guests.words import DIET_NAMES
from events.office import (
    course,
    editing,
    evenings,
    figures,
    forms,
    guest_list,
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


@blueprint.get("/manage/<slug>/guests", endpoint="guest_list")
def guest_list_page(slug: str) -> ResponseReturnValue:
    """The guest list: for those who run the evening, for it holds what guests confide to the kitchen."""
    return _guests(get_managed_event(slug, MANAGERS))


@blueprint.post("/manage/<slug>/guests")
def change_many(slug: str) -> ResponseReturnValue:
    """One action for all guests that are ticked, in one transaction."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    _demand_own_page()
    try:
        numbers, act = forms.numbers(request.form.getlist("ticket")), request.form.get("act", "")
        with transaction():
            done = _act(event, act, editing.find_guests(event, numbers, lock=True))
            trail.note(who, f"guests.{act}", f"event:{event.id}", event.organisation_id, guests=len(numbers))
    except Refusal as refusal:
        end_reading()
        return _guests(get_managed_event(slug, MANAGERS), refusal.sentence), refusal.status
    return redirect(url_for(".guest_list", slug=slug, said=act, count=done, **_filters()), 303)


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


def _act(event: Event, act: str, known: Sequence[editing.Known]) -> int:
    if act == "mark":
        return editing.mark(known, one_line(request.form.get("mark"))[: forms.MARK])
    if act == "table":
        return editing.seat(event, known, forms.table_number(request.form.get("to_table")))
    if act == "send":
        return editing.send_tickets(known)
    raise Refusal("nothing_to_do", _("Choose what is to be done."))


def _filters() -> dict[str, Any]:
    return {
        name: request.args[name]
        for name in ("q", "show", "diet", "table", "kind", "mark", "page")
        if name in request.args
    }


def _guests(event: Event, mistake: str = "") -> str:
    query, shown = request.args.get("q", "")[:200], request.args.get("show", "all")
    narrowed = forms.narrowed(request.args)
    page = guest_list.find(event.id, query, shown, request.args.get("page", 1, type=int), narrowed)
    return render_template(
        "events/office/guests.html",
        event=event,
        page=page,
        query=query,
        shown=shown,
        narrowed=narrowed,
        kinds=guest_list.kinds(event.id),
        diets=DIET_NAMES,
        filters=_filters(),
        mistake=mistake,
        said=_said(request.args.get("said", ""), request.args.get("count", 0, type=int)),
    )


def _said(act: str, count: int) -> str:
    sentences = {
        "edited": _("The guest is saved."),
        "mark": ngettext("%(num)s guest is marked.", "%(num)s guests are marked.", count),
        "table": ngettext("%(num)s guest is seated.", "%(num)s guests are seated.", count),
        "send": ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count),
        "imported": ngettext("%(num)s row was taken over.", "%(num)s rows were taken over.", count),
    }
    return sentences.get(act, "")


def _guest(event: Event, known: editing.Known, form: forms.GuestForm, refusal: Refusal | None = None) -> str:
    return render_template("events/office/guest.html", event=event, known=known, form=form, refusal=refusal)


def _demand_own_page() -> None:
    if not forms.Confirmation().validate_on_submit():
        raise NotFound(_("This page has run out. Load it again."))


def _day(moment: datetime, event: Event) -> date:
    return moment.astimezone(ZoneInfo(event.time_zone)).date()


for method, address, view in people_routes.ADDRESSES:
    blueprint.add_url_rule(address, view_func=view, methods=[method])

for method, address, name, view in trail_routes.ADDRESSES:
    blueprint.add_url_rule(address, name, view, methods=[method])
