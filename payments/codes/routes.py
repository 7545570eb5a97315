"""Codes of an evening: the list, new ones, other terms, the end; those made together as a file."""

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.codes import DiscountCode
from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import trail
from events.core.db import transaction
from events.core.refusal import Refusal
from events.team.access import MANAGERS, actor
from payments.codes import listing, making
from payments.codes.forms import NewCodeForm, TermsForm, terms_of
from payments.orders.prices import check_prices

blueprint = Blueprint("codes", __name__)


@blueprint.route("/manage/<slug>/codes", methods=["GET", "POST"])
def codes(slug: str) -> ResponseReturnValue:
    """The evening's codes, and the form of new ones."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), NewCodeForm()
    form.for_event(event)
    if request.method == "GET":
        return _page(event, form)
    if not form.validate_on_submit():
        return _page(event, form), 422
    try:
        with transaction():
            event = get_managed_event(slug, MANAGERS)
            draft = form.for_event(event).new()
            if form.is_many:
                making.make_many(event, draft, form.count.data or 1, form.secret, who)
            else:
                making.make(event, draft, who)
    except Refusal as refusal:
        form[refusal.field or "code"].errors = [refusal.sentence]
        return _page(event, form), refusal.status
    return redirect(url_for(".codes", slug=slug, said="many" if form.is_many else "made"), 303)


@blueprint.route("/manage/<slug>/codes/<int:code_id>", methods=["GET", "POST"])
def code(slug: str, code_id: int) -> ResponseReturnValue:
    """One code and its terms; those that were made together with it."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    found = making.get(event, code_id)
    form = TermsForm() if request.method == "POST" else TermsForm(data=terms_of(found, event))
    form.for_event(event)
    if request.method == "GET":
        return _code_page(event, found, form)
    if not form.validate_on_submit():
        return _code_page(event, found, form), 422
    try:
        with transaction():
            event = get_managed_event(slug, MANAGERS)
            making.change(event, code_id, form.for_event(event).draft(found.code), who)
    except Refusal as refusal:
        form[refusal.field or "off"].errors = [refusal.sentence]
        event = get_managed_event(slug, MANAGERS)
        return _code_page(event, making.get(event, code_id), form), refusal.status
    return redirect(url_for(".code", slug=slug, code_id=code_id, said="changed"), 303)


@blueprint.get("/manage/<slug>/codes/<int:code_id>.csv")
def together(slug: str, code_id: int) -> Response:
    """This code and those made together with it, as a file; the trail notes who took it."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    with transaction():
        making.get(event, code_id)
        trail.note(who, "codes.exported", f"code:{code_id}", event.organisation_id, event=event.id)
    event = get_managed_event(slug, MANAGERS)
    body = b"".join(listing.write_csv(making.made_with(event, making.get(event, code_id)), event))
    headers = {"Content-Disposition": f'attachment; filename="{slug}-codes.csv"', "Cache-Control": "no-store"}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


@blueprint.post("/manage/<slug>/codes/<int:code_id>/end")
def end(slug: str, code_id: int) -> ResponseReturnValue:
    """Nobody can use it any more; with `?together=1` nor those that were made with it."""
    who = actor()
    with transaction():
        making.end(get_managed_event(slug, MANAGERS), code_id, who, together="together" in request.args)
    return redirect(url_for(".codes", slug=slug, said="ended"), 303)


def _page(event: Event, form: NewCodeForm) -> str:
    return render_template(
        "payments/codes/codes.html",
        event=event,
        form=form,
        rows=listing.rows(event),
        takes_off=listing.takes_off,
        whom=listing.whom,
        is_more_than_all=listing.is_more_than_all,
        hidden=any(kind.hidden for kind in event.ticket_types),
        complaints=check_prices(event),
        most=making.MOST,
        said=request.args.get("said"),
    )


def _code_page(event: Event, found: DiscountCode, form: TermsForm) -> str:
    return render_template(
        "payments/codes/code.html",
        event=event,
        code=found,
        form=form,
        others=making.made_with(event, found),
        hidden=found.opens_hidden or any(kind.hidden for kind in event.ticket_types),
        said=request.args.get("said"),
    )
