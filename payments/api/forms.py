"""What staff type: a new token, a new address."""

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext, local, ngettext
from events.core.typed import one_line
from payments.api import choosing
from payments.api.choosing import Place
from payments.api.scopes import SCOPES
from payments.hooks.kinds import KINDS
from payments.hooks.reaching import LONGEST_ADDRESS

TOO_LONG = lazy_gettext("This is too long.")
DAYS = (30, 90, 365)
_TICKS: dict[str, Any] = {"widget": ListWidget(prefix_label=False), "option_widget": CheckboxInput()}


class _PlacedForm(Form):
    place = SelectField(lazy_gettext("For"))

    def for_places(self, places: list[Place]) -> None:
        """Know what may be chosen."""
        self.places = {place.key: place for place in places}
        self.place.choices = [(place.key, _words(place)) for place in places]

    def where(self) -> Place:
        """What was chosen; the form was found good."""
        return self.places[str(self.place.data)]


def _words(place: Place) -> str:
    if place.event is not None:
        return local(place.event.title)
    return _("All evenings of %(house)s", house=place.organisation.name)


class TokenForm(_PlacedForm):
    """A name, what the program may do, and how long."""

    name = StringField(
        lazy_gettext("Name"),
        [InputRequired(lazy_gettext("Which program is it for?")), Length(max=80, message=TOO_LONG)],
    )
    scopes = SelectMultipleField(lazy_gettext("What the program may do"), **_TICKS)
    days = SelectField(lazy_gettext("Good for"), coerce=int)

    def for_account(self, account_id: int) -> "TokenForm":
        """Know where and what this account may let programs do."""
        places = choosing.of_tokens()
        self.for_places(places)
        allowed = choosing.scopes(account_id, places)
        self.scopes.choices = [(name, str(scope.words)) for name, scope in SCOPES.items() if name in allowed]
        self.days.choices = [(days, ngettext("%(num)s day", "%(num)s days", days)) for days in DAYS]
        return self

    def validate_name(self, item: StringField) -> None:
        """A name one can see."""
        item.data = one_line(item.data)
        if not item.data:
            raise ValidationError(_("Which program is it for?"))


class WebhookForm(_PlacedForm):
    """Where to, and what of."""

    url = StringField(
        lazy_gettext("Address"),
        [InputRequired(lazy_gettext("Where shall it be sent?")), Length(max=LONGEST_ADDRESS, message=TOO_LONG)],
    )
    kinds = SelectMultipleField(lazy_gettext("What it is told"), **_TICKS)

    def for_manager(self) -> "WebhookForm":
        """Know the evenings that the signed-in account runs."""
        self.for_places(choosing.of_webhooks())
        self.kinds.choices = [(kind, str(words)) for kind, words in KINDS.items()]
        return self
