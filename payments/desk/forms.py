"""What is typed and ticked on an order's page."""

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from events.core import money
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.desk.showing import choices_of
from payments.orders.models import Order
from payments.refunds.choosing import ALL, KEEP_GIFT
from payments.refunds.requesting import Wish

Form = MultiDict[str, str]
BY_HAND = ("cash", "transfer")


def wish(form: Form, order: Order, actor: str) -> Wish:
    """Fields `line-<id>` (`all` or `keep_gift`), or `amount` in major units; `note`, and the form's own `key`.

    Raises Refusal: no_amount, either, no_key.
    """
    key = key_of(form)
    lines = _lines(form, order)
    typed = form.get("amount", "").strip()
    if lines and typed:
        raise Refusal("either", _("Choose lines or type an amount, not both."), field="amount")
    amount = None if lines or not typed else _amount(typed, order.currency)
    return Wish(key, actor, lines, amount, note_of(form), how_of(form))


def key_of(form: Form) -> str:
    """Field `key`, drawn with the page: a form that is sent twice counts once. Raises Refusal: no_key."""
    key = form.get("key", "")
    if not 12 <= len(key) <= 64:
        raise Refusal("no_key", _("This form is not complete: load the page again."))
    return key


def note_of(form: Form) -> str:
    """Field `note`: a line for colleagues."""
    return " ".join(form.get("note", "").split())[:300]


def how_of(form: Form) -> str:
    """Field `how`: cash or transfer, where money goes back by hand; nothing where nobody chose."""
    return form["how"] if form.get("how") in BY_HAND else ""


def _lines(form: Form, order: Order) -> Mapping[int, str]:
    """What is wished for each line. A table that goes back whole is chosen once, by its first seat."""
    typed = {name.removeprefix("line-"): how for name, how in form.items() if name.startswith("line-")}
    chosen = {int(line): how for line, how in typed.items() if line.isdecimal() and how in (ALL, KEEP_GIFT)}
    for choice in choices_of(order):
        if choice.line.id in chosen:
            chosen = dict.fromkeys((line.id for line in choice.lines), chosen[choice.line.id]) | chosen
    return chosen


def _amount(typed: str, currency: str) -> int:
    amount = money.parse(typed, currency)
    if amount is None:
        raise Refusal("no_amount", _("This is no amount: write it like 1500 or 1500.50."), field="amount")
    return amount
