"""What staff type on the pages of the room. Whole numbers are ASCII digits: int() takes more than people mean."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import DateTimeLocalField, SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from events.core import money
from events.core.form import Form
from events.core.i18n import NAMES, lazy_gettext
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.typed import one_line
from events.seating.models import FARTHEST, MOST_PLACES
from events.seating.sitting import Move
from events.seating.tables import Wanted

TOO_LONG = lazy_gettext("This is too long.")
SHAPES = {"round": lazy_gettext("round"), "long": lazy_gettext("long")}
KINDS = {"next_to": lazy_gettext("would like to sit with"), "not_with": lazy_gettext("must not sit with")}
MOST_TABLES, HIGHEST = 100, 9999


class Choosing(Form):
    """A form whose fields offer words of the reader's language: they are chosen when the form is made."""

    OFFERS: ClassVar[Mapping[str, Mapping[str, object]]] = {}

    def __init__(self, *given: Any, **values: Any) -> None:  # noqa: ANN401 - WTForms' own
        super().__init__(*given, **values)
        for name, words in self.OFFERS.items():
            item: Any = self[name]
            item.choices = [(code, str(word)) for code, word in words.items()]


class TablesForm(Choosing):
    """Further tables, all alike."""

    OFFERS = {"shape": SHAPES}

    count = StringField(lazy_gettext("How many"), default="1")
    places = StringField(lazy_gettext("Seats at each"), default="8")
    shape = SelectField(lazy_gettext("Shape"))

    def validate_count(self, item: StringField) -> None:
        """Not a hall by mistake."""
        check_number(item.data, 1, MOST_TABLES)

    def validate_places(self, item: StringField) -> None:
        """As many as a table may have."""
        check_number(item.data, 1, MOST_PLACES)


class TableForm(Choosing):
    """One table."""

    OFFERS = {"shape": SHAPES}

    number = StringField(lazy_gettext("Number"))
    name = StringField(lazy_gettext("Name of the table"), [Length(max=60, message=TOO_LONG)])
    host = StringField(lazy_gettext("Whose table it is"), [Length(max=80, message=TOO_LONG)])
    places = StringField(lazy_gettext("Seats"))
    shape = SelectField(lazy_gettext("Shape"))
    x = StringField(lazy_gettext("From the left"))
    y = StringField(lazy_gettext("From the top"))

    def validate_number(self, item: StringField) -> None:
        """As printed on the table."""
        check_number(item.data, 1, HIGHEST)

    def validate_places(self, item: StringField) -> None:
        """As many as a table may have."""
        check_number(item.data, 1, MOST_PLACES)

    def validate_x(self, item: StringField) -> None:
        """Inside the room."""
        check_number(item.data, 0, FARTHEST)

    def validate_y(self, item: StringField) -> None:
        """Inside the room."""
        check_number(item.data, 0, FARTHEST)

    def wanted(self) -> Wanted:
        """The table as it is to be."""
        number, places = whole(self.number.data), whole(self.places.data)
        return Wanted(number, places, str(self.shape.data), one_line(self.name.data), one_line(self.host.data))


class WishForm(Choosing):
    """Two guests by their ticket numbers."""

    OFFERS = {"kind": KINDS}

    guest = StringField(lazy_gettext("Ticket number"))
    kind = SelectField(lazy_gettext("Wish"))
    other = StringField(lazy_gettext("Ticket number of the other"))

    def validate_guest(self, item: StringField) -> None:
        """A number as printed."""
        check_number(item.data, 1, 999_999)

    def validate_other(self, item: StringField) -> None:
        """A number as printed."""
        check_number(item.data, 1, 999_999)


class CateringForm(Choosing):
    """What is agreed with the restaurant."""

    OFFERS = {"language": NAMES}

    language = SelectField(lazy_gettext("Language of the kitchen"))
    cut_off = DateTimeLocalField(lazy_gettext("Changes are free until"), [Optional()])
    dishes = SelectField(lazy_gettext("Question that asks for the dish"))
    guaranteed = StringField(lazy_gettext("Covers guaranteed"), default="0")
    price = StringField(lazy_gettext("Price of a cover"), [Length(max=30, message=TOO_LONG)])

    currency = ""

    def validate_guaranteed(self, item: StringField) -> None:
        """A count."""
        check_number(item.data, 0, 100_000)

    def validate_price(self, item: StringField) -> None:
        """An amount, or nothing."""
        if one_line(item.data) and money.parse(one_line(item.data), self.currency) is None:
            raise ValidationError(_("Please give an amount such as 500 or 1,500."))


def check_number(text: str | None, least: int, most: int) -> None:
    """Raise ValidationError unless it is a whole number between the two."""
    if not re.fullmatch(r"[0-9]{1,6}", (text or "").strip()) or not least <= whole(text) <= most:
        raise ValidationError(_("Please give a whole number from %(least)s to %(most)s.", least=least, most=most))


def whole(text: str | None) -> int:
    """The number that was typed; raises Refusal `not_a_number`."""
    if not re.fullmatch(r"[0-9]{1,9}", (text or "").strip()):
        raise Refusal("not_a_number", _("Please give a whole number."))
    return int((text or "").strip())


def find_id(text: str | None) -> int | None:
    """An id, or None for nothing."""
    return whole(text) if (text or "").strip() else None


def move(typed: Mapping[str, str]) -> Move:
    """A guest, the table where they were seen, and the one they are to go to."""
    return Move(whole(typed.get("guest")), find_id(typed.get("seen")), find_id(typed.get("table")))
