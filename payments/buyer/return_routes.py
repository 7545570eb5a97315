"""Giving seats back, and the organiser's rules for it. routes.py gives these addresses."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core.db import transaction
from events.core.i18n import enumerate_names
from events.core.refusal import NotFound, Refusal
from events.team.access import MANAGERS, actor
from payments.buyer import returns
from payments.buyer.forms import ReturnsForm, TermsForm
from payments.orders import access
from payments.orders.models import Order


def seats(order: Order, lang: str) -> ResponseReturnValue:
    """Fields `ticket` (numbers) and `how` (money, gift). First what it comes to is shown; with `sure` it is done."""
    access.demand_proof(order)
    token = order.token
    form = ReturnsForm().offer(returns.returnable(order), returns.pays_back(order))
    if not form.validate_on_submit():
        return _page(order, form), 422
    numbers, how = form.numbers, str(form.how.data)
    try:
        if request.form.get("sure") != "yes":
            return _page(order, form, returns.outcome(order, numbers, how))
        with transaction():
            returns.give_back(order.id, numbers, how)
    except NotFound:
        raise
    except Refusal as refusal:
        form.ticket.errors = [refusal.sentence]
        return _page(order, form), refusal.status
    return redirect(url_for("buyer.changes", token=token, lang=lang, said=f"returned-{how}"), 303)


def _page(order: Order, form: ReturnsForm, outcome: returns.Outcome | None = None) -> str:
    return render_template(
        "payments/buyer/seats.html",
        order=order,
        event=order.event,
        form=form,
        outcome=outcome,
        told=enumerate_names([guest.ticket.guest_name or guest.email for guest in returns.told(outcome)])
        if outcome
        else "",
        terms=returns.terms_of(order.event_id),
        pays_back=returns.pays_back(order),
        language_urls={code: url_for("buyer.changes", token=order.token, lang=code) for code in order.event.languages},
    )


def terms(slug: str) -> ResponseReturnValue:
    """The evening's rules for what buyers give back by themselves."""
    event = get_managed_event(slug, MANAGERS)
    if request.method == "GET":
        return _terms_page(event, TermsForm.of(returns.terms_of(event.id), event.time_zone))
    form, who = TermsForm(), actor()
    if not form.validate_on_submit():
        return _terms_page(event, form), 422
    with transaction():
        event = get_managed_event(slug, MANAGERS)
        returns.set_terms(event, form.terms(event.id, event.time_zone), who)
    return redirect(url_for("buyer.return_terms", slug=slug, said="saved"), 303)


def _terms_page(event: Event, form: TermsForm) -> str:
    return render_template("payments/buyer/terms.html", event=event, form=form, said=request.args.get("said"))
