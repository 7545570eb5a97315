"""What the office types about guests."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from events.core import tokens
from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext
from events.core.refusal import Refusal
from events.core.typed import one_line
from events.guests.words import ALLERGEN_NAMES, DIET_NAMES
from events.office.batches import Wish
from events.office.editing import Data
from events.office.guest_list import Narrowed
from events.office.models import ACTS

TOO_LONG = lazy_gettext("This is too long.")
NAME, NOTE, MARK = 120, 300, 40
"""Most letters of a name (or alias), of a note, of a mark."""
MOST_TICKED = 200
"""Boxes that one form may tick; all that were found are sent as the filter itself."""


class GuestForm(Form):
    """One guest."""

    def __init__(self, *given: Any, **values: Any) -> None:  # noqa: ANN401 - WTForms’ own
        super().__init__(*given, **values)
        for item, words in ((self.diet, DIET_NAMES), (self.allergies, ALLERGEN_NAMES)):
            item.choices = [(code, str(word)) for code, word in words.items()]

    name = StringField(lazy_gettext("Name"), [Length(max=NAME, message=TOO_LONG)])
    alias = StringField(lazy_gettext("Name on cards and lists"), [Length(max=NAME, message=TOO_LONG)])
    diet = SelectField(lazy_gettext("Diet"))
    allergies = SelectMultipleField(
        lazy_gettext("Allergies"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    note = StringField(lazy_gettext("What kitchen and door must know"), [Length(max=NOTE, message=TOO_LONG)])
    mark = StringField(lazy_gettext("Mark"), [Length(max=MARK, message=TOO_LONG)])
    staff_note = TextAreaField(lazy_gettext("Note for colleagues"), [Length(max=1000, message=TOO_LONG)])

    def data_given(self) -> Data:
        """What was typed."""
        allergies = tuple(code for code in ALLERGEN_NAMES if code in (self.allergies.data or ()))
        texts = (one_line(self.note.data), one_line(self.mark.data), (self.staff_note.data or "").strip())
        return Data(one_line(self.name.data), one_line(self.alias.data), str(self.diet.data), allergies, *texts)


def narrowed(typed: Mapping[str, str]) -> Narrowed:
    """The filters of an address."""
    kind = typed.get("kind", "")
    return Narrowed(
        diet=typed.get("diet", "")[:20],
        table=one_line(typed.get("table"))[:80],
        kind=int(kind) if re.fullmatch("[0-9]{1,12}", kind) else None,
        mark=one_line(typed.get("mark"))[:MARK],
    )


def numbers(typed: Sequence[str]) -> list[int]:
    """Ticket numbers that were ticked. Raises Refusal: nobody_chosen, too_many."""
    found = sorted({int(text) for text in typed if re.fullmatch("[0-9]{1,6}", text)})
    if not found:
        raise Refusal("nobody_chosen", _("Tick the guests first."))
    if len(found) > MOST_TICKED:
        raise Refusal("too_many", _("At most %(num)s guests can be ticked at one time.", num=MOST_TICKED))
    return found


def wish(typed: Mapping[str, str]) -> Wish:
    """What is to be done with many guests. Raises Refusal: nothing_to_do, not_a_number."""
    act, key = typed.get("act", ""), typed.get("key", "")
    if act not in ACTS:
        raise Refusal("nothing_to_do", _("Choose what is to be done."))
    return Wish(
        act=act,
        key=key if 12 <= len(key) <= 64 else tokens.new_token(12),
        mark=one_line(typed.get("mark"))[:MARK] if act == "mark" else "",
        table=table_number(typed.get("to_table")) if act == "table" else None,
    )


def table_number(text: str | None) -> int | None:
    """The number of a table, None for none. Raises Refusal `not_a_number`."""
    text = (text or "").strip()
    if text and not re.fullmatch("[0-9]{1,4}", text):
        raise Refusal("not_a_number", _("Please give the number of a table."))
    return int(text) if text else None
