"""The organiser's forms of the door."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateTimeLocalField, HiddenField, StringField, TextAreaField, TimeField
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from events.core.form import Form
from events.core.i18n import NAMES, gettext, lazy_gettext
from events.door.models import ENTRANCE, DoorHours
from events.door.pairing import Selling

MOST_CHOICES: Final = 8  # buttons that a thumb can reach
_LONGEST_CHOICE: Final = 60
_AS_BROWSERS_SEND: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class GateForm(Form):
    """Where the next phone will stand."""

    gate = StringField(
        lazy_gettext("Gate"),
        [
            DataRequired(lazy_gettext("Say where this phone will stand.")),
            Length(max=40, message=lazy_gettext("This is too long.")),
        ],
    )
    check_list = StringField(default=ENTRANCE, validators=[Optional(), Length(max=40)])


class NameForm(Form):
    """What a check list is called."""

    name = StringField(
        lazy_gettext("Name of the list"),
        [
            DataRequired(lazy_gettext("Give the list a name.")),
            Length(max=40, message=lazy_gettext("This is too long.")),
        ],
    )

    def read(self) -> str:
        """The name, in one line."""
        return " ".join(str(self.name.data).split())


class ListForm(NameForm):
    """One more check list."""

    repeats = BooleanField(lazy_gettext("Guests may pass as often as they like"))


class QuestionForm(Form):
    """A question and its answers, in every language of the evening; the first language must be there."""

    languages: Sequence[str] = ()

    def read(self) -> tuple[dict[str, str], list[dict[str, str]]]:
        """The question, and its answers in order: {"en": ..., "fr": ...} each."""
        text = {lang: " ".join(str(self[f"text_{lang}"].data or "").split()) for lang in self.languages}
        lines = {lang: _lines(self[f"choices_{lang}"].data) for lang in self.languages}
        written = {lang: mine for lang, mine in lines.items() if mine}
        choices = [dict(zip(written, one, strict=True)) for one in zip(*written.values(), strict=True)]
        return {lang: said for lang, said in text.items() if said}, choices

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """As many answers in each language as in the first, two to eight of them."""
        good = super().validate(extra_validators)
        expected = len(_lines(self[f"choices_{self.languages[0]}"].data))
        for lang in self.languages:
            wrong = self._wrong(lang, expected)
            if wrong:
                self[f"choices_{lang}"].errors = [wrong]
                good = False
        return good

    def _wrong(self, lang: str, expected: int) -> str:
        count = len(_lines(self[f"choices_{lang}"].data))
        if lang == self.languages[0] and not 2 <= count <= MOST_CHOICES:
            return gettext("Write two to eight answers, one on each line.")
        if count not in (0, expected):
            return gettext("Write as many answers here as in the first language, in the same order.")
        if any(len(line) > _LONGEST_CHOICE for line in _lines(self[f"choices_{lang}"].data)):
            return gettext("These answers are too long for a button.")
        return ""


def question_form(languages: Sequence[str]) -> type[QuestionForm]:
    """The form for an evening in these languages."""
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for place, lang in enumerate(languages):
        name = {"lang": NAMES.get(lang, lang)}
        needed = Optional() if place else DataRequired(lazy_gettext("Write the question."))
        length = Length(max=200, message=lazy_gettext("This is too long."))
        fields[f"text_{lang}"] = StringField(lazy_gettext("Question (%(lang)s)", **name), [needed, length])
        fields[f"choices_{lang}"] = TextAreaField(lazy_gettext("Answers, one on each line (%(lang)s)", **name))
    return type("QuestionForm", (QuestionForm,), fields)


def _lines(typed: object) -> list[str]:
    return [line for line in (" ".join(one.split()) for one in str(typed or "").splitlines()) if line]


class TicksForm(Form):
    """Who was ticked on paper, and when: `tick-<ticket>`, and `time-<ticket>` where it was not the hour at the top."""

    hour = TimeField(lazy_gettext("Hour of these ticks"), [DataRequired(lazy_gettext("Say when they came."))])
    key = HiddenField(validators=[DataRequired(), Length(max=40)])

    def read(self, typed: Mapping[str, str]) -> dict[int, time]:
        """The hour of each ticket that was ticked; what is no hour is the one at the top."""
        ticked = [name.removeprefix("tick-") for name in typed if re.fullmatch(r"tick-[0-9]{1,15}", name)]
        usual: time = self.hour.data or time()
        return {int(one): _hour(typed.get(f"time-{one}", "")) or usual for one in ticked}


def _hour(typed: str) -> time | None:
    return time.fromisoformat(typed) if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", typed) else None


class SellingForm(Form):
    """What the next phone may do beside checking tickets; nothing unless it is ticked."""

    may_sell = BooleanField()
    may_comp = BooleanField()

    def read(self) -> Selling:
        """What was ticked."""
        return Selling(bool(self.may_sell.data), bool(self.may_comp.data))


class _MomentField(DateTimeLocalField):
    """Its mistake in our own words: WTForms speaks no Thai."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError, with what the reader is told."""
        try:
            super().process_formdata(valuelist)
        except ValueError as wrong:
            raise ValueError(gettext("This is not a day and an hour.")) from wrong


class HoursForm(Form):
    """When the door lets people in, in the event's own time."""

    opens_at = _MomentField(lazy_gettext("Opens"), [Optional()], format=_AS_BROWSERS_SEND)
    closes_at = _MomentField(lazy_gettext("Closes"), [Optional()], format=_AS_BROWSERS_SEND)

    def fill(self, hours: DoorHours | None, zone: str) -> None:
        """Show what is set."""
        if hours is not None:
            self.opens_at.data = hours.opens_at and hours.opens_at.astimezone(ZoneInfo(zone))
            self.closes_at.data = hours.closes_at and hours.closes_at.astimezone(ZoneInfo(zone))

    def read(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """What was typed, in UTC."""
        return _utc(self.opens_at.data, zone), _utc(self.closes_at.data, zone)


FINDING_WORDS: Final = {
    "same_guest": lazy_gettext("One guest, scanned twice"),
    "two_guests": lazy_gettext("Two people on one ticket"),
    "in_order": lazy_gettext("In order: the guest may stay"),
    "not_in_order": lazy_gettext("Should not have been let in"),
}


class FindingForm(Form):
    """What a person found out about a conflict."""

    finding = StringField(validators=[AnyOf(FINDING_WORDS.keys())])


def _utc(typed: datetime | None, zone: str) -> datetime | None:
    return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if typed else None
