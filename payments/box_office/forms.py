"""What reaches the box office from outside: a phone's sale, and what people count."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NoReturn

from events.core import money
from events.core.i18n import LANGUAGES, language
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import find_address, one_line
from payments.box_office import denominations
from payments.box_office.banking import Brought
from payments.box_office.models import WAYS
from payments.box_office.selling import Asked
from payments.checkout.begin import Buyer
from payments.orders.pricing import Wish

_UUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

Json = Mapping[str, Any]


def sale(body: object) -> Asked:
    """Read a sale of docs/door.md. Raises Refusal: bad_request, name_needed, email_wrong."""
    fields = body if isinstance(body, dict) else _refuse("body")
    way = fields.get("way")
    seller = _line(fields, "seller", 60)
    if not seller:
        raise Refusal("name_needed", _("Type your name first: every sale says who made it."), field="seller")
    return Asked(
        sale_id=sale_id(fields.get("sale_id")),
        wish=Wish(_tickets(fields), _amount(fields, "gift") or 0),
        way=str(way) if way in WAYS else _refuse("way"),
        seller=seller,
        buyer=Buyer(_line(fields, "name", 120), _email(fields), "", _language(fields)),
        shown=_amount(fields, "total"),
    )


def sale_id(value: object) -> str:
    """A UUID, as the phone drew it. Raises Refusal `bad_request`."""
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value) else _refuse("sale_id")


def pieces(typed: Mapping[str, str], currency: str) -> dict[int, int]:
    """How many of each note and coin, from fields `piece-<value>`. Raises Refusal not_a_number."""
    return {value: _whole(typed.get(f"piece-{value}", ""), value) for value in denominations.pieces(currency)}


def amount(typed: str, currency: str, field: str = "float") -> int:
    """Minor units of what was typed. Raises Refusal not_an_amount."""
    found = money.parse(typed.strip() or "0", currency)
    if found is None:
        raise Refusal("not_an_amount", _("Please give an amount such as 500 or 1,500."), field=field)
    return found


def deposit(typed: Mapping[str, str], currency: str) -> Brought:
    """What was brought to the bank. Raises Refusal: not_an_amount, wrong_day, name_needed, bad_request."""
    key, carrier = typed.get("key", ""), one_line(typed.get("carrier", ""), 120)
    if not re.fullmatch(r"[0-9A-Za-z_-]{20,80}", key):
        _refuse("key")
    brought = Brought(
        key, amount(typed.get("amount", ""), currency, "amount"), _day(typed.get("banked_on", "")), carrier
    )
    if not carrier:
        raise Refusal("name_needed", _("Say who brought it."), field="carrier")
    return brought


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refusal("wrong_day", _("Please give a day."), field="banked_on") from None


def _whole(text: str, value: int) -> int:
    text = text.strip() or "0"
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise Refusal("not_a_number", _("Please give a whole number."), field=f"piece-{value}")
    return int(text)


def _tickets(fields: Json) -> dict[str, int]:
    wanted = fields.get("tickets", {})
    if not isinstance(wanted, dict) or len(wanted) > 100:
        _refuse("tickets")
    return {str(public_id): _count(number) for public_id, number in wanted.items()}


def _count(number: object) -> int:
    is_count = isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= 1_000
    return int(str(number)) if is_count else _refuse("tickets")


def _amount(fields: Json, name: str) -> int | None:
    value = fields.get(name)
    if value is None:
        return None
    is_amount = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= money.LARGEST
    return int(value) if is_amount else _refuse(name)


def _email(fields: Json) -> str:
    typed = _line(fields, "email", 254)
    address = find_address(typed) if typed else ""
    if address is None:
        raise Refusal("email_wrong", _("This e-mail address is not complete."), field="email")
    return address


def _language(fields: Json) -> str:
    wanted = fields.get("language")
    return str(wanted) if wanted in LANGUAGES else language()


def _line(fields: Json, name: str, longest: int) -> str:
    """One line of what was typed, without anything unseen."""
    value = fields.get(name) or ""
    if not isinstance(value, str):
        _refuse(name)
    return one_line(value, longest)


def _refuse(name: str) -> NoReturn:
    raise Refusal("bad_request", _("The request is not as it should be: %(field)s.", field=name), field=name)
