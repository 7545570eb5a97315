"""What staff type: a new order, or how one that waits is to be paid; and the bank's file."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_wtf.file import FileField
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from events.catalogue.models import Event
from events.core import clock, money
from events.core.form import Form
from events.core.i18n import NAMES, lazy_gettext
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import demand_address, one_line
from payments.checkout.begin import Buyer
from payments.offline.arranging import Terms
from payments.orders import fees
from payments.orders.fees import METHODS
from payments.orders.pricing import Wish

TOO_LONG = lazy_gettext("This is too long.")
WAYS = (
    ("transfer", lazy_gettext("Bank transfer: the seats are kept until the day below")),
    ("cash", lazy_gettext("Cash: it is here")),
    ("comp", lazy_gettext("Invitation: nothing is paid")),
)
USUAL = timedelta(days=14)
LARGEST_FILE = 400_000
"""Bytes of a bank statement, some four thousand lines: it travels back in a form when it is confirmed."""


class TermsForm(Form):
    """How it is paid, until when, and for whom the invoice is."""

    way = SelectField(lazy_gettext("How is it paid?"))
    until = DateField(lazy_gettext("Seats kept until the end of"), [Optional()])
    company = StringField(lazy_gettext("Company, for an invoice"), [Length(max=200, message=TOO_LONG)])
    tax_id = StringField(lazy_gettext("Tax id of the company"), [Length(max=60, message=TOO_LONG)])
    address = TextAreaField(lazy_gettext("Address of the company"), [Length(max=400, message=TOO_LONG)])
    note = StringField(lazy_gettext("Note for colleagues"), [Length(max=300, message=TOO_LONG)])

    def for_event(self, event: Event, *, comps: bool = True) -> "TermsForm":
        """Know the evening: its zone, and the last day that makes sense."""
        self.event = event
        self.way.choices = [(way, str(words)) for way, words in WAYS if comps or way != "comp"]
        if not self.until.data and not self.is_submitted():
            self.until.data = min(self._today() + USUAL, self._last_day())
        return self

    def validate_until(self, item: DateField) -> None:
        """Today at the earliest, the evening's own day at the latest."""
        if self.way.data == "transfer" and not (item.data and self._today() <= item.data <= self._last_day()):
            raise ValidationError(_("Please choose a day between today and the evening."))

    def validate_company(self, item: StringField) -> None:
        """An invoice without a name is none."""
        if not one_line(item.data) and (one_line(self.tax_id.data) or one_line(self.address.data)):
            raise ValidationError(_("Please give the company’s name, too."))

    def terms(self) -> Terms:
        """What was agreed."""
        zone, day = ZoneInfo(self.event.time_zone), self.until.data
        until = datetime.combine(day, time(23, 59), zone) if day else clock.now()
        return Terms(
            way=str(self.way.data),
            until=until.astimezone(UTC) if self.way.data == "transfer" else clock.now(),
            company=one_line(self.company.data),
            tax_id=one_line(self.tax_id.data),
            address=_lines(self.address.data),
            note=one_line(self.note.data),
        )

    def _today(self) -> date:
        return clock.now().astimezone(ZoneInfo(self.event.time_zone)).date()

    def _last_day(self) -> date:
        return self.event.starts_at.astimezone(ZoneInfo(self.event.time_zone)).date()


