"""The page of one order for whoever keeps the money: read it, give back, try again, call off."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import tokens
from events.core.db import end_reading, transaction
from events.core.form import Form
from events.core.refusal import NotFound, Refusal
from events.team import access
from events.team.access import MONEY, asks_again
from payments.checkout import accepting, cancelling
from payments.desk import all_back_routes, forms, showing, words
from payments.offline import late, taking_back
from payments.orders.models import OrderLine
from payments.orders.returning import Part
from payments.refunds import requesting

blueprint = Blueprint("desk", __name__)


@blueprint.get("/treasury/<slug>/orders/<code>")
def order(slug: str, code: str) -> ResponseReturnValue:
    """The order, its lines, payments, refunds, and every step."""
    return _page(get_managed_event(slug, MONEY), code)


@blueprint.post("/treasury/<slug>/orders/<code>/refunds")
@asks_again
def refund(slug: str, code: str) -> ResponseReturnValue:
    """Give back lines or an amount. Field `step`: `look` shows first what goes back, `change` the form again."""
    actor, step = access.actor(), request.form.get("step")
    if step == "change":
        return _page(get_managed_event(slug, MONEY), code)
    try:
        if step == "look":
            return _look(get_managed_event(slug, MONEY), code, actor)
        with transaction():
            found = showing.get_order(get_managed_event(slug, MONEY), code)
            by_hand = requesting.request(found.id, forms.wish(request.form, found, actor)).is_by_hand
    except Refusal as refusal:
        return _refused(slug, code, refusal)
    return _back(slug, code, "by_hand" if by_hand else "refund")


@blueprint.post("/treasury/<slug>/orders/<code>/refunds/late")
@asks_again
def hand_back(slug: str, code: str) -> ResponseReturnValue:
    """A transfer that came too late was sent back by hand."""
    actor = access.actor()
    try:
        with transaction():
            found = showing.get_order(get_managed_event(slug, MONEY), code)
            late.hand_back(found.id, actor, forms.how_of(request.form), forms.note_of(request.form))
    except Refusal as refusal:
        return _refused(slug, code, refusal)
    return _back(slug, code, "by_hand")


@blueprint.post("/treasury/<slug>/orders/<code>/tickets/void")
def take_back(slug: str, code: str) -> ResponseReturnValue:
    """An invitation, or an order that cost nothing, is taken back."""
    actor = access.actor()
    try:
        with transaction():
            found = showing.get_order(get_managed_event(slug, MONEY), code)
            taking_back.take_back(found.id, actor, forms.note_of(request.form))
    except Refusal as refusal:
        return _refused(slug, code, refusal)
    return _back(slug, code, "taken_back")


@blueprint.post("/treasury/<slug>/orders/<code>/refunds/<int:refund_id>/again")
@asks_again
def again(slug: str, code: str, refund_id: int) -> ResponseReturnValue:
    """Try a refund again that failed and is still owed."""
    actor = access.actor()
    try:
        with transaction():
            found = showing.get_order(get_managed_event(slug, MONEY), code)
            requesting.again(found.id, refund_id, tokens.new_token(9), actor)
    except Refusal as refusal:
        return _refused(slug, code, refusal)
    return _back(slug, code, "refund")


@blueprint.post("/treasury/<slug>/orders/<code>/review")
@asks_again
def review(slug: str, code: str) -> ResponseReturnValue:
    """Money under review goes back, or (`decision` is `accept`) pays the order after all."""
    accepted = request.form.get("decision") == "accept"
    actor, note = access.actor(), forms.note_of(request.form)
    try:
        with transaction():
            found = showing.get_order(get_managed_event(slug, MONEY), code)
            decide = accepting.accept if accepted else requesting.after_review
            decide(found.id, actor, note)
    except Refusal as refusal:
        return _refused(slug, code, refusal)
    return _back(slug, code, "accepted" if accepted else "refund")


@blueprint.post("/treasury/<slug>/orders/<code>/cancel")
def cancel(slug: str, code: str) -> ResponseReturnValue:
    """Call off an order that nobody has paid; its buyer hears of it."""
    actor = access.actor()
    order_id = showing.get_order(get_managed_event(slug, MONEY), code).id
    end_reading()
    try:
        cancelling.cancel(order_id, actor, cancelling.tell)
    except Refusal as refusal:
        return _refused(slug, code, refusal)
    return _back(slug, code, "cancelled")


def _refused(slug: str, code: str, refusal: Refusal) -> ResponseReturnValue:
    """The page again with the sentence and what was typed; what is not there stays not found."""
    if isinstance(refusal, NotFound):
        raise refusal
    return _page(get_managed_event(slug, MONEY), code, refusal), refusal.status


def _look(event: Event, code: str, actor: str) -> str:
    """The page with what would go back, line by line; what was filled in goes on with the answer."""
    found = showing.get_order(event, code)
    lines = {line.id: line for line in found.lines}
    parts = requesting.foresee(found, forms.wish(request.form, found, actor))
    return _page(event, code, foreseen=[(lines[part.line_id], part) for part in parts])


def _page(
    event: Event, code: str, refusal: Refusal | None = None, foreseen: Sequence[tuple[OrderLine, Part]] = ()
) -> str:
    desk = showing.desk_of(showing.get_order(event, code))
    return render_template(
        "payments/desk/order.html",
        event=event,
        order=desk.order,
        desk=desk,
        has_ticket=showing.has_ticket,
        choices=showing.choices_of(desk.order),
        words=words,
        refusal=refusal,
        foreseen=foreseen,
        typed=request.form,
        said=request.args.get("said"),
        form=Form(),
        key=tokens.new_token(12),
        cancellable=desk.order.status in cancelling.CANCELLABLE,
    )


def _back(slug: str, code: str, said: str) -> ResponseReturnValue:
    return redirect(url_for(".order", slug=slug, code=code, said=said), 303)


for address, view, methods in all_back_routes.ADDRESSES:
    blueprint.add_url_rule(address, view_func=view, methods=methods)
