"""Actions for many guests: the last of them, how far one is and whom it left out, and its undo."""

from collections.abc import Callable

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page
from events.core.db import end_reading, transaction
from events.core.paging import PER_PAGE
from events.core.refusal import NotFound, Refusal
from events.door.actors import names_of
from events.office import batch_showing, batches
from events.team.access import MANAGERS, actor


def actions(slug: str) -> ResponseReturnValue:
    """What was done with many at one time, the newest first."""
    event = get_managed_event(slug, MANAGERS)
    return render_template("events/office/batches.html", event=event, actions=batch_showing.newest(event))


def action(slug: str, batch_id: int) -> ResponseReturnValue:
    """One of them; looks again by itself while it goes on."""
    return _page(get_managed_event(slug, MANAGERS), batch_id)


def undo(slug: str, batch_id: int) -> ResponseReturnValue:
    """Put back those whom nobody has changed since. Pressed twice it is nothing."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        with transaction():
            batches.undo(event, batch_id, who)
    except NotFound:
        raise
    except Refusal as refusal:
        end_reading()
        return _page(get_managed_event(slug, MANAGERS), batch_id, refusal.sentence), refusal.status
    return redirect(url_for("office.guest_action", slug=slug, batch_id=batch_id), 303)


def _page(event: Event, batch_id: int, mistake: str = "") -> str:
    batch = batches.get_batch(event, batch_id)
    left, number, count = batch_showing.left(batch, request.args.get("page", 1, type=int))
    return render_template(
        "events/office/batch.html",
        event=event,
        shown=batch_showing.show(event, batch),
        names=names_of({batch.started_by, batch.undone_by or ""}),
        left=left,
        page=number,
        left_count=count,
        per_page=PER_PAGE,
        mistake=mistake,
    )


ADDRESSES: tuple[tuple[str, str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("GET", "/manage/<slug>/guests/actions", "guest_actions", actions),
    ("GET", "/manage/<slug>/guests/actions/<int:batch_id>", "guest_action", action),
    ("POST", "/manage/<slug>/guests/actions/<int:batch_id>/undo", "guest_undo", undo),
)
