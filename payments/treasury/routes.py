"""The pages of orders: for whoever keeps the money, and, without the money, for whoever runs the evening."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.office import evenings
from events.team.access import MANAGERS, MONEY, OFFICE, may
from payments.desk import words as states
from payments.exports import showing
from payments.treasury import listing, words
from payments.treasury.listing import Wanted

blueprint = Blueprint("treasury", __name__)


@blueprint.get("/treasury/evenings")
def events() -> ResponseReturnValue:
    """The evenings whose money the account keeps."""
    return render_template("payments/treasury/events.html", evenings=evenings.list_events(MONEY))


@blueprint.get("/treasury/<slug>")
def orders(slug: str) -> ResponseReturnValue:
    """The orders of one evening. Amounts, and the way to the desk, are for those who keep the money."""
    event = get_managed_event(slug, OFFICE)
    with_money = may(event.organisation_id, event.id, MONEY)
    typed = {name: request.args.get(name, "")[:200] for name in ("q", "state", "way")}
    wanted = Wanted(typed["q"], typed["state"], typed["way"], with_money)
    return render_template(
        "payments/treasury/orders.html",
        event=event,
        page=listing.find(event, wanted, request.args.get("page", 1, type=int)),
        totals=listing.totals(event, wanted) if with_money and not wanted.query.strip() else None,
        counts=listing.counts(event),
        wanted=wanted,
        filters={name: text for name, text in typed.items() if text},
        manages=may(event.organisation_id, event.id, MANAGERS),
        words=words,
        states=states.ORDER,
        written=showing.plain_amount,
    )
