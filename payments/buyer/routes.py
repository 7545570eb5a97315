"""What only the buyer may do with an order: behind a fresh code, as the order's link alone may have been forwarded."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.core import i18n
from events.core.db import end_reading, transaction
from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team.access import public
from payments.buyer import changing, proving, return_routes, returns, transferring
from payments.buyer.forms import CodeForm, EmailForm, ReturnsForm, TransferForm
from payments.checkout import cancelling
from payments.orders import access, placing
from payments.orders.models import Order

blueprint = Blueprint("buyer", __name__)
blueprint.add_url_rule("/manage/<slug>/returns", "return_terms", return_routes.terms, methods=["GET", "POST"])


@blueprint.get("/o/<token>/changes")
@public
def changes(token: str) -> ResponseReturnValue:
    """Ask for a code, type it, and then change what can be changed."""
    return _page(_order(token))


@blueprint.post("/o/<token>/code")
@public
def code(token: str) -> ResponseReturnValue:
    """Send six digits to the order's address."""
    found = _order(token)
    order_id = found.id
    with transaction():
        proving.ask(order_id)
    return _back(token, "code")


@blueprint.post("/o/<token>/proof")
@public
def proof(token: str) -> ResponseReturnValue:
    """The digits, typed: a wrong one is told from a right one five times."""
    found, form = _order(token), CodeForm()
    with transaction():
        good = proving.use(found.id, form.digits)
    if good:
        chosen = request.args.get("ticket")
        onward = url_for(".changes", token=token, ticket=chosen, _anchor="pass-on" if chosen else None)
        return access.give(redirect(onward, 303), found)
    form.code.errors = [_("This code is wrong or too old.")]
    return _page(found, code_form=form, said="code"), 422


@blueprint.post("/o/<token>/email")
@public
def email(token: str) -> ResponseReturnValue:
    """A new address: a link goes there."""
    found, form = _order(token), EmailForm()
    access.demand_proof(found)
    if not form.validate():
        return _page(found, email_form=form), 422
    try:
        with transaction():
            changing.ask(found.id, form.email.data or "")
    except Refusal as refusal:
        form.email.errors = [refusal.sentence]
        return _page(found, email_form=form), refusal.status
    return _back(token, "email")


@blueprint.post("/o/<token>/transfer")
@public
def transfer(token: str) -> ResponseReturnValue:
    """One ticket for somebody else: the old code is dead, the new one goes to their address."""
    found = _order(token)
    access.demand_proof(found)
    form = TransferForm().offer(transferring.transferable(found), found.event.languages)
    if not form.validate():
        return _page(found, transfer_form=form), 422
    with transaction():
        name, guest_email = form.name.data or "", form.guest_email.data or ""
        transferring.transfer(found.id, form.ticket.data, name, guest_email, form.language.data)
    return _back(token, "transfer")


@blueprint.post("/o/<token>/seats")
@public
def seats(token: str) -> ResponseReturnValue:
    """Seats go back to others: for money within the rules, or without it."""
    found = _order(token)
    return return_routes.seats(found, i18n.language())


@blueprint.post("/o/<token>/cancel")
@public
def cancel(token: str) -> ResponseReturnValue:
    """Call off an order that is not paid: its pay page is closed first, then its seats are free."""
    found = _order(token)
    access.demand_proof(found)
    order_id = found.id
    end_reading()
    cancelling.cancel(order_id, "buyer")
    return redirect(url_for("orders.order", token=token), 303)


@blueprint.get("/o/address/<secret>")
@public
def address(secret: str) -> ResponseReturnValue:
    """A page with a button: programs that follow the links of letters change nothing."""
    change = changing.get(secret)
    g.language = change.order.party.language
    return render_template("payments/buyer/address.html", order=change.order, event=change.order.event, secret=secret)


@blueprint.post("/o/address/<secret>")
@public
def confirm_address(secret: str) -> ResponseReturnValue:
    """The new address is the order's from now on."""
    with transaction():
        token = changing.confirm(secret).token
    return redirect(url_for("orders.order", token=token), 303)


def _order(token: str) -> Order:
    """The order, its page in the language it was placed in unless another is asked for."""
    found = placing.get_by_token(token)
    wanted = request.args.get("lang")
    g.language = wanted if wanted in i18n.LANGUAGES else found.party.language
    return found


def _back(token: str, said: str) -> ResponseReturnValue:
    return redirect(url_for(".changes", token=token, said=said, ticket=request.args.get("ticket")), 303)


def _page(order: Order, said: str | None = None, **forms: Form) -> str:
    """The page with the forms as they were filled in, the others empty."""
    tickets = transferring.transferable(order)
    empty = {
        "code_form": CodeForm(formdata=None),
        "email_form": EmailForm(formdata=None),
        "transfer_form": TransferForm(formdata=None, data={"ticket": request.args.get("ticket", "")}).offer(
            tickets, order.event.languages
        ),
        "returns_form": ReturnsForm(formdata=None).offer(returns.returnable(order), returns.pays_back(order)),
    }
    return render_template(
        "payments/buyer/changes.html",
        order=order,
        event=order.event,
        proven=access.has_proof(order),
        cancellable=order.status in cancelling.CANCELLABLE,
        tickets=tickets,
        terms=returns.terms_of(order.event_id),
        chosen=request.args.get("ticket"),
        **(empty | forms),
        said=said or request.args.get("said"),
        language_urls={
            code: url_for(".changes", token=order.token, lang=code, ticket=request.args.get("ticket"))
            for code in order.event.languages
        },
    )
