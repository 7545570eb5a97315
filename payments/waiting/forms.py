"""What is typed to get into the line, and what the organiser sets."""

from collections.abc import Sequence

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from events.catalogue.models import TicketType
from events.core.form import Form
from events.core.i18n import LANGUAGES, lazy_gettext, local
from events.core.i18n import gettext as _
from events.core.typed import demand_address, one_line
from payments.waiting.joining import Wish

NAMES = {"fr": "Français", "en": "English", "th": "ไทย"}


class JoinForm(Form):
    """Who waits for how many of what."""

    ticket = SelectField(lazy_gettext("What would you like?"), [InputRequired(lazy_gettext("Please choose."))])
    count = IntegerField(
        lazy_gettext("How many?"),
        [NumberRange(1, 999, lazy_gettext("Please give a whole number from 1 on."))],
        default=1,
    )
    name = StringField(lazy_gettext("Your name"), [Length(max=120, message=lazy_gettext("This name is too long."))])
    email = StringField(lazy_gettext("E-mail"), [Length(max=254, message=lazy_gettext("This is too long."))])
    letters = SelectField(lazy_gettext("Language of our letters"))

    def offer(self, kinds: Sequence[TicketType], languages: Sequence[str], language: str) -> "JoinForm":
        """Let one of these types and languages be chosen."""
        self.ticket.choices = [(kind.public_id, local(kind.name)) for kind in kinds]
        self.letters.choices = [(code, NAMES[code]) for code in languages if code in LANGUAGES]
        if self.letters.data is None:
            self.letters.data = language
        return self

    def validate_name(self, item: StringField) -> None:
        """A name that can stand in a letter."""
        item.data = one_line(item.data)
        if not item.data:
            raise ValidationError(_("Please tell us your name."))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        demand_address(item)

    def wish(self, network: str | None) -> Wish:
        """What was typed; valid."""
        texts = (self.name.data or "", self.email.data or "", self.letters.data)
        return Wish(self.ticket.data, self.count.data or 1, *texts, network)


class LineForm(Form):
    """How long an offer stands."""

    offer_hours = IntegerField(
        lazy_gettext("An offer stands for (hours)"),
        [NumberRange(1, 168, lazy_gettext("Please give a whole number from 1 to 168."))],
    )
