"""The buyer's own page: a secret link that reads, names guests and sends the letter again. It moves no money."""

from datetime import timedelta
from typing import Any, Final

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.core import clock, i18n
from events.core.db import db, transaction
from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.refusal import NotFound, Refusal
from events.core.typed import one_line
from events.guests import asking, hosting
from events.guests.hosting import Needs, Typed
from events.guests.models import Guest, Party
from events.guests.words import ALLERGEN_NAMES, DIET_NAMES
from events.mail import outbox
from events.mail.links import absolute
from events.mail.models import Letter
from events.team.access import public
from events.tickets.models import Ticket
from events.tickets.printing import name_of_all, print_tickets
from events.tickets.web import note_opening, shown_as
from payments.orders import lining, placing
from payments.orders.billing import bill, standing
from payments.orders.models import Order

blueprint = Blueprint("orders", __name__)

UNCONFIRMED_PAUSE: Final = timedelta(minutes=5)
"""Between two letters to an address of which nobody has said yet that it is theirs."""
PUBLIC_STATUS = {"refund_due": "needs_review"}
"""What programs are told where our own word is none of the contract's."""


@blueprint.get("/o/<token>")
@public
def order(token: str) -> ResponseReturnValue:
    """The order in words, in the language it was placed in unless another is asked for."""
    found = _speak(placing.get_by_token(token))
    note_opening(Party, found.party_id, found.party.opened_at)
    if (line := lining.shown(found)) is not None:
        return _in_line(found, line)
    if "on" in request.args and found.status == "held":
        return redirect(url_for("checkout.pay", token=token))
    tickets = _tickets(found)
    guests = db.session.scalars(select(Guest).where(Guest.party_id == found.party_id)).all()
    context: dict[str, Any] = {
        "order": found,
        "event": found.event,
        "tickets": tickets,
        "guests": {guest.ticket_id: guest for guest in guests},
        "bill": standing(found),
        "receipts": found.receipts,
        "refunds": _refunds(found),
        "diets": DIET_NAMES,
        "allergens": ALLERGEN_NAMES,
        "links": hosting.links(found.party_id),
        "asked": asking.of_party(found.event_id, found.party_id),
        "waiting": asking.waiting(found.party_id),
        "remindable": hosting.can_remind(found.party_id),
        "status": found.status,
        "past": found.event.ends_at < clock.now(),
        "form": Form(),
        "said": request.args.get("said"),
        "language_urls": {code: url_for(".order", token=token, lang=code) for code in found.event.languages},
    }
    return render_template("payments/orders/order.html", **context)


@blueprint.get("/o/<token>.json")
@public
def order_json(token: str) -> ResponseReturnValue:
    """The same for programs; amounts in minor units."""
    found = _speak(placing.get_by_token(token))
    lines = [
        {"kind": line.kind, "name": local(line.name), "amount": line.amount, "benefit": line.benefit, "gift": line.gift}
        for line in found.lines
    ]
    tickets = [
        {"number": ticket.short_number, "status": ticket.status, "url": absolute("tickets.ticket", token=ticket.token)}
        for ticket in _tickets(found)
    ]  # fmt: skip
    receipts = [
        {"number": receipt.number, "state": receipt.state, "url": _receipt_address(found, receipt)}
        for receipt in found.receipts
    ]
    return jsonify(
        code=found.code,
        status=PUBLIC_STATUS.get(found.status, found.status),
        currency=found.currency,
        total=found.total,
        lines=lines,
        tickets=tickets,
        receipts=receipts,
        refunds=[{"amount": refund.amount, "status": refund.status} for refund in _refunds(found)],
        **lining.told(found),
    )


@blueprint.get("/o/<token>/tickets.pdf")
@public
def tickets_pdf(token: str) -> ResponseReturnValue:
    """All valid tickets of the order on paper, a page each."""
    found = _speak(placing.get_by_token(token))
    valid = [ticket for ticket in _tickets(found) if ticket.status == "valid"]
    if not valid:
        raise NotFound(_("There is no valid ticket on this order."))
    paper = print_tickets(valid, i18n.language(), payer=found.party.name)
    headers = {"Content-Disposition": shown_as(name_of_all(found.code))}
    return Response(paper, mimetype="application/pdf", headers=headers)


