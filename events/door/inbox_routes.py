"""The organiser's pages of the door beside the first: conflicts, arrivals, paper. routes.py gives them addresses."""

from collections.abc import Callable
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page, tokens, trail
from events.core.db import transaction
from events.core.i18n import gettext
from events.core.refusal import NotFound
from events.door import board, check_lists, conflicts, forms, lists, ticks
from events.door.models import ENTRANCE
from events.team.access import DOOR, MANAGERS, actor, current_account


def conflict_inbox(slug: str) -> ResponseReturnValue:
    """Every conflict of the evening, open ones first."""
    event, form = get_managed_event(slug, MANAGERS), forms.FindingForm(formdata=None)
    cases, findings = conflicts.of_event(event.id), forms.FINDING_WORDS
    return render_template("events/door/conflicts.html", event=event, cases=cases, form=form, findings=findings)


def resolve_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    """A person has looked at it."""
    event, account, who, form = get_managed_event(slug, MANAGERS), current_account().id, actor(), forms.FindingForm()
    own_page.demand(form)
    with transaction():
        if conflicts.resolve(event.id, conflict_id, account, str(form.finding.data)):
            trail.note(who, "door.conflict_resolved", f"conflict:{conflict_id}", event.organisation_id)
    return redirect(url_for("door.conflict_inbox", slug=slug), 303)


def paper_list(slug: str, order: str) -> ResponseReturnValue:
    """Everybody who may come in, to be ticked by hand; the trail notes that it was printed."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    if order not in lists.ORDERS:
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    with transaction():
        trail.note(who, "door.list_printed", f"event:{event.id}", event.organisation_id, order=order)
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{slug}-{order}.pdf"'}
    return lists.print_list(event, order), headers


def live_board(slug: str) -> ResponseReturnValue:
    """Who has come, table by table, on one check list; the page asks for itself again every ten seconds."""
    event = get_managed_event(slug, DOOR)
    line = check_lists.get_list(event.id, request.args.get("list", ENTRANCE))
    shown, every = board.of_event(event.id, line.key), check_lists.of_event(event.id)
    cases = conflicts.count_open(event.id)
    return render_template("events/door/board.html", event=event, board=shown, line=line, every=every, cases=cases)


def ticks_page(slug: str) -> ResponseReturnValue:
    """The paper list as a form: who was ticked, and when."""
    event = get_managed_event(slug, MANAGERS)
    form = forms.TicksForm(formdata=None, key=tokens.new_token())
    return _ticks(event, form)


def enter_ticks(slug: str) -> ResponseReturnValue:
    """Let in whoever was ticked on paper."""
    event, account, who, form = get_managed_event(slug, MANAGERS), current_account().id, actor(), forms.TicksForm()
    ticked = form.read(request.form) if form.validate_on_submit() else {}
    if not ticked:
        return _ticks(event, form), 422
    line = check_lists.get_list(event.id, request.args.get("list", ENTRANCE))
    moments = {one: ticks.moment_of(event, hour) for one, hour in ticked.items()}
    with transaction():
        count = ticks.enter(ticks.paper_badge(event, line, account), str(form.key.data), moments)
        trail.note(who, "door.ticks_entered", f"event:{event.id}", event.organisation_id, guests=count)
    return redirect(url_for("door.ticks_page", slug=slug, list=line.key, entered=count), 303)


def _ticks(event: Event, form: forms.TicksForm) -> str:
    line = check_lists.get_list(event.id, request.args.get("list", ENTRANCE))
    return render_template(
        "events/door/ticks.html",
        event=event,
        line=line,
        every=check_lists.of_event(event.id),
        guests=ticks.of_list(event.id, line.key),
        form=form,
        typed=request.form,
        entered=request.args.get("entered", type=int),
    )


ADDRESSES: Final[tuple[tuple[str, Callable[..., ResponseReturnValue], str], ...]] = (
    ("/conflicts", conflict_inbox, "GET"),
    ("/conflicts/<int:conflict_id>/resolution", resolve_conflict, "POST"),
    ("/board", live_board, "GET"),
    ("/ticks", ticks_page, "GET"),
    ("/ticks", enter_ticks, "POST"),
    ("/by-<order>.pdf", paper_list, "GET"),
)
"""Below the door's own page of an evening: address, view, method."""
