"""What is typed and ticked on an order's page."""

from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from events.core import money
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.orders.models import Order
from payments.refunds.choosing import ALL, KEEP_GIFT
from payments.refunds.requesting import Wish

Form = MultiDict[str, str]


def wish(form: Form, order: Order, actor: str) -> Wish:
    """Fields `line-<id>` (`all` or `keep_gift`), or `amount` in major units; `note`, and the form's own `key`.

    Raises Refusal: no_amount, either, no_key.
    """
    key = form.get("key", "")
    if not 12 <= len(key) <= 64:
        raise Refusal("no_key", _("This form is not complete: load the page again."))
    lines = _lines(form)
    typed = form.get("amount", "").strip()
    if lines and typed:
        raise Refusal("either", _("Choose lines or type an amount, not both."), field="amount")
    note = " ".join(form.get("note", "").split())[:300]
    return Wish(key, actor, lines, None if lines or not typed else _amount(typed, order.currency), note)


def _lines(form: Form) -> Mapping[int, str]:
    chosen = {name.removeprefix("line-"): how for name, how in form.items() if name.startswith("line-")}
    return {int(line): how for line, how in chosen.items() if line.isdecimal() and how in (ALL, KEEP_GIFT)}


def _amount(typed: str, currency: str) -> int:
    amount = money.parse(typed, currency)
    if amount is None:
        raise Refusal("no_amount", _("This is no amount: write it like 1500 or 1500.50."), field="amount")
    return amount
