"""Pages of the room: the plan, its tables, moves and swaps. For those who run the evening."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page, trail
from events.core.db import end_reading, transaction
from events.core.refusal import NotFound, Refusal
from events.seating import forms, kitchens, moving, plan, proposals, sitting, tables, wishes
from events.seating.sitting import Move
from events.team.access import MANAGERS, actor

blueprint = Blueprint("seating", __name__)

for address, view, methods in kitchens.ADDRESSES:
    blueprint.add_url_rule(f"/manage/<slug>/{address}", view_func=view, methods=methods)


@blueprint.get("/manage/<slug>/seating", endpoint="plan")
def plan_page(slug: str) -> ResponseReturnValue:
    """The room, who sits where, and who has no place yet."""
    return _plan(get_managed_event(slug, MANAGERS))


@blueprint.post("/manage/<slug>/seating/moves")
def moves(slug: str) -> ResponseReturnValue:
    """A guest or a whole party to a table, or away from the tables."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        wanted = forms.move(request.form)
        with transaction():
            made = moving.move(event.id, wanted, whole_party="party" in request.form)
            trail.note(who, "seating.moved", f"event:{event.id}", event.organisation_id, guests=made)
    except Refusal as refusal:
        return _refused(slug, refusal)
    return _back(slug, wanted.table_id or wanted.seen)


@blueprint.post("/manage/<slug>/seating/swaps")
def swaps(slug: str) -> ResponseReturnValue:
    """Two guests, or two parties, exchange their places."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        first = forms.move(request.form)
        with transaction():
            second = _other(event.id)
            moving.swap(event.id, first, second, whole_parties="party" in request.form)
            trail.note(who, "seating.swapped", f"event:{event.id}", event.organisation_id)
    except Refusal as refusal:
        return _refused(slug, refusal)
    return _back(slug, first.seen or second.seen)


@blueprint.post("/manage/<slug>/seating/tables", endpoint="new_tables")
def add_tables(slug: str) -> ResponseReturnValue:
    """Further tables."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), forms.TablesForm()
    if not form.validate_on_submit():
        return _plan(event, adding=form), 422
    count, places = forms.whole(form.count.data), forms.whole(form.places.data)
    with transaction():
        added = tables.add_tables(event.id, count, places, str(form.shape.data))
        trail.note(who, "seating.tables_added", f"event:{event.id}", event.organisation_id, tables=count, places=places)
        first = added[0].id
    return _back(slug, first)


@blueprint.post("/manage/<slug>/seating/tables/<int:table_id>", endpoint="table")
def change_table(slug: str, table_id: int) -> ResponseReturnValue:
    """Number, name, host, size and place of one table."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), forms.TableForm()
    if not form.validate_on_submit():
        return _plan(event, table_id, changing=form), 422
    spot = (forms.whole(form.x.data), forms.whole(form.y.data))
    try:
        with transaction():
            table = tables.get_table(event.id, table_id)
            tables.change_table(table, form.wanted())
            tables.move_table(table, *spot, (table.x, table.y))
            trail.note(who, "seating.table_changed", f"table:{table_id}", event.organisation_id)
    except Refusal as refusal:
        return _refused(slug, refusal, table_id)
    return _back(slug, table_id)


@blueprint.post("/manage/<slug>/seating/tables/<int:table_id>/position")
def position(slug: str, table_id: int) -> ResponseReturnValue:
    """A table pushed elsewhere on the plan."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        x, y, *seen = (forms.whole(request.form.get(name)) for name in ("x", "y", "seen_x", "seen_y"))
        with transaction():
            tables.move_table(tables.get_table(event.id, table_id), x, y, (seen[0], seen[1]))
            trail.note(who, "seating.table_moved", f"table:{table_id}", event.organisation_id)
    except Refusal as refusal:
        return _refused(slug, refusal, table_id)
    return _back(slug, table_id)


@blueprint.post("/manage/<slug>/seating/tables/<int:table_id>/removal")
def remove_table(slug: str, table_id: int) -> ResponseReturnValue:
    """Out of the room with it."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        with transaction():
            tables.remove_table(tables.get_table(event.id, table_id))
            trail.note(who, "seating.table_removed", f"table:{table_id}", event.organisation_id)
    except Refusal as refusal:
        return _refused(slug, refusal, table_id)
    return _back(slug, None)


@blueprint.get("/manage/<slug>/seating/wishes", endpoint="wishes")
def wishes_page(slug: str) -> ResponseReturnValue:
    """Who wants to sit with whom, and who must not."""
    return _wishes(get_managed_event(slug, MANAGERS), forms.WishForm(formdata=None))


@blueprint.post("/manage/<slug>/seating/wishes")
def add_wish(slug: str) -> ResponseReturnValue:
    """One more wish."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), forms.WishForm()
    if not form.validate_on_submit():
        return _wishes(event, form), 422
    try:
        with transaction():
            wishes.add_wish(event.id, forms.whole(form.guest.data), forms.whole(form.other.data), str(form.kind.data))
            trail.note(who, "seating.wish_added", f"event:{event.id}", event.organisation_id)
    except Refusal as refusal:
        end_reading()
        (form.guest if refusal.field == "guest" else form.other).errors = [refusal.sentence]
        return _wishes(get_managed_event(slug, MANAGERS), form), refusal.status
    return redirect(url_for(".wishes", slug=slug), 303)


