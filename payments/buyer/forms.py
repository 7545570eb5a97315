"""What the buyer types to change an order."""

from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext
from events.core.typed import demand_address, one_line
from events.tickets.models import Ticket


class CodeForm(FlaskForm):
    """The six digits of the letter."""

    code = StringField(lazy_gettext("Code"))

    @property
    def digits(self) -> str:
        """As typed, without the spaces that people put between."""
        return "".join((self.code.data or "").split())[:20]


class TransferForm(FlaskForm):
    """Which ticket, and who comes instead."""

    ticket = SelectField(lazy_gettext("Ticket"))
    name = StringField(lazy_gettext("Who comes instead"))
    guest_email = StringField(lazy_gettext("Their e-mail address"))

    def offer(self, tickets: Sequence[Ticket]) -> "TransferForm":
        """Let one of `tickets` be chosen."""
        names = [(ticket.short_number, ticket.guest_name or _("Name to come")) for ticket in tickets]
        self.ticket.choices = [(number, f"{number} · {name}") for number, name in names]
        return self

    def validate_name(self, item: StringField) -> None:
        """Somebody must come."""
        item.data = one_line(item.data, 120)
        if not item.data:
            raise ValidationError(_("Please write who comes."))

    def validate_guest_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        demand_address(item)


class EmailForm(FlaskForm):
    """The new address."""

    email = StringField(lazy_gettext("New e-mail address"))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        demand_address(item)
