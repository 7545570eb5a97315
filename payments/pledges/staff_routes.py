"""Staff pages of the evening's pledges: tables, what is outstanding, raised hands, reminders, money that came."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page, tokens
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import NotFound, Refusal
from events.core.typed import one_line
from events.table_codes import coding
from events.team.access import MONEY, OFFICE, actor
from payments.offline import closing
from payments.orders.models import Order
from payments.pledges import appeals, course, paying, reminding, totals, withdrawing
from payments.pledges.forms import AppealForm, HandForm, InvoiceForm
from payments.pledges.models import OWED, Pledge


def board(slug: str) -> ResponseReturnValue:
    """The evening's tables with their sums, promises, and a form for raised hands."""
    event = get_managed_event(slug, OFFICE)
    if appeals.find(event.id) is None:
        with transaction():
            appeals.prepare(event.id)
        event = get_managed_event(slug, OFFICE)
    return _board(event)


def by_hand(slug: str) -> ResponseReturnValue:
    """A promise of somebody who raised a hand."""
    event, who, form = get_managed_event(slug, OFFICE), actor(), HandForm()
    form.of_tables(list(coding.of_event(event.id)), event).for_event(event, request.form)
    if not form.validate_on_submit():
        return _board(event, form), 422
    with transaction():
        code = coding.get(event.id, form.code.data)
        key = tokens.digest(f"{who}:{form.key.data or tokens.new_token()}")
        course.promise(code, form.promise(), key, who)
    return redirect(url_for(".board", slug=slug, said="made", table=form.code.data, _anchor="hand"), 303)


def terms(slug: str) -> ResponseReturnValue:
    """What the screen shows, and when promises are remembered."""
    event, who, form = get_managed_event(slug, OFFICE), actor(), AppealForm()
    if not form.validate_on_submit():
        return _board(event, terms=form), 422
    with transaction():
        appeals.agree(get_managed_event(slug, OFFICE), form.terms(), who)
    return redirect(url_for(".board", slug=slug, said="terms", _anchor="h-screen"), 303)


def new_address(slug: str) -> ResponseReturnValue:
    """Another address for the screen."""
    who = actor()
    own_page.demand()
    with transaction():
        appeals.new_address(get_managed_event(slug, OFFICE), who)
    return redirect(url_for(".board", slug=slug, said="address", _anchor="h-screen"), 303)


def reminders(slug: str) -> ResponseReturnValue:
    """A letter to everybody whose promise is open."""
    who = actor()
    own_page.demand()
    with transaction():
        count = reminding.remind_all(get_managed_event(slug, OFFICE).id, who)
    return redirect(url_for(".board", slug=slug, said="reminded", count=count), 303)


def one(slug: str, pledge_id: int) -> ResponseReturnValue:
    """One promise: its course, and what can be done about it."""
    event = get_managed_event(slug, OFFICE)
    return _one(event, course.get(event.id, pledge_id))


def remind(slug: str, pledge_id: int) -> ResponseReturnValue:
    """One letter."""
    return _act(slug, pledge_id, "reminded", lambda pledge, who: reminding.remind_by_hand(pledge, who))


def withdraw(slug: str, pledge_id: int) -> ResponseReturnValue:
    """Nothing is owed any more, and why. A pay page that is open is closed; who is faster there has paid."""
    why = one_line(request.form.get("why"), 200)
    answer = _act(slug, pledge_id, "withdrawn", lambda pledge, who: course.withdraw(pledge, why, who))
    withdrawing.close_page(pledge_id, actor())
    return answer


def money(slug: str, pledge_id: int) -> ResponseReturnValue:
    """The money is here: in cash, or on the account."""
    event, way = get_managed_event(slug, MONEY), request.form.get("paid", "")
    if way not in ("cash", "transfer"):
        raise Refusal("unknown_way", _("Choose how the money came."))
    orders: list[Order] = []
    note = one_line(request.form.get("note"), 300)
    answer = _act(
        event.slug, pledge_id, "paid", lambda pledge, who: orders.append(paying.money_is_here(pledge, way, note, who))
    )
    _close_pages(orders)
    return answer


