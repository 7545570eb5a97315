"""The door's sales, for phones that may sell; and the pages of its drawer, for whoever opens, counts and signs."""

from collections.abc import Callable, Collection

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import tokens
from events.core.db import db, end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.door import devices
from events.door.devices import Badge
from events.team.access import MONEY, OFFICE, actor, current_account, may, public
from payments.box_office import banking, closing, drawers, forms, paying, record, selling, showing, telling
from payments.box_office.drawers import COUNTERS

blueprint = Blueprint("box_office", __name__)

_LARGEST_BODY = 16 * 1024  # bytes


# ---- what phones say ----


@blueprint.get("/door/api/sales")
@public
def api_offer() -> ResponseReturnValue:
    """What may be sold here, at which price, and how it may be paid."""
    badge = _seller()
    return jsonify(telling.offer(db.session.get_one(Event, badge.event_id), badge))


@blueprint.post("/door/api/sales")
@public
def api_sell() -> ResponseReturnValue:
    """Sell. The same `sale_id` is one sale for ever, however often it is sent."""
    _seller()
    request.max_content_length = _LARGEST_BODY
    asked = forms.sale(request.get_json(force=True, silent=True))
    with transaction():
        badge = _seller()
        sale = selling.sell(badge, asked)
        way, order_id = sale.way, sale.order_id or 0
    if way == "card":
        paying.open_page(order_id)
    return _told(badge, asked.sale_id), 201


@blueprint.get("/door/api/sales/<sale_id>")
@public
def api_sale(sale_id: str) -> ResponseReturnValue:
    """How it stands: a phone asks every few seconds while a guest pays by card."""
    badge, wanted = _seller(), forms.sale_id(sale_id)
    sale = selling.get_sale(badge, wanted)
    if sale.way == "card":
        paying.look(sale.order_id or 0)
    return _told(badge, wanted)


@blueprint.post("/door/api/sales/<sale_id>/cancellation")
@public
def api_cancel(sale_id: str) -> ResponseReturnValue:
    """The guest does not pay by card after all; its seats are free again."""
    badge, wanted = _seller(), forms.sale_id(sale_id)
    paying.call_off(selling.get_sale(badge, wanted).order_id or 0, badge.actor)
    return _told(badge, wanted)


def _seller() -> Badge:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    badge = devices.get_badge(token.strip() if kind.lower() == "bearer" else "")
    selling.demand(badge)
    return badge


def _told(badge: Badge, sale_id: str) -> Response:
    return jsonify(telling.told(selling.get_sale(badge, sale_id)))


# ---- the drawer ----


@blueprint.get("/manage/<slug>/cash")
def cash(slug: str) -> ResponseReturnValue:
    """Change, expected cash, counts and close. While two people count, nobody is told what to find."""
    return _page(get_managed_event(slug, COUNTERS))


@blueprint.post("/manage/<slug>/cash/float")
def set_float(slug: str) -> ResponseReturnValue:
    """The change that was brought."""
    return _step(slug, OFFICE, lambda event, who: drawers.set_float(event, _typed_float(event), who))


@blueprint.post("/manage/<slug>/cash/count")
def begin_count(slug: str) -> ResponseReturnValue:
    """No more cash from now on."""
    return _step(slug, COUNTERS, drawers.begin_count)


@blueprint.post("/manage/<slug>/cash/selling")
def go_on(slug: str) -> ResponseReturnValue:
    """Cash is taken again."""
    return _step(slug, OFFICE, drawers.go_on)


@blueprint.post("/manage/<slug>/cash/again")
def count_again(slug: str) -> ResponseReturnValue:
    """The counts do not agree: both count anew."""
    shown = request.form.get("round", 0, type=int)
    return _step(slug, COUNTERS, lambda event, who: drawers.count_again(event, shown, who))


@blueprint.post("/manage/<slug>/cash/counts")
def count(slug: str) -> ResponseReturnValue:
    """What the signed-in person found."""
    account_id = current_account().id

    def write(event: Event, _who: str) -> None:
        drawers.count(event, account_id, forms.pieces(request.form, event.currency))

    return _step(slug, COUNTERS, write)


@blueprint.post("/manage/<slug>/cash/signatures")
def sign(slug: str) -> ResponseReturnValue:
    """Stand for it; the second signature closes the drawer, and its record is made."""
    account_id, shown = current_account().id, request.form.get("statement", "")
    explanation = request.form.get("explanation", "")

    def write(event: Event, _who: str) -> None:
        closing.sign(event, account_id, shown, explanation)

    answer = _step(slug, COUNTERS, write)
    _issue(get_managed_event(slug, COUNTERS))
    return answer


@blueprint.get("/manage/<slug>/cash/record.pdf")
def paper(slug: str) -> ResponseReturnValue:
    """The record as it was issued."""
    event = get_managed_event(slug, COUNTERS)
    _issue(event)
    found = record.find_paper(event.id)
    if found is None:
        raise NotFound(_("This drawer is not closed yet."))
    headers = {"Content-Disposition": f'inline; filename="cash-{slug}.pdf"'}
    return Response(found.pdf, mimetype="application/pdf", headers=headers)


@blueprint.post("/manage/<slug>/cash/deposits")
def bring_to_bank(slug: str) -> ResponseReturnValue:
    """Counted cash was brought to the bank."""
    typed = request.form
    return _step(slug, MONEY, lambda event, who: banking.bring(event, forms.deposit(typed, event.currency), who))


@blueprint.post("/manage/<slug>/cash/deposits/<int:deposit_id>/reversal")
def take_back_deposit(slug: str, deposit_id: int) -> ResponseReturnValue:
    """That was entered by mistake."""
    return _step(slug, MONEY, lambda event, who: banking.take_back(event, deposit_id, who))


def _typed_float(event: Event) -> int:
    return forms.amount(request.form.get("float", ""), event.currency)


def _issue(event: Event) -> None:
    """Print the record of a closed drawer, outside the transaction that closed it: if we die in between, now."""
    drawer = drawers.find_drawer(event.id)
    if drawer is None or drawer.status != "closed" or record.find_paper(event.id) is not None:
        return
    printed = record.print_record(event, drawer)
    with transaction():
        record.keep(drawer, printed)


def _step(slug: str, roles: Collection[str], story: Callable[[Event, str], object]) -> ResponseReturnValue:
    """One step of the drawer's in a transaction, then its page; a refusal is said on the page, with what was typed."""
    who = actor()
    try:
        with transaction():
            story(get_managed_event(slug, roles), who)
    except NotFound:
        raise
    except Refusal as refusal:
        end_reading()
        return _page(get_managed_event(slug, COUNTERS), refusal), refusal.status
    return redirect(url_for(".cash", slug=slug), 303)


def _page(event: Event, refusal: Refusal | None = None) -> str:
    opens, banks = (may(event.organisation_id, event.id, roles) for roles in (OFFICE, MONEY))
    return render_template(
        "payments/box_office/cash.html",
        event=event,
        page=showing.page(event, current_account().id, opens=opens, banks=banks),
        in_words=record.in_words,
        refusal=refusal,
        typed=request.form,
        key=tokens.new_token(),
    )
