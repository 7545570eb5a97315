"""What is typed about gifts in the room: by a guest on a telephone, and by staff at a desk."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from events.catalogue.models import Event
from events.core import clock, money
from events.core.form import Form
from events.core.i18n import LANGUAGES, NAMES, lazy_gettext
from events.core.i18n import gettext as _
from events.core.typed import demand_address, demand_telephone, one_line
from events.table_codes.models import TableCode
from payments.checkout.begin import Buyer
from payments.offline.arranging import Terms
from payments.pledges import appeals
from payments.pledges.course import Promise

TOO_LONG = lazy_gettext("This is too long.")
AMOUNT = lazy_gettext("Please give an amount such as 500 or 1,500.")
LARGEST = 10**13
"""Minor units. What is more was not meant."""
PAID_WITHIN = timedelta(days=30)


class _Giving(Form):
    """Amount and giver. `for_event` first: amounts are read in its currency."""

    gift = StringField(lazy_gettext("Another amount"), [Length(max=30, message=TOO_LONG)])
    name = StringField(lazy_gettext("Your name"), [Length(max=120, message=lazy_gettext("This name is too long."))])
    email = StringField(lazy_gettext("E-mail"), [Length(max=254, message=TOO_LONG)])
    phone = StringField(lazy_gettext("Telephone"), [Length(max=40, message=TOO_LONG)])
    shown = BooleanField(lazy_gettext("Show my name on the screen"))
    key = HiddenField()

    def for_event(self, event: Event, typed: Mapping[str, str]) -> "_Giving":
        """Know the currency, and what was pressed among the suggested amounts."""
        self.event = event
        text = (self.gift.data or "").strip() or typed.get("suggested", "")
        self.amount = money.parse(text, event.currency) if text else None
        return self

    def validate_gift(self, item: StringField) -> None:
        """An own amount, or a suggested one: one of them."""
        if self.amount is None or not 0 < self.amount < LARGEST:
            raise ValidationError(str(AMOUNT))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells; where none is asked for, none is fine."""
        if item.data:
            demand_address(item)

    def validate_phone(self, item: StringField) -> None:
        """Digits and what people write between them."""
        demand_telephone(item)

    def giver(self, language: str) -> Buyer:
        """Who gives, cleaned."""
        name, email, phone = (one_line(item.data) for item in (self.name, self.email, self.phone))
        return Buyer(name, email, phone, language)


class TableForm(_Giving):
    """What a guest at a table fills in."""

    def validate_name(self, item: StringField) -> None:
        """A receipt and a thank-you need one; the room does not hear it."""
        if not one_line(item.data):
            raise ValidationError(_("Please tell us your name."))

    def validate_email(self, item: StringField) -> None:
        """The letter goes there, with the receipt or the pay link."""
        if not item.data:
            raise ValidationError(_("Please give an e-mail address: your receipt or your pay link is sent to it."))
        demand_address(item)

    def mistakes(self) -> list[tuple[str, str]]:
        """What the last validation found, with the id of its field; the token's own mistake belongs to no field."""
        lost = _("This form had lost touch with your browser. Nothing is lost: please press the button again.")
        found = [(name, str(next(iter(errors)))) for name, errors in self.errors.items() if errors]
        return [("", lost) if name == "csrf_token" else (str(name), sentence) for name, sentence in found]


class HandForm(_Giving):
    """What staff write down for somebody who raised a hand: a name or a paddle is enough."""

    code = SelectField(lazy_gettext("Table"), coerce=int)
    paddle = StringField(lazy_gettext("Paddle"), [Length(max=20, message=TOO_LONG)])
    language = SelectField(lazy_gettext("Language"), choices=lambda: [(code, NAMES[code]) for code in LANGUAGES])

    def of_tables(self, codes: list[TableCode], event: Event) -> "HandForm":
        """The tables one may choose from."""
        self.code.choices = [(code.id, code.words) for code in codes]
        if not self.language.data or not self.is_submitted():
            self.language.data = event.language
        return self

    def validate_paddle(self, item: StringField) -> None:
        """Somebody must be meant."""
        if not one_line(item.data) and not one_line(self.name.data):
            raise ValidationError(_("Please give the paddle’s number or a name."))

    def promise(self) -> Promise:
        """What was promised."""
        giver = self.giver(str(self.language.data))
        return Promise(self.amount or 0, giver, bool(self.shown.data), one_line(self.paddle.data, 20))


class AppealForm(Form):
    """What the screen shows, and when promises are remembered."""

    counts = SelectField(
        lazy_gettext("The thermometer counts"),
        choices=lambda: [("gifts", _("gifts alone")), ("all", _("gifts and meals"))],
    )
    shows_promised = BooleanField(lazy_gettext("Show promises, apart from what is paid"))
    shows_names = BooleanField(lazy_gettext("Show the latest names of those who agreed"))
    remind_days = IntegerField(lazy_gettext("Days until a reminder"), [InputRequired(), NumberRange(1, 90)])
    remind_times = IntegerField(lazy_gettext("How many reminders"), [InputRequired(), NumberRange(0, 5)])
    lapse_days = IntegerField(lazy_gettext("Days until a promise lapses"), [InputRequired(), NumberRange(0, 730)])

    def terms(self) -> appeals.Terms:
        """What was set."""
        days = [int(item.data or 0) for item in (self.remind_days, self.remind_times, self.lapse_days)]
        return appeals.Terms(str(self.counts.data), bool(self.shows_promised.data), bool(self.shows_names.data), *days)


class InvoiceForm(Form):
    """For whom an invoice is, and until when it is to be paid."""

    until = DateField(lazy_gettext("To be paid by"), [Optional()])
    company = StringField(lazy_gettext("Company, for an invoice"), [Length(max=200, message=TOO_LONG)])
    tax_id = StringField(lazy_gettext("Tax id of the company"), [Length(max=60, message=TOO_LONG)])
    address = TextAreaField(lazy_gettext("Address of the company"), [Length(max=400, message=TOO_LONG)])

    def terms(self, event: Event) -> Terms:
        """How it is to be paid; in a month unless told."""
        zone = ZoneInfo(event.time_zone)
        day = self.until.data or (clock.now() + PAID_WITHIN).astimezone(zone).date()
        until = datetime(day.year, day.month, day.day, 23, 59, tzinfo=zone).astimezone(UTC)
        lines = "\n".join(filter(None, (one_line(line) for line in (self.address.data or "").splitlines())))
        return Terms("transfer", until, one_line(self.company.data), one_line(self.tax_id.data), lines)

    def validate_until(self, item: DateField) -> None:
        """Not a day that is over."""
        if item.data and item.data < clock.now().date():
            raise ValidationError(_("Please choose a day that is not over yet."))
