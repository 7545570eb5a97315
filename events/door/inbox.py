"""The organiser's pages of the door beside the first: conflicts, arrivals, paper. routes.py gives them addresses."""

from collections.abc import Callable
from typing import Final

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.core import trail
from events.core.db import transaction
from events.core.i18n import gettext
from events.core.refusal import NotFound
from events.door import board, conflicts, forms, lists
from events.team.access import DOOR, MANAGERS, actor, current_account


def conflict_inbox(slug: str) -> ResponseReturnValue:
    """Every conflict of the evening, open ones first."""
    event, form = get_managed_event(slug, MANAGERS), forms.FindingForm(formdata=None)
    cases, findings = conflicts.of_event(event.id), forms.FINDING_WORDS
    return render_template("events/door/conflicts.html", event=event, cases=cases, form=form, findings=findings)


def resolve_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    """A person has looked at it."""
    event, account, who, form = get_managed_event(slug, MANAGERS), current_account().id, actor(), forms.FindingForm()
    if not form.validate_on_submit():
        raise NotFound(gettext("This page has run out. Load it again."))
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
    """Who has come, table by table; the page asks for itself again every ten seconds."""
    event = get_managed_event(slug, DOOR)
    return render_template("events/door/board.html", event=event, board=board.of_event(event.id))


ADDRESSES: Final[tuple[tuple[str, Callable[..., ResponseReturnValue], str], ...]] = (
    ("conflicts", conflict_inbox, "GET"),
    ("conflicts/<int:conflict_id>/resolution", resolve_conflict, "POST"),
    ("board", live_board, "GET"),
    ("by-<order>.pdf", paper_list, "GET"),
)
"""Below the door's own page of an evening: address, view, method."""
