"""One guest's ticket, shown, printed and noted in a calendar. The address is the secret."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue.finding import get_public_event
from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language
from events.core.refusal import NotFound, Refusal
from events.mail.links import absolute
from events.team.access import public
from events.tickets import qr as symbols
from events.tickets.models import Ticket
from events.tickets.printing import evening_calendar, print_tickets

blueprint = Blueprint("tickets", __name__)


@blueprint.get("/t/<token>")
@public
def ticket(token: str) -> ResponseReturnValue:
    """The code as large as the screen; where the ticket does not open the door, words instead of the code."""
    found = _get(token)
    path = symbols.svg_path(found.code) if found.status == "valid" else None
    return render_template(
        "events/tickets/ticket.html",
        ticket=found,
        event=found.event,
        path=path,
        side=symbols.SIDE,
        welcome=request.args.get("said") == "welcome",
        language_urls={code: url_for(".ticket", token=token, lang=code) for code in found.event.languages},
    )


@blueprint.get("/t/<token>/ticket.pdf")
@public
def ticket_pdf(token: str) -> Response:
    """The ticket on paper."""
    found = _get_valid(token)
    return _file(print_tickets([found], language()), "application/pdf", f"ticket-{found.short_number}.pdf")


@blueprint.get("/t/<token>/qr.svg")
@public
def qr(token: str) -> Response:
    """The symbol alone."""
    return Response(symbols.svg(_get_valid(token).code), mimetype="image/svg+xml")


@blueprint.get("/t/<token>/calendar.ics")
@public
def calendar(token: str) -> Response:
    """The evening for the guest's calendar, with the way back to the ticket."""
    found = _get(token)
    return _calendar(found.event, absolute("tickets.ticket", token=token))


@blueprint.get("/e/<slug>/calendar.ics", endpoint="event_calendar")
@public
def event_calendar_file(slug: str) -> Response:
    """The evening for anybody's calendar."""
    return _calendar(get_public_event(slug))


def _get(token: str) -> Ticket:
    found = db.session.scalar(select(Ticket).where(Ticket.token == token))
    if found is None:
        raise NotFound(_("This ticket does not exist. Please check the address in your letter."))
    return found


def _get_valid(token: str) -> Ticket:
    found = _get(token)
    if found.status != "valid":
        raise Refusal("ticket_not_valid", _("This ticket is not valid, so it cannot be printed."), status=410)
    return found


def _calendar(event: Event, url: str | None = None) -> Response:
    return _file(evening_calendar(event, language(), url), "text/calendar", f"{event.slug}.ics")


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = Response(body, mimetype=mimetype)
    answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return answer
