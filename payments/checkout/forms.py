"""The order form: what people type becomes a wish and a buyer, or mistakes said beside the fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from events.catalogue import pages
from events.catalogue.models import Event, TicketType
from events.core import money
from events.core.form import Form
from events.core.i18n import LANGUAGES, lazy_gettext
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import (
    breaks_the_line,
    demand_address,
    demand_telephone,
    find_address,
    is_telephone,
    one_line,
    short_word,
)
from events.tickets.holding import SoldOut
from payments.checkout.begin import Buyer
from payments.orders.pricing import Wish

LONGEST = {"gift": 30, "name": 120, "email": 254, "phone": 40, "code": 40}
MOST = 999
"""No order asks for more of one type; the type's own limit is lower still."""
TOO_LONG = lazy_gettext("This is too long.")


class OrderForm(Form):
    """Everything but the numbers of tickets, which depend on the event."""

    gift = StringField(lazy_gettext("Extra gift"), [Length(max=LONGEST["gift"], message=TOO_LONG)])
    cover_fees = BooleanField(lazy_gettext("Cover the card fees"))
    name = StringField(
        lazy_gettext("Your name"),
        [
            InputRequired(lazy_gettext("Please tell us your name.")),
            Length(max=LONGEST["name"], message=lazy_gettext("This name is too long.")),
        ],
    )
    email = StringField(
        lazy_gettext("E-mail"),
        [
            InputRequired(lazy_gettext("Please give an e-mail address: the tickets are sent to it.")),
            Length(max=LONGEST["email"], message=TOO_LONG),
        ],
    )
    phone = StringField(lazy_gettext("Telephone"), [Length(max=LONGEST["phone"], message=TOO_LONG)])
    code = StringField(lazy_gettext("I have a code"), [Length(max=LONGEST["code"], message=TOO_LONG)])
    lang = StringField()
    source = StringField(name="from")

    def validate_name(self, item: StringField) -> None:
        """A line break in a name would become a header of a letter."""
        if not one_line(item.data) or breaks_the_line(_text(item)):
            raise ValidationError(_("Please tell us your name."))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        demand_address(item)

    def validate_phone(self, item: StringField) -> None:
        """Digits and what people write between them."""
        demand_telephone(item)

    def mistakes(self) -> dict[str, str]:
        """What the last validation found: {field: sentence}; the token's own mistake belongs to no field."""
        found = {name: str(next(iter(errors))) for name, errors in self.errors.items() if errors}
        if found.pop("csrf_token", None):
            found[""] = _("This form had lost touch with your browser. Nothing is lost: please press the button again.")
        return found


def read_buyer(given: Mapping[str, str], language: str) -> Buyer | None:
    """Who buys, cleaned, where OrderForm would find nothing wrong; None where it has something to say.

    Most forms are right, and an OrderForm costs as much as all that is written for an order.
    """
    name, phone = given.get("name", ""), given.get("phone", "")
    fits = all(len(given.get(item, "")) <= most for item, most in LONGEST.items())
    if not fits or not one_line(name) or breaks_the_line(name.strip()) or not is_telephone(phone):
        return None
    email = find_address(given.get("email"))
    chosen = given.get("lang", "")
    words = chosen if chosen in LANGUAGES else language, short_word(given.get("from"))
    return Buyer(one_line(name), email, phone.strip(), *words) if email else None


def _text(item: StringField) -> str:
    return (item.data or "").strip()


@dataclass
class Choice:
    """A ticket type as the form shows it: what was typed, what is wrong with it, or why it cannot be bought.

    `may_wait`: one may wait for it; whoever wants more than are left is shown how.
    """

    type: TicketType
    most: int
    value: str = "0"
    mistake: str | None = None
    gone: str | None = None
    may_wait: bool = False

    @property
    def field(self) -> str:
        """The field's name and id."""
        return f"ticket-{self.type.public_id}"


def choice_of(kind: TicketType, given: Mapping[str, str], mistakes: Mapping[str, str], moment: datetime) -> Choice:
    """What may be chosen of one type now, as the form was filled in."""
    choice = Choice(kind, min(kind.max_per_order, max(kind.left, 0)), may_wait=pages.may_wait(kind, moment))
    choice.value = given.get(choice.field, "0")
    choice.mistake = mistakes.get(choice.field)
    if not kind.on_sale(moment):
        choice.gone = _("No longer sold")
    elif choice.most == 0:
        choice.gone = _("Sold out")
    return choice


@dataclass
class Typed:
    """What was asked for, as far as it could be read, and every mistake found: {field: sentence}."""

    wish: Wish
    mistakes: dict[str, str] = field(default_factory=dict)


def read_wish(event: Event, typed: Mapping[str, str]) -> Typed:
    """Numbers and gift of a submitted form. Only plain ASCII digits are numbers here."""
    result = Typed(Wish({}))
    counts: dict[str, int] = {}
    known = {f"ticket-{ticket_type.public_id}": ticket_type.public_id for ticket_type in event.ticket_types}
    for name, value in typed.items():
        if name.startswith("ticket-"):
            if name not in known:
                result.mistakes[""] = _("This ticket does not belong to this evening.")
            elif (count := _count(value)) is None:
                result.mistakes[name] = _("Please give a whole number.")
            else:
                counts[known[name]] = count
    gift = _gift(typed.get("gift", ""), event.currency)
    if gift is None:
        result.mistakes["gift"] = _("Please give an amount such as 500 or 1,500.")
    covers = typed.get("cover_fees", "") not in ("", "0", "false")
    result.wish = Wish(counts, gift or 0, covers, typed.get("code", "").strip()[: LONGEST["code"]])
    return result


def field_of(event: Event, wish: Wish, refusal: Refusal) -> str:
    """The field a refusal belongs to; a sold-out quota belongs to the first type asked for that draws on it."""
    if isinstance(refusal, SoldOut):
        for ticket_type in event.ticket_types:
            wanted = wish.tickets.get(ticket_type.public_id)
            if wanted and refusal.quota_id in {quota.id for quota in ticket_type.quotas}:
                return f"ticket-{ticket_type.public_id}"
    if refusal.code == "empty" and event.ticket_types:
        return f"ticket-{event.ticket_types[0].public_id}"
    return refusal.field or ""


def _count(value: str) -> int | None:
    text = value.strip()
    if not text:
        return 0
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) and int(text) <= MOST else None


def _gift(value: str, currency: str) -> int | None:
    return money.parse(value, currency) if value.strip() else 0
