"""The delivery board of an evening."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock, own_page
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import find_address, one_line
from events.messages import board, words
from events.messages.board import Narrowed
from events.team.access import MANAGERS, OFFICE, actor

blueprint = Blueprint("deliveries", __name__)


@blueprint.get("/manage/<slug>/letters")
def index(slug: str) -> ResponseReturnValue:
    """Every letter of the evening and what became of it."""
    return _board(get_managed_event(slug, OFFICE))


@blueprint.post("/manage/<slug>/letters/<int:letter_id>")
def resend(slug: str, letter_id: int) -> ResponseReturnValue:
    """Send one again; field `email` may correct an address from which it came back."""
    get_managed_event(slug, MANAGERS)
    who = actor()
    own_page.demand()
    try:
        email = find_address(request.form.get("email"))
        if email is None:
            raise Refusal("no_address", _("This e-mail address is not complete."), field="email")
        with transaction():
            board.resend(get_managed_event(slug, MANAGERS), letter_id, email, who)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        end_reading()
        return _board(get_managed_event(slug, OFFICE), refusal.sentence), refusal.status
    return redirect(url_for(".index", slug=slug, said="resent", **_filters()), 303)


def _filters() -> dict[str, Any]:
    return {name: request.args[name] for name in ("state", "kind", "q", "message", "page") if request.args.get(name)}


def _board(event: Event, mistake: str = "") -> str:
    state, kind = request.args.get("state", ""), request.args.get("kind", "")[:40]
    narrowed = Narrowed(
        state=state if state in words.STATES else "",
        kind=kind,
        query=one_line(request.args.get("q"), 100),
        message=request.args.get("message", type=int),
    )
    return render_template(
        "events/messages/board.html",
        event=event,
        page=board.find(event, narrowed, request.args.get("page", 1, type=int)),
        narrowed=narrowed,
        kinds=board.kinds(event),
        unnamed=board.count_unnamed(event),
        is_past=event.ends_at <= clock.now(),
        filters=_filters(),
        words=words,
        correctable=board.CORRECTABLE,
        mistake=mistake,
        said=_("The letter goes out again.") if request.args.get("said") == "resent" else "",
    )
