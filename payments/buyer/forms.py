"""What the buyer types to change an order."""

from collections.abc import Mapping, Sequence
from datetime import UTC
from types import MappingProxyType
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from events.core.form import Form
from events.core.i18n import NAMES, language, lazy_gettext
from events.core.i18n import gettext as _
from events.core.typed import demand_address, one_line
from events.tickets.models import Ticket
from payments.buyer import returns
from payments.buyer.models import ReturnTerms

_AS_BROWSERS_SEND = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class CodeForm(Form):
    """The six digits of the letter."""

    code = StringField(lazy_gettext("Code"))

    @property
    def digits(self) -> str:
        """As typed, without the spaces that people put between."""
        return "".join((self.code.data or "").split())[:20]


class TransferForm(Form):
    """Which ticket, who comes instead, and what they read."""

    ticket = SelectField(lazy_gettext("Ticket"), validate_choice=False)
    name = StringField(lazy_gettext("Who comes instead"))
    offered: frozenset[str] = frozenset()
    guest_email = StringField(lazy_gettext("Their e-mail address"))
    language = SelectField(lazy_gettext("Their language"), validate_choice=False)

    def offer(self, tickets: Sequence[Ticket], languages: Sequence[str]) -> "TransferForm":
        """Let one of `tickets` be chosen; none is until somebody does, for its code dies."""
        self.language.choices = [(code, NAMES[code]) for code in languages]
        if self.language.data not in languages:
            self.language.data = language()  # the buyer's, until another is chosen
        names = [(ticket.short_number, ticket.guest_name or _("Name to come")) for ticket in tickets]
        known = [(number, f"{number} · {name}") for number, name in names]
        self.offered = frozenset(number for number, _name in names)
        self.ticket.choices = [("", _("Please choose")), *known]
        return self

    def validate_ticket(self, item: SelectField) -> None:
        """One of those that were offered."""
        if item.data not in self.offered:
            raise ValidationError(_("Please choose the ticket."))

    def validate_name(self, item: StringField) -> None:
        """Somebody must come."""
        item.data = one_line(item.data, 120)
        if not item.data:
            raise ValidationError(_("Please write who comes."))

    def validate_guest_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        demand_address(item)


class ReturnsForm(Form):
    """Which seats go back, and whether their money does."""

    ticket = SelectMultipleField(
        lazy_gettext("Which tickets?"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    how = RadioField(lazy_gettext("What happens to their price?"), validate_choice=False)
    guests: Mapping[str, str | None] = MappingProxyType({})  # who has which ticket, as far as is known

    def offer(self, tickets: Sequence[Ticket], pays_back: bool) -> "ReturnsForm":
        """Let some of `tickets` be chosen, and money only where the rules give some."""
        names = [(ticket.short_number, ticket.guest_name or _("Name to come")) for ticket in tickets]
        self.ticket.choices = [(number, f"{number} · {name}") for number, name in names]
        self.guests = {ticket.short_number: ticket.guest_name for ticket in tickets}
        gift = (returns.GIFT, _("I give the seat back, and its whole price goes to the mission."))
        money = (returns.MONEY, _("I would like my money back, as far as the rules of this evening allow."))
        self.how.choices = [gift, money] if pays_back else [gift]
        if not pays_back and not self.is_submitted():
            self.how.data = returns.GIFT
        return self

    @property
    def numbers(self) -> list[str]:
        """The tickets chosen."""
        return list(self.ticket.data or ())

    @property
    def named(self) -> list[str]:
        """The tickets chosen, each with its guest where there is a name: 0021 (Anna)."""
        return [f"{number} ({name})" if (name := self.guests.get(number)) else number for number in self.numbers]

    def validate_ticket(self, item: SelectMultipleField) -> None:
        """At least one."""
        if not item.data:
            raise ValidationError(_("Please choose the tickets that are given back."))

    def validate_how(self, item: RadioField) -> None:
        """One of those that are offered."""
        if item.data not in {value for value, *_rest in item.iter_choices()}:
            raise ValidationError(_("Please say what happens to their price."))


class TermsForm(Form):
    """The organiser's rules for giving back."""

    until = DateTimeLocalField(lazy_gettext("Money goes back until"), [Optional()], format=_AS_BROWSERS_SEND)
    share = IntegerField(
        lazy_gettext("How much of it, in per cent"),
        [NumberRange(1, 100, lazy_gettext("Please give a whole number from 1 to 100."))],
    )
    gifts_stay = BooleanField(lazy_gettext("The gift in the price stays given"))

    @classmethod
    def of(cls, terms: ReturnTerms, zone: str) -> "TermsForm":
        """Filled in with the rules as they are."""
        until = terms.until.astimezone(ZoneInfo(zone)).replace(tzinfo=None) if terms.until else None
        return cls(formdata=None, until=until, share=terms.share_bp // 100, gifts_stay=terms.gifts_stay)

    def terms(self, event_id: int, zone: str) -> ReturnTerms:
        """What was typed, in UTC and basis points; not a row yet."""
        typed = self.until.data
        until = typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if typed else None
        share_bp = int(self.share.data or 0) * 100
        return ReturnTerms(event_id=event_id, until=until, share_bp=share_bp, gifts_stay=bool(self.gifts_stay.data))


class EmailForm(Form):
    """The new address."""

    email = StringField(lazy_gettext("New e-mail address"))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        demand_address(item)
