"""What guests write about themselves."""

from collections.abc import Sequence

from wtforms import Field, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext
from events.core.typed import demand_address, one_line
from events.guests.answering import Reply
from events.guests.asking import Said
from events.guests.models import ALLERGENS, DIETS
from events.guests.words import ALLERGEN_NAMES, DIET_NAMES

NAME, ADDRESS, NOTE = 120, 200, 300
"""The most letters of each."""


class ReplyForm(Form):
    """Name, and whatever kitchen and door should know; only the name is asked for."""

    name = StringField(lazy_gettext("Your name"))
    email = StringField(lazy_gettext("E-mail"))
    alias = StringField(
        lazy_gettext("Name for others"), [Length(max=NAME, message=lazy_gettext("This is longer than a card is wide."))]
    )
    diet = SelectField(lazy_gettext("Diet"), choices=lambda: [(code, DIET_NAMES[code]) for code in DIETS])
    allergies = SelectMultipleField(
        lazy_gettext("Allergies"),
        choices=lambda: [(code, ALLERGEN_NAMES[code]) for code in ALLERGENS],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    note = TextAreaField(
        lazy_gettext("Anything else for kitchen and door"),
        [Length(max=NOTE, message=lazy_gettext("Please say it in at most 300 letters."))],
        filters=[one_line],  # what a browser sends for the end of a line would count as two letters
    )

    def validate_name(self, item: Field) -> None:
        """Somebody must come."""
        item.data = one_line(item.data)
        if not item.data:
            raise ValidationError(_("Please write your name. An alias will do."))
        if len(item.data) > NAME:
            raise ValidationError(_("This is longer than a card is wide."))

    def validate_email(self, item: Field) -> None:
        """Nothing, or an address that mail can reach, as far as its form tells."""
        item.data = (item.data or "").strip()
        if item.data:
            demand_address(item)

    def mistakes(self) -> list[tuple[str, str]]:
        """What the last validation found: (field, sentence)."""
        return [(item.id, str(item.errors[0])) for item in self if item.errors]

    def reply(self, answers: Sequence[Said] = ()) -> Reply:
        """What was written, when it is valid, with answers to the organiser's own questions."""
        return Reply(
            name=self.name.data or "",
            email=self.email.data or "",
            alias=one_line(self.alias.data),
            diet=self.diet.data or "",
            allergies=tuple(self.allergies.data or ()),
            note=self.note.data or "",
            answers=tuple(answers),
        )
