"""The thermometer for a projector: a page that fetches itself every few seconds.

A page that asks needs no thread of the server between two looks, survives any loss of the network, and works, more
slowly, without a script; a stream held open would do none of this.
"""

from collections.abc import Callable
from typing import Any

from flask import g, make_response, render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_public_event
from events.mail.links import absolute
from events.table_codes import coding
from events.team.access import public
from events.tickets import qr
from payments.pledges import appeals, totals


@public
def screen(slug: str, token: str) -> ResponseReturnValue:
    """What came in so far, for everybody in the room; `?ground=night` keeps it dark on any machine."""
    event = get_public_event(slug)
    appeal = appeals.get_by_token(event.id, token)
    wanted = request.args.get("lang")
    g.language = wanted if wanted in event.languages else event.language
    code = coding.of_room(event.id) if appeals.is_open(event) else None
    address = absolute("pledges.table_page", token=code.token) if code else None
    page = render_template(
        "payments/pledges/screen.html",
        event=event,
        appeal=appeal,
        shown=totals.shown(event, appeal),
        symbol=qr.path_of_address(address) if address else None,
        night=request.args.get("ground") == "night",
    )
    answer = make_response(page)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


ADDRESSES: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...] = (
    ("/e/<slug>/screen/<token>", screen, ("GET",)),
)
