"""One guest's ticket, shown, printed and noted in a calendar. The address is the secret."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_public_event
from events.catalogue.models import Event
from events.core import clock
from events.core.assets import ASKING_FIRST
from events.core.i18n import language
from events.mail.links import absolute
from events.team.access import public
from events.tickets import qr as symbols
from events.tickets import wallet_routes, wallets
from events.tickets.finding import get, get_valid
from events.tickets.invitations import SIZES, print_invitation
from events.tickets.models import Ticket
from events.tickets.paper import TEMPLATES
from events.tickets.printing import evening_calendar, name_of_one, print_tickets
from events.tickets.web import note_opening, shown_as

blueprint = Blueprint("tickets", __name__)

KEPT: Final = "Ticket-Kept-Until"
"""Milliseconds since 1970 until which a telephone may keep this page for itself; 0: not at all, and no longer."""
AFTERWARDS: Final = timedelta(hours=12)


@blueprint.get("/t/<token>")
@public
def ticket(token: str) -> ResponseReturnValue:
    """The code as large as the screen; where the ticket does not open the door, words instead of the code."""
    found = get(token)
    note_opening(Ticket, found.id, found.opened_at)
    path = symbols.svg_path(found.code) if found.status == "valid" and not found.event.is_cancelled else None
    known = wallets.current()
    body = render_template(
        "events/tickets/ticket.html",
        ticket=found,
        event=found.event,
        path=path,
        side=symbols.SIDE,
        kept=_kept_until(found) > 0,
        apple=known.offers_apple(clock.now()),
        google=known.google is not None,
        welcome=request.args.get("said") == "welcome",
        language_urls={code: url_for(".ticket", token=token, lang=code) for code in found.event.languages},
    )
    answer = make_response(body)
    answer.headers[KEPT] = str(_kept_until(found))
    return answer


@blueprint.get("/t/sw.js")
@public
def worker() -> Response:
    """The service worker that keeps one ticket on the guest's telephone. It holds nothing of anybody's."""
    script = Path(str(current_app.static_folder)) / "js" / "ticket" / "worker.js"
    answer = Response(script.read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@blueprint.get("/t/<token>/ticket.pdf")
@public
def ticket_pdf(token: str) -> Response:
    """The ticket on paper, or as narrow as a telephone (`size=phone`)."""
    found, size = get_valid(token), request.args.get("size", "")
    size = size if size in TEMPLATES else "a5"
    return _file(print_tickets([found], language(), size), "application/pdf", name_of_one(found, size))


@blueprint.get("/t/<token>/qr.svg")
@public
def qr(token: str) -> Response:
    """The symbol alone."""
    return Response(symbols.svg(get_valid(token).code), mimetype="image/svg+xml")


@blueprint.get("/t/<token>/calendar.ics")
@public
def calendar(token: str) -> Response:
    """The evening for the guest's calendar, with the way back to the ticket."""
    found = get(token)
    return _calendar(found.event, absolute("tickets.ticket", token=token))


@blueprint.get("/e/<slug>/calendar.ics", endpoint="event_calendar")
@public
def event_calendar_file(slug: str) -> Response:
    """The evening for anybody's calendar."""
    return _for_anybody(_calendar(get_public_event(slug)))


@blueprint.get("/e/<slug>/invitation.pdf")
@public
def invitation(slug: str) -> Response:
    """An invitation to print and hand on, in the reader's language: A5, or A4 (`size=a4`)."""
    event, size = get_public_event(slug), request.args.get("size", "")
    lang = language() if language() in event.languages else event.language
    paper = print_invitation(event, lang, size if size in SIZES else "a5")
    return _for_anybody(_file(paper, "application/pdf", f"{event.slug}-{lang}.pdf"))


for address, endpoint, view in wallet_routes.ADDRESSES:
    blueprint.add_url_rule(f"/t/<token>/{address}", endpoint, view)


def _kept_until(found: Ticket) -> int:
    if found.status != "valid" or found.event.is_cancelled:
        return 0
    if clock.now() >= (until := found.event.ends_at + AFTERWARDS):
        return 0
    return int(until.timestamp() * 1000)


def _calendar(event: Event, url: str | None = None) -> Response:
    return _file(evening_calendar(event, language(), url), "text/calendar", f"{event.slug}.ics")


def _for_anybody(answer: Response) -> Response:
    """It holds no secret, but the reader's language, which a cookie tells."""
    answer.headers["Cache-Control"] = ASKING_FIRST
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = shown_as(name)
    return answer
