"""Codes of an evening: the list, a new one, the end of one."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.codes import DiscountCode, list_codes
from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.i18n import money as in_words
from events.core.refusal import Refusal
from events.team.access import MANAGERS, actor
from payments.codes import making
from payments.codes.forms import CodeForm
from payments.orders import fees
from payments.orders.prices import check_prices

blueprint = Blueprint("codes", __name__)


@blueprint.route("/manage/<slug>/codes", methods=["GET", "POST"])
def codes(slug: str) -> ResponseReturnValue:
    """The evening's codes, and the form of a new one."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), CodeForm()
    form.for_event(event)
    if request.method == "GET":
        return _page(event, form)
    if not form.validate_on_submit():
        return _page(event, form), 422
    try:
        with transaction():
            event = get_managed_event(slug, MANAGERS)
            making.make(event, form.for_event(event).draft(), who)
    except Refusal as refusal:
        form[refusal.field or "code"].errors = [refusal.sentence]
        return _page(event, form), refusal.status
    return redirect(url_for(".codes", slug=slug, said="made"), 303)


@blueprint.post("/manage/<slug>/codes/<int:code_id>/end")
def end(slug: str, code_id: int) -> ResponseReturnValue:
    """Nobody can use it any more."""
    who = actor()
    with transaction():
        making.end(get_managed_event(slug, MANAGERS), code_id, who)
    return redirect(url_for(".codes", slug=slug, said="ended"), 303)


def _page(event: Event, form: CodeForm) -> str:
    return render_template(
        "payments/codes/codes.html",
        event=event,
        form=form,
        codes=list_codes(event.id),
        takes_off=_takes_off,
        whom=lambda code: ", ".join(local(kind.name) for kind in code.ticket_types) or _("all tickets"),
        now=clock.now(),
        hidden=any(kind.hidden for kind in event.ticket_types),
        complaints=check_prices(event),
        said=request.args.get("said"),
    )


def _takes_off(code: DiscountCode, currency: str) -> str:
    """10 %, ฿300, or nothing."""
    if code.percent_bp:
        return fees.in_figures(fees.Rate(code.percent_bp, 0), currency)
    return in_words(code.amount, currency) if code.amount else ""
