"""Tickets and places: the price list, one ticket, the places they take."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.models import Event, TicketType
from events.core.db import transaction
from events.core.refusal import Refusal
from events.editor import saving, sheets
from events.editor.fields import Item, Raw, read, show
from events.editor.selling import offering
from events.editor.web import Sheet, attempt, managed, page, setting_of, typed_number, typed_version, with_options
from events.team.access import actor

blueprint = Blueprint("selling", __name__)

_USUAL = {"bundle_size": "1", "min_per_order": "1", "max_per_order": "8"}


@blueprint.get("/manage/<slug>/edit/tickets")
def index(slug: str) -> ResponseReturnValue:
    """The price list, and the places behind it."""
    return _list(managed(slug), Sheet({}))


@blueprint.route("/manage/<slug>/edit/tickets/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """One more ticket."""
    event, who = managed(slug), actor()
    if request.method == "GET":
        single = [str(event.quotas[0].id)] if len(event.quotas) == 1 else []
        return _form(event, None, Sheet({**_USUAL, "quotas": single}))
    reading = read(_fields(event), request.form, setting_of(event))
    sheet = attempt(reading, lambda: offering.add_type(managed(slug), reading.values, who), lambda: ({}, 0))
    return _back(slug, "saved") if sheet is None else _form(managed(slug), None, sheet)


@blueprint.route("/manage/<slug>/edit/tickets/<public_id>", methods=["GET", "POST"])
def ticket(slug: str, public_id: str) -> ResponseReturnValue:
    """One ticket. What was ordered keeps its price."""
    event, who = managed(slug), actor()
    fields = _fields(event)

    def now() -> tuple[Raw, int]:
        there = managed(slug)
        kind = offering.get_type(there, public_id)
        return show(fields, offering.values_of(kind), setting_of(there)), kind.version

    if request.method == "GET":
        return _form(event, offering.get_type(event, public_id), Sheet(*now()))
    offering.get_type(event, public_id)
    reading = read(fields, request.form, setting_of(event))

    def save() -> None:
        there = managed(slug)
        offering.save_type(there, offering.get_type(there, public_id), reading.values, typed_version(), who)

    sheet = attempt(reading, save, now)
    if sheet is None:
        return _back(slug, "saved")
    event = managed(slug)
    return _form(event, offering.get_type(event, public_id), sheet)


@blueprint.post("/manage/<slug>/edit/tickets/<public_id>/move")
def move(slug: str, public_id: str) -> ResponseReturnValue:
    """One place up or down in the price list."""
    who = actor()
    with transaction():
        event = managed(slug)
        offering.move_type(event, offering.get_type(event, public_id), request.form.get("way", ""), who)
    return redirect(url_for(".index", slug=slug), 303)


@blueprint.post("/manage/<slug>/edit/tickets/<public_id>/remove")
def remove(slug: str, public_id: str) -> ResponseReturnValue:
    """Off the price list, if nobody ordered it."""
    who = actor()
    try:
        with transaction():
            event = managed(slug)
            offering.remove_type(event, offering.get_type(event, public_id), who)
    except Refusal as refusal:
        return _refused(slug, refusal)
    return _back(slug, "removed")


@blueprint.post("/manage/<slug>/edit/places", defaults={"quota_id": 0})
@blueprint.post("/manage/<slug>/edit/places/<int:quota_id>")
def places(slug: str, quota_id: int) -> ResponseReturnValue:
    """More or fewer places, another name for them; without a number new ones."""
    event, who = managed(slug), actor()
    prefix = f"quota{quota_id}-"
    reading = read(sheets.QUOTA, request.form, setting_of(event), prefix)
    reading.mistakes = dict(reading.mistakes)

    def save() -> None:
        there = managed(slug)
        try:
            if quota_id:
                was = typed_number("was")
                offering.save_quota(there, offering.get_quota(there, quota_id), reading.values, was, who)
            else:
                offering.add_quota(there, reading.values, who)
        except saving.Mistaken as wrong:
            raise saving.Mistaken({prefix + name: sentence for name, sentence in wrong.mistakes.items()}) from wrong

    sheet = attempt(reading, save, lambda: ({}, 0))
    return _back(slug, "saved") if sheet is None else _list(managed(slug), sheet)


@blueprint.post("/manage/<slug>/edit/places/<int:quota_id>/remove")
def remove_places(slug: str, quota_id: int) -> ResponseReturnValue:
    """Away, if nobody took any of them."""
    who = actor()
    try:
        with transaction():
            event = managed(slug)
            offering.remove_quota(event, offering.get_quota(event, quota_id), who)
    except Refusal as refusal:
        return _refused(slug, refusal)
    return _back(slug, "removed")


def _fields(event: Event) -> tuple[Item, ...]:
    return sheets.items(_groups(event))


def _groups(event: Event) -> list[sheets.Group]:
    quotas = [(str(quota.id), f"{quota.name} ({quota.size})") for quota in event.quotas]
    return with_options(sheets.TICKET, "quotas", quotas)


def _form(event: Event, kind: TicketType | None, sheet: Sheet) -> ResponseReturnValue:
    return page("ticket.html", event, sheet, kind=kind, groups=_groups(event), ordered=saving.is_ordered(event.id))


def _list(event: Event, sheet: Sheet) -> ResponseReturnValue:
    return page("tickets.html", event, sheet, quota_fields=sheets.QUOTA)


def _back(slug: str, said: str) -> ResponseReturnValue:
    return redirect(url_for(".index", slug=slug, said=said), 303)


def _refused(slug: str, refusal: Refusal) -> ResponseReturnValue:
    """The list with the sentence above it; what is not there stays not found."""
    if refusal.status == 404:
        raise refusal
    return _list(managed(slug), Sheet({}, mistakes={"": refusal.sentence}, status=refusal.status))