class NewOrderForm(TermsForm):
    """An order by telephone, by letter, by hand. The numbers of tickets depend on the event: see `wish`."""

    name = StringField(
        lazy_gettext("Name"),
        [InputRequired(lazy_gettext("Who is it for?")), Length(max=120, message=TOO_LONG)],
    )
    email = StringField(
        lazy_gettext("E-mail"),
        [
            InputRequired(lazy_gettext("Please give an e-mail address: the tickets are sent to it.")),
            Length(max=254, message=TOO_LONG),
        ],
    )
    phone = StringField(lazy_gettext("Telephone"), [Length(max=40, message=TOO_LONG)])
    language = SelectField(lazy_gettext("Language of the letters"))
    gift = StringField(lazy_gettext("Extra gift"), [Length(max=30, message=TOO_LONG)])
    code = StringField(lazy_gettext("Code"), [Length(max=40, message=TOO_LONG)])

    def for_event(self, event: Event, *, comps: bool = True) -> "NewOrderForm":
        """Know the evening, and the languages it speaks."""
        super().for_event(event, comps=comps)
        self.language.choices = [(code, NAMES[code]) for code in event.languages]
        return self

    def validate_name(self, item: StringField) -> None:
        """A name one can see."""
        if not one_line(item.data):
            raise ValidationError(_("Who is it for?"))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        item.data = one_line(item.data)
        demand_address(item)

    def validate_gift(self, item: StringField) -> None:
        """An amount."""
        if one_line(item.data) and money.parse(one_line(item.data), self.event.currency) is None:
            raise ValidationError(_("Please give an amount such as 500 or 1,500."))

    def buyer(self) -> Buyer:
        """For whom it is."""
        return Buyer(
            one_line(self.name.data), one_line(self.email.data), one_line(self.phone.data), str(self.language.data)
        )

    def wish(self, typed: Mapping[str, str]) -> Wish:
        """What is bought. Raises Refusal `not_a_number`."""
        counts: dict[str, int] = {}
        for kind in self.event.ticket_types:
            name = f"ticket-{kind.public_id}"
            text = typed.get(name, "").strip() or "0"
            if not re.fullmatch(r"[0-9]{1,3}", text):
                raise Refusal("not_a_number", _("Please give a whole number."), field=name)
            counts[kind.public_id] = int(text)
        gift = money.parse(one_line(self.gift.data), self.event.currency) if one_line(self.gift.data) else 0
        return Wish(counts, gift or 0, code=one_line(self.code.data))


class AccountForm(Form):
    """Where transfers go."""

    account = TextAreaField(lazy_gettext("Bank account"), [Length(max=400, message=TOO_LONG)])

    def lines(self) -> str:
        """Line by line, without empty ones."""
        return _lines(self.account.data)


class RateForm(Form):
    """What one way of paying costs from a day on."""

    method = SelectField(lazy_gettext("Way of paying"))
    percent = StringField(lazy_gettext("Part of the sum, in percent"), [Length(max=6, message=TOO_LONG)])
    fixed = StringField(lazy_gettext("Fixed part of each payment"), [Length(max=20, message=TOO_LONG)])
    holds_from = DateField(lazy_gettext("Holds from"), [InputRequired(lazy_gettext("From which day on?"))])

    def for_event(self, event: Event) -> "RateForm":
        """Know the currency, and the ways there are."""
        self.event = event
        self.method.choices = [(method, METHODS[method]) for method in METHODS]
        if not self.is_submitted():
            self.holds_from.data = fees.today(event.organisation)
        return self

    def validate_percent(self, item: StringField) -> None:
        """At most two decimals. Nothing beside an amount is none; nothing at all may be a slip of the thumb."""
        if not one_line(item.data) and not one_line(self.fixed.data):
            raise ValidationError(_("Please write what is taken, or 0 where nothing is."))
        if not re.fullmatch(r"[0-9]{0,2}([.,][0-9]{1,2})?", one_line(item.data)):
            raise ValidationError(_("Please write it like 3.65."))

    def validate_fixed(self, item: StringField) -> None:
        """An amount of the evening's currency; nothing is none."""
        if one_line(item.data) and money.parse(one_line(item.data), self.event.currency) is None:
            raise ValidationError(_("Please give an amount such as 10 or 0.25."))

    def validate_holds_from(self, item: DateField) -> None:
        """What held yesterday cannot change any more."""
        if item.data is not None and item.data < fees.today(self.event.organisation):
            raise ValidationError(_("Please choose today or a later day."))

    def first_day(self) -> date:
        """From which it holds."""
        return self.holds_from.data or fees.today(self.event.organisation)

    def rate(self) -> fees.Rate:
        """Basis points, and minor units."""
        whole, _dot, part = one_line(self.percent.data).replace(",", ".").partition(".")
        fixed = money.parse(one_line(self.fixed.data), self.event.currency) if one_line(self.fixed.data) else 0
        return fees.Rate(int(whole or 0) * 100 + int(part.ljust(2, "0")), fixed or 0)


class StatementForm(Form):
    """The bank's CSV."""

    file = FileField(lazy_gettext("CSV file of the bank"))


def _lines(text: str | None) -> str:
    """What was typed line by line, without empty ones."""
    return "\n".join(filter(None, map(one_line, (text or "").splitlines())))