@blueprint.post("/manage/<slug>/seating/wishes/<int:wish_id>/removal")
def remove_wish(slug: str, wish_id: int) -> ResponseReturnValue:
    """One wish less."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    with transaction():
        wishes.remove_wish(event.id, wish_id)
        trail.note(who, "seating.wish_removed", f"event:{event.id}", event.organisation_id)
    return redirect(url_for(".wishes", slug=slug), 303)


@blueprint.get("/manage/<slug>/seating/proposal", endpoint="proposal")
def proposal_page(slug: str) -> ResponseReturnValue:
    """A plan for everybody who has no place; nothing is changed yet."""
    return _proposal(get_managed_event(slug, MANAGERS))


@blueprint.post("/manage/<slug>/seating/proposal")
def accept_proposal(slug: str) -> ResponseReturnValue:
    """The proposal as the organiser left it, all of it or nothing."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        pairs = zip(request.form.getlist("guests"), request.form.getlist("table"), strict=False)
        wanted = {guests: forms.find_id(number) for guests, number in pairs}
        with transaction():
            seated = proposals.accept(event.id, wanted)
            trail.note(who, "seating.proposal_accepted", f"event:{event.id}", event.organisation_id, guests=seated)
    except Refusal as refusal:
        end_reading()
        return _proposal(get_managed_event(slug, MANAGERS), refusal), refusal.status
    return redirect(url_for(".plan", slug=slug), 303)


def _other(event_id: int) -> Move:
    """The second guest of a swap: an id from the plan with the table seen there, or a ticket number typed by hand."""
    if request.form.get("other"):
        return Move(forms.whole(request.form["other"]), forms.find_id(request.form.get("other_seen")), None)
    guest_id = moving.get_guest(event_id, forms.whole(request.form.get("number")))
    return Move(guest_id, sitting.table_of(guest_id), None)


def _back(slug: str, table_id: int | None) -> ResponseReturnValue:
    return redirect(url_for(".plan", slug=slug, table=table_id, _anchor="table" if table_id else None), 303)


def _refused(slug: str, refusal: Refusal, table_id: int | None = None) -> ResponseReturnValue:
    """The plan as it stands now, with what was in the way. What is not there stays not there."""
    if isinstance(refusal, NotFound):
        raise refusal
    end_reading()
    return _plan(get_managed_event(slug, MANAGERS), table_id, refusal=refusal), refusal.status


def _as_typed(table: plan.Table) -> dict[str, Any]:
    """What the form of a table begins with. Not the table itself: its `places` are places, the field's is a number."""
    names = ("number", "name", "host", "shape", "x", "y")
    return {name: getattr(table, name) for name in names} | {"places": len(table.places)}


def _plan(
    event: Event,
    table_id: int | None = None,
    adding: forms.TablesForm | None = None,
    changing: forms.TableForm | None = None,
    refusal: Refusal | None = None,
) -> str:
    words, page = request.args.get("q", "")[:100], request.args.get("page", 1, type=int)
    room = plan.of_event(event.id, words, page)
    chosen = room.find_table(table_id or request.args.get("table", type=int))
    if chosen and changing is None:
        changing = forms.TableForm(formdata=None, data=_as_typed(chosen))
    return render_template(
        "events/seating/plan.html",
        event=event,
        room=room,
        chosen=chosen,
        picked=room.find_guest(request.args.get("guest", type=int)),
        adding=adding or forms.TablesForm(formdata=None),
        changing=changing,
        broken=wishes.broken(event.id),
        refusal=refusal,
        query=words,
    )


def _wishes(event: Event, form: forms.WishForm) -> str:
    return render_template("events/seating/wishes.html", event=event, lines=wishes.lines(event.id), form=form)


def _proposal(event: Event, refusal: Refusal | None = None) -> str:
    shown = proposals.for_event(event.id)
    return render_template("events/seating/proposal.html", event=event, shown=shown, refusal=refusal)