def invoice(slug: str, pledge_id: int) -> ResponseReturnValue:
    """It is to be paid by transfer; with an invoice where a company is named."""
    event, form, orders = get_managed_event(slug, MONEY), InvoiceForm(), list[Order]()
    if not form.validate_on_submit():
        return _one(event, course.get(event.id, pledge_id), invoicing=form), 422
    agreed = form.terms(event)
    answer = _act(slug, pledge_id, "invoiced", lambda pledge, who: orders.append(paying.invoice(pledge, agreed, who)))
    _close_pages(orders)
    return answer


def _act(slug: str, pledge_id: int, said: str, do: Callable[[Pledge, str], object]) -> ResponseReturnValue:
    """One thing done about one promise; a refusal is said on its page."""
    event, who = get_managed_event(slug, OFFICE), actor()
    own_page.demand()
    try:
        with transaction():
            do(course.get(event.id, pledge_id), who)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        end_reading()
        event = get_managed_event(slug, OFFICE)
        return _one(event, course.get(event.id, pledge_id), refusal), refusal.status
    return redirect(url_for(".one", slug=slug, pledge_id=pledge_id, said=said), 303)


def _close_pages(orders: list[Order]) -> None:
    for order_id in [order.id for order in orders]:
        end_reading()
        closing.close_page(order_id)


def _board(event: Event, form: HandForm | None = None, terms: AppealForm | None = None) -> str:
    codes = list(coding.of_event(event.id))
    appeal = appeals.find(event.id)
    if form is None:
        chosen = {"code": request.args.get("table", type=int), "key": tokens.new_token(12)}
        form = HandForm(formdata=None, data=chosen).of_tables(codes, event)
    return render_template(
        "payments/pledges/board.html",
        event=event,
        appeal=appeal,
        tables=totals.by_table(event.id),
        sums=totals.of_event(event.id),
        owed=totals.outstanding(event.id),
        settled=totals.settled(event.id),
        form=form,
        terms=terms or AppealForm(formdata=None, obj=appeal),
        room=next((code for code in codes if code.is_room), None),
        said=_said(request.args.get("said", ""), request.args.get("count", 0, type=int)),
    )


def _said(act: str, count: int) -> str:
    sentences = {
        "made": _("The promise is written down."),
        "terms": _("From now on this counts."),
        "address": _("The screen has a new address; the old one shows nothing any more."),
        "reminded": ngettext("%(num)s letter is on its way.", "%(num)s letters are on their way.", count),
    }
    return sentences.get(act, "")


def _one(event: Event, pledge: Pledge, refusal: Refusal | None = None, invoicing: InvoiceForm | None = None) -> str:
    return render_template(
        "payments/pledges/one.html",
        event=event,
        pledge=pledge,
        owed=pledge.status in OWED,
        arranged=paying.arrangement_of(pledge),
        steps=withdrawing.steps(pledge.id),
        invoicing=invoicing or InvoiceForm(formdata=None),
        refusal=refusal,
        said=request.args.get("said"),
    )


_P = "/manage/<slug>/pledges"
ADDRESSES: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...] = (
    (_P, board, ("GET",)),
    (f"{_P}/by-hand", by_hand, ("POST",)),
    (f"{_P}/terms", terms, ("POST",)),
    (f"{_P}/screen", new_address, ("POST",)),
    (f"{_P}/reminders", reminders, ("POST",)),
    (f"{_P}/<int:pledge_id>", one, ("GET",)),
    (f"{_P}/<int:pledge_id>/reminder", remind, ("POST",)),
    (f"{_P}/<int:pledge_id>/withdrawal", withdraw, ("POST",)),
    (f"{_P}/<int:pledge_id>/money", money, ("POST",)),
    (f"{_P}/<int:pledge_id>/invoice", invoice, ("POST",)),
)
