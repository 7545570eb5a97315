"""What a guest's telephone opens: the page of a card on a table, and the page of a promise. No account, no script."""

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.models import Event
from events.core import callers, i18n, own_page, tokens
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.table_codes import coding
from events.table_codes.models import TableCode
from events.team.access import public
from payments.checkout import begin
from payments.guarding import access, admitting
from payments.guarding.admitting import Caller
from payments.pledges import appeals, course, paying, screen_routes, staff_routes
from payments.pledges.course import Promise
from payments.pledges.forms import TableForm
from payments.pledges.models import OWED

blueprint = Blueprint("pledges", __name__)

for address, view, methods in (*staff_routes.ADDRESSES, *screen_routes.ADDRESSES):
    blueprint.add_url_rule(address, view_func=view, methods=methods)

FROM_ONE_NETWORK = 240
"""Gifts and promises in ten minutes: a whole room sits behind one address, and takes out its telephones at once."""
AT_ONE_TABLE = 40
"""The same at one table's card; the room's own card has the network's limit alone."""


@blueprint.get("/p/<token>")
@public
def table_page(token: str) -> ResponseReturnValue:
    """Give now, or promise."""
    code = _speak(coding.get_by_token(token))
    if not appeals.is_open(code.event):
        return _page(code, None)
    return _page(code, TableForm(data={"key": tokens.new_token(12)}))


@blueprint.post("/p/<token>", endpoint="give")
@public
def give_or_promise(token: str) -> ResponseReturnValue:
    """To the pay page, or to the promise's own; or what is wrong, with everything that was typed."""
    code = _speak(coding.get_by_token(token))
    appeals.demand_open(code.event)
    form = TableForm()
    form.for_event(code.event, request.form)
    if not form.validate():
        return _page(code, form, form.mistakes()), 422
    one_moment = access.ask_for_pass(code.event, url_for(".give", token=token, lang=i18n.language()))
    if one_moment is not None:
        return one_moment
    try:
        return _promise(token, form) if request.form.get("way") == "promise" else _give(token, form)
    except Refusal as refusal:
        field = refusal.field or ""
        mistakes = [(field if field in form else "", refusal.sentence)]
        return _page(_speak(coding.get_by_token(token)), form, mistakes), refusal.status


@blueprint.get("/pledges/<token>")
@public
def pledge(token: str) -> ResponseReturnValue:
    """A promise: how it stands, and how it can be paid."""
    found = course.get_by_token(token)
    g.language = request.args.get("lang") if request.args.get("lang") in i18n.LANGUAGES else found.language
    return render_template(
        "payments/pledges/pledge.html",
        pledge=found,
        event=found.event,
        owed=found.status in OWED,
        arranged=paying.arrangement_of(found),
        form=own_page.Confirmation(),
        said=request.args.get("said"),
        language_urls={code: url_for(".pledge", token=token, lang=code) for code in found.event.languages},
    )


@blueprint.post("/pledges/<token>/payments")
@public
def pay(token: str) -> ResponseReturnValue:
    """Pay what was promised. Whoever comes second finds the same pay page, or that it is paid."""
    found = course.get_by_token(token)
    g.language = found.language
    if (one_moment := access.ask_for_pass(found.event, url_for(".pay", token=token))) is not None:
        return one_moment
    try:
        attempt_id, own = _begin_paying(token)
    except paying.PressedTwice:
        attempt_id, own = _begin_paying(token)
    return _to_pay_page(attempt_id, own)


def _begin_paying(token: str) -> tuple[int | None, str]:
    with transaction():
        found = course.get_by_token(token)
        remember = _admit(found.event, found.email or f"pledge:{found.id}", None)
        order, attempt_id = paying.pay_by_card(token)
        if attempt_id is not None:
            remember(order.party_id)
        return attempt_id, order.token


def _give(token: str, form: TableForm) -> ResponseReturnValue:
    with transaction():
        code = coding.get_by_token(token)
        giver = form.giver(i18n.language())
        remember = _admit(code.event, giver.email, code)
        order, attempt_id = paying.give(code, form.amount or 0, giver, is_shown=bool(form.shown.data))
        remember(order.party_id)
        own = order.token
    return _to_pay_page(attempt_id, own)


def _promise(token: str, form: TableForm) -> ResponseReturnValue:
    with transaction():
        code = coding.get_by_token(token)
        giver = form.giver(i18n.language())
        _admit(code.event, giver.email, code)
        paying.priced(code.event, form.amount or 0)  # nobody promises what no card could pay
        wanted = Promise(form.amount or 0, giver, bool(form.shown.data))
        key = tokens.digest(f"{token}:{form.key.data or tokens.new_token()}")
        own = course.promise(code, wanted, key).token
    return redirect(url_for(".pledge", token=own, said="promised"), 303)


def _to_pay_page(attempt_id: int | None, order_token: str) -> ResponseReturnValue:
    """Stripe is asked outside any transaction; where it is slow or away the order's page goes on by itself."""
    if attempt_id is None:
        return redirect(url_for("checkout.pay", token=order_token), 303)
    return redirect(begin.open_page(attempt_id) or url_for("orders.order", token=order_token), 303)


def _admit(event: Event, email: str, code: TableCode | None) -> Callable[[int], None]:
    """Whether one more gift or promise may be made from here; raises Refusal."""
    if not access.use_pass():
        raise Refusal("pass_spent", _("Please press the button once more."), status=429)
    place = f"table:{code.id}" if code and not code.is_room else None
    limits = admitting.Limits(FROM_ONE_NETWORK, place, AT_ONE_TABLE)
    return admitting.admit(Caller(email, callers.network()), 0, event.time_zone, limits)


def _speak(code: TableCode) -> TableCode:
    """The reader's language, if the evening is written in it."""
    wanted = request.form.get("lang") or i18n.choose_language()
    g.language = wanted if wanted in code.event.languages else code.event.language
    return code


def _page(code: TableCode, form: TableForm | None, mistakes: list[tuple[str, str]] | None = None) -> str:
    event = code.event
    return render_template(
        "payments/pledges/table.html",
        code=code,
        event=event,
        form=form,
        mistakes=mistakes or [],
        pressed=request.form.get("suggested", ""),
        language_urls={lang: url_for(".table_page", token=code.token, lang=lang) for lang in event.languages},
    )
