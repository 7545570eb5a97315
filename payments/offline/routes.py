"""Staff pages of money that no card brings: new orders, transfers, the bank's statement, invoices."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team.access import MONEY, actor, demand
from payments.offline import arranging, booking, closing, crediting, invoice_routes, listing, statement, terms, words
from payments.offline.forms import LARGEST_FILE, AccountForm, NewOrderForm, RateForm, StatementForm, TermsForm
from payments.orders import fees
from payments.orders.models import Order

blueprint = Blueprint("offline", __name__)


@blueprint.route("/treasury/<slug>/orders/new", methods=["GET", "POST"])
def new_order(slug: str) -> ResponseReturnValue:
    """Enter an order: cash, bank transfer, invitation."""
    event, who, form = get_managed_event(slug, MONEY), actor(), NewOrderForm()
    form.for_event(event)
    if request.method == "GET":
        return _new(event, form)
    if not form.validate_on_submit():
        return _new(event, form), 422
    try:
        with transaction():
            event = get_managed_event(slug, MONEY)
            form.for_event(event)
            placed = arranging.enter(event, form.wish(request.form), form.buyer(), form.terms(), who)
            code = placed.code
    except Refusal as refusal:
        return _new(event, form, refusal), refusal.status
    return redirect(url_for("desk.order", slug=slug, code=code), 303)


@blueprint.route("/treasury/<slug>/orders/<code>/arrangement", methods=["GET", "POST"])
def arrange(slug: str, code: str) -> ResponseReturnValue:
    """An order that waits for a card is to be paid in cash or by transfer."""
    event, who, form = get_managed_event(slug, MONEY), actor(), TermsForm()
    order = listing.get_order(event, code)
    form.for_event(event, comps=False)
    if request.method == "GET":
        return _arrangement(event, order, form)
    if not form.validate_on_submit():
        return _arrangement(event, order, form), 422
    try:
        with transaction():
            order_id = arranging.take_over(listing.get_order(event, code).id, form.terms(), who).id
    except Refusal as refusal:
        return _arrangement(event, order, form, refusal), refusal.status
    closing.close_page(order_id)
    return redirect(url_for("desk.order", slug=slug, code=code), 303)


@blueprint.get("/treasury/<slug>/transfers")
def transfers(slug: str) -> ResponseReturnValue:
    """What is waited for."""
    return _transfers(get_managed_event(slug, MONEY), StatementForm())


@blueprint.post("/treasury/<slug>/orders/<code>/money")
def money_came(slug: str, code: str) -> ResponseReturnValue:
    """The transfer of one order is on the account."""
    who = actor()
    with transaction():
        order = arranging.money_came(listing.get_order(get_managed_event(slug, MONEY), code).id, who)
        said = "came" if order.status == "paid" else "owed"
    return redirect(url_for(".transfers", slug=slug, said=said, code=code), 303)


@blueprint.post("/treasury/<slug>/statements")
def look_at_statement(slug: str) -> ResponseReturnValue:
    """What each line of the bank's file is; nothing is booked yet."""
    event, form = get_managed_event(slug, MONEY), StatementForm()
    try:
        text = _uploaded()
        results = booking.preview(event, text)
    except Refusal as refusal:
        form.file.errors = [refusal.sentence]
        return _transfers(event, form), refusal.status
    return render_template(
        "payments/offline/statement.html", event=event, results=results, text=text, shown=booking.digest(results)
    )


@blueprint.post("/treasury/<slug>/statements/confirm")
def confirm_statement(slug: str) -> ResponseReturnValue:
    """Book what was shown, all of it or nothing."""
    event, who = get_managed_event(slug, MONEY), actor()
    text, shown = request.form.get("text", ""), request.form.get("shown", "")
    try:
        with transaction():
            count = booking.confirm(get_managed_event(slug, MONEY), text, shown, who)
    except Refusal as refusal:
        end_reading()
        form = StatementForm(formdata=None)
        form.file.errors = [refusal.sentence]
        return _transfers(event, form), refusal.status
    return redirect(url_for(".transfers", slug=slug, said="booked", count=count), 303)


