"""The details of a line of the trail in words: names, sums with their currency, days, and short codes spelt out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from events.core.i18n import calendar_year, colon, money, short_day, short_moment
from events.core.i18n import gettext as _
from events.office.trail_details import DETAILS
from events.office.trail_values import FIELDS, VALUES

SUMS: Final = {"amount": "sum", "counted": "counted", "expected": "expected", "left": "left", "owed": "owed"} | {
    "differs": "differs", "fixed": "fixed", "total": "sum", "turned": "turned",
}  # fmt: skip
"""Details that are money in minor units, and the word under which they stand once they have their currency."""
PRICES: Final = ("absent_gift", "benefit", "benefit_cap", "gift_amounts", "goal", "price")
UNSAID: Final = frozenset(
    [
        "cancelled_at",
        "event_id",
        "id",
        "mark",
        "next_ticket_number",
        "organisation_id",
        "position",
        "public_id",
        "slug",
        "version",
    ]
)
"""Columns that say nothing to a reader."""
_NAMES_OF_FIELDS: Final = ("changed", "fields")


@dataclass(frozen=True)
class Telling:
    """Writes the details of one line. `names`: what things are called; `currency` is None where it is not known."""

    names: Mapping[str, str]
    currency: str | None
    zone: str

    def sentence(self, details: Mapping[str, Any], subject: str) -> str:
        """All details, each after its word. The evening is left out where the line concerns it anyway."""
        known = {key: value for key, value in details.items() if value not in (None, "", [], {})}
        if known.get("event") and self.names.get(subject) == self._event(known["event"]):
            del known["event"]
        return ", ".join(f"{colon(str(DETAILS.get(key, key)))} {text}" for key, text in self._parts(known))

    def _parts(self, details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        currency = self._currency(details)
        short = details.get("values", {})
        for key, value in details.items():
            if key == "currency" and any(name in SUMS for name in details):
                continue
            if key == "fields" and isinstance(value, list):  # some are said with their values already
                value = [name for name in value if name not in short and name not in UNSAID]
            if value == []:
                continue
            if key == "pictures" and isinstance(value, list):
                value = len(value)  # their names are numbers made of their bytes
            if key in SUMS and currency and isinstance(value, int):
                yield SUMS[key], money(value, currency)
            else:
                yield key, self._value(key, value, currency)

    def _currency(self, details: Mapping[str, Any]) -> str | None:
        own = details.get("currency")
        return own if isinstance(own, str) else self.currency

    def _value(self, key: str, value: object, currency: str | None) -> str:
        if key == "event":
            return self._event(value)
        if isinstance(value, dict):  # what a field was and is, or a text by its languages
            told = ((name, self._change(name, one, currency)) for name, one in value.items() if name not in UNSAID)
            return ", ".join(f"{FIELDS.get(name, name)} {text}" for name, text in told if text)
        if isinstance(value, list):
            return ", ".join(dict.fromkeys(self._word(key, one) for one in value))
        return self._word(key, value)

    def _change(self, field: str, value: object, currency: str | None) -> str:
        if isinstance(value, list) and len(value) == 2:
            return " → ".join(self._field(field, one, currency) for one in value)
        return self._field(field, value, currency)

    def _field(self, field: str, value: object, currency: str | None) -> str:
        if field in PRICES and currency and isinstance(value, int):
            return money(value, currency)
        return self._word("before" if field == "status" else field, value)

    def _word(self, key: str, value: object) -> str:
        if value in (None, "", []):
            return "–"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if key == "year" and isinstance(value, int):
            return str(calendar_year(value))
        text = ", ".join(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)
        if key in _NAMES_OF_FIELDS:
            return str(FIELDS.get(text, text))
        return str(VALUES.get(key, {}).get(text) or self._moment(text))

    def _moment(self, text: str) -> str:
        """An instant as lists write it; any other text as it is."""
        if len(text) < 19 or text[10:11] != "T":
            return self._day(text)
        try:
            when = datetime.fromisoformat(text)
        except ValueError:
            return text
        return short_moment(when, self.zone) if when.tzinfo else text

    def _day(self, text: str) -> str:
        """A day as lists write it; any other text as it is."""
        try:
            return short_day(date.fromisoformat(text)) if len(text) == 10 else text
        except ValueError:
            return text

    def _event(self, value: object) -> str:
        return self.names.get(f"event:{value}", str(value))
