"""The treasurer's pages of orders."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.office import evenings
from events.team.access import MONEY
from payments.exports import showing
from payments.exports.exporting import export_rows
from payments.exports.offer import EXPORTS
from payments.treasury import listing

blueprint = Blueprint("treasury", __name__)


@blueprint.get("/treasury/evenings")
def events() -> ResponseReturnValue:
    """The evenings whose money the account keeps."""
    return render_template("payments/treasury/events.html", evenings=evenings.list_events(MONEY))


@blueprint.get("/treasury/<slug>")
def orders(slug: str) -> ResponseReturnValue:
    """The orders of one evening, totals last."""
    event = get_managed_event(slug, MONEY)
    return render_template(
        "payments/treasury/orders.html",
        event=event,
        columns={column.key: (place, column) for place, column in enumerate(EXPORTS["orders"].columns)},
        words=showing.COLUMNS,
        part=listing.part_of(export_rows("orders", event=event), request.args.get("page", 1, type=int)),
        open_orders=listing.open_orders(event),
        never_paid=listing.count_never_paid(event),
        written=showing.written,
        states=showing.STATES,
    )