@blueprint.get("/treasury/<slug>/terms")
def agreed_terms(slug: str) -> ResponseReturnValue:
    """Where transfers go, and what Stripe takes."""
    event = _owned(slug)
    return _terms(event, AccountForm(account=event.organisation.bank_account), RateForm().for_event(event))


@blueprint.post("/treasury/<slug>/terms/account")
def account(slug: str) -> ResponseReturnValue:
    """Another account for transfers."""
    event, who, form = _owned(slug), actor(), AccountForm()
    if not form.validate_on_submit():
        return _terms(event, form, RateForm(formdata=None).for_event(event)), 422
    with transaction():
        terms.set_account(_owned(slug).organisation, form.lines(), who)
    return redirect(url_for(".agreed_terms", slug=slug, said="account"), 303)


@blueprint.post("/treasury/<slug>/terms/rates")
def rates(slug: str) -> ResponseReturnValue:
    """What a way of paying costs from a day on."""
    event, who, form = _owned(slug), actor(), RateForm()
    if not form.for_event(event).validate_on_submit():
        return _terms(event, AccountForm(formdata=None, account=event.organisation.bank_account), form), 422
    with transaction():
        event = _owned(slug)
        terms.agree(event.organisation, str(form.method.data), event.currency, form.rate(), form.first_day(), who)
    return redirect(url_for(".agreed_terms", slug=slug, said="rate"), 303)


def _owned(slug: str) -> Event:
    """The evening, for who keeps the money of its whole organisation."""
    event = get_managed_event(slug, MONEY)
    demand(event.organisation_id, None, MONEY)
    return event


def _terms(event: Event, account: AccountForm, rate: RateForm) -> str:
    return _page(
        "account",
        event,
        account=account,
        rate=rate,
        rates=terms.agreed(event.organisation, event.currency),
        card=fees.in_figures(fees.card_rate(event), event.currency),
        said=request.args.get("said"),
    )


def _uploaded() -> str:
    """The file's text. Raises Refusal: no_file, too_large."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refusal("no_file", _("Please choose the bank’s CSV file."), field="file")
    text = statement.decode(file.read(LARGEST_FILE + 1))
    if len(text.encode()) > LARGEST_FILE:
        raise Refusal("too_large", _("This file is too long: take fewer days at once."), field="file")
    return text


def _new(event: Event, form: NewOrderForm, refusal: Refusal | None = None) -> str:
    kinds = [(kind, f"ticket-{kind.public_id}") for kind in event.ticket_types]
    typed = {name: request.form.get(name, "0") for _kind, name in kinds}
    return _page("new", event, form=form, kinds=kinds, typed=typed, mistakes=_mistakes(form, refusal))


def _arrangement(event: Event, order: Order, form: TermsForm, refusal: Refusal | None = None) -> str:
    return _page("arrangement", event, order=order, form=form, mistakes=_mistakes(form, refusal))


def _mistakes(form: TermsForm, refusal: Refusal | None) -> list[tuple[str, str]]:
    """Every mistake with the id of its field, for the summary at the top."""
    found = [(item.id, str(item.errors[0])) for item in form if item.errors]
    return [*found, (refusal.field or "", refusal.sentence)] if refusal else found


def _transfers(event: Event, form: StatementForm) -> str:
    return _page(
        "transfers",
        event,
        form=form,
        waiting=listing.waiting(event),
        lapsed=listing.lapsed(event),
        owed=listing.owed(event),
        cards=listing.at_the_pay_page(event),
        invoices=[(one, crediting.open_amount(one)) for one in listing.invoices(event)],
        words=words,
        arrangements=listing.arrangements(event),
        said=request.args.get("said"),
        count=request.args.get("count", 0, type=int),
        code=request.args.get("code", ""),
    )


def _page(name: str, event: Event, **context: Any) -> str:
    return render_template(f"payments/offline/{name}.html", event=event, **context)


for address, view, methods in invoice_routes.ADDRESSES:
    blueprint.add_url_rule(address, view_func=view, methods=methods)