@blueprint.post("/o/<token>/guests")
@public
def guests(token: str) -> ResponseReturnValue:
    """Write down who comes: fields `name-<ticket number>`, `diet-`, `allergies-` and `note-`; with `was-` before each,
    what the form had shown, so that a guest who answered meanwhile is not written over."""
    kept = True
    with transaction():
        found = placing.get_by_token(token)
        known = {
            guest.ticket_id: guest for guest in db.session.scalars(select(Guest).filter_by(party_id=found.party_id))
        }
        for ticket in _tickets(found):
            name = _typed("name", ticket, 120)
            if name is not None and ticket.id in known:
                kept &= hosting.change(ticket, known[ticket.id], name, _needs(ticket))
    return redirect(url_for(".order", token=token, said="guests" if kept else "guests_first", _anchor="guests"), 303)


def _typed(field: str, ticket: Ticket, longest: int) -> Typed | None:
    now = request.form.get(f"{field}-{ticket.short_number}")
    was = request.form.get(f"was-{field}-{ticket.short_number}")
    return None if now is None else Typed(one_line(now, longest), None if was is None else one_line(was, longest))


def _needs(ticket: Ticket) -> Needs:
    boxes = f"allergies-{ticket.short_number}"
    was = request.form.get(f"was-{boxes}")  # no box is sent where none is ticked: this says that there were some
    ticked = None if was is None else Typed(",".join(request.form.getlist(boxes)), was)
    return Needs(_typed("note", ticket, 300), _typed("diet", ticket, 20), ticked)


@blueprint.post("/o/<token>/reminders")
@public
def reminders(token: str) -> ResponseReturnValue:
    """Write once more to guests whose address is known and who have not answered."""
    with transaction():
        count = hosting.remind(placing.get_by_token(token).party_id)
    return redirect(url_for(".order", token=token, said="reminded" if count else "nobody", _anchor="invite"), 303)


@blueprint.post("/o/<token>/title")
@public
def name_party(token: str) -> ResponseReturnValue:
    """What the host's guests read on their invitation: field `title`; `table` says which, where there are several."""
    table = request.form.get("table", "")
    with transaction():
        party = placing.get_by_token(token).party
        hosting.name_table(party, one_line(request.form.get("title"), 80), int(table) if table.isdecimal() else None)
    return redirect(url_for(".order", token=token, said="title", _anchor="invite"), 303)


@blueprint.post("/o/<token>/letters")
@public
def letters(token: str) -> ResponseReturnValue:
    """Send the tickets once more, or the link that confirms a free order; to the order's address and to no other."""
    with transaction():
        found = placing.get_by_token(token)
        unconfirmed = found.way == "free" and found.status == "held"
        key = f"confirm-order:{found.id}" if unconfirmed else f"order-paid:{found.id}"
        letter = db.session.scalars(select(Letter).filter_by(key=key)).one_or_none()
        if letter is None:
            raise Refusal("nothing_to_send", _("There is nothing to send yet."), status=409)
        just_sent = unconfirmed and letter.sent_at is not None and clock.now() - letter.sent_at < UNCONFIRMED_PAUSE
        sent = not just_sent and outbox.resend(letter.id)
    return redirect(url_for(".order", token=token, said="sent" if sent else "under_way"), 303)


def _speak(found: Order) -> Order:
    wanted = request.args.get("lang")
    g.language = wanted if wanted in i18n.LANGUAGES else found.party.language
    return found


def _in_line(found: Order, line: lining.Shown) -> str:
    """Many buy at this minute: the page of one who waits for the pay page, with little on it, as many look at it."""
    context = {
        "order": found,
        "event": found.event,
        "line": line,
        "bill": bill(found),
        "language_urls": {code: url_for(".order", token=found.token, lang=code) for code in found.event.languages},
    }
    return render_template("payments/orders/in_line.html", **context)


def _tickets(found: Order) -> list[Ticket]:
    return list(db.session.scalars(select(Ticket).where(Ticket.party_id == found.party_id).order_by(Ticket.number)))


def _refunds(found: Order) -> list[Any]:
    """Money on its way back, or back. One that was never made, or has been repeated, is no news for the buyer."""
    repeated = {refund.again_of for refund in found.refunds}
    return [
        refund
        for refund in found.refunds
        if refund.id not in repeated and (refund.accepted_at or refund.status not in ("failed", "canceled"))
    ]


def _receipt_address(found: Order, receipt: Any) -> str | None:  # noqa: ANN401 - of a room above
    """Where its PDF is; nowhere while it may not be used."""
    if receipt.state != "issued":
        return None
    return absolute("receipts.own_paper", token=found.token, number=receipt.number)
