"""The forms of a new code, and of one that there is."""

import re
from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

from wtforms import BooleanField, DateTimeLocalField, HiddenField, IntegerField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from events.catalogue.codes import DiscountCode, folded
from events.catalogue.models import Event
from events.core import money, tokens
from events.core.form import Form
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext, local, percent
from payments.codes.making import MOST, TAIL, Draft

_AS_BROWSERS_SEND = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,3})(?:[.,](?P<part>[0-9]{1,2}))?\s*%")


class TermsForm(Form):
    """What a code does, for which tickets, how often and when."""

    off = StringField(lazy_gettext("Takes off"), [Length(max=30)])
    ticket_types = SelectMultipleField(
        lazy_gettext("For these tickets"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    opens_hidden = BooleanField(lazy_gettext("Opens hidden tickets"))
    use_limit = IntegerField(
        lazy_gettext("How many orders may use it"),
        [Optional(), NumberRange(1, 1_000_000, lazy_gettext("Please give a whole number from 1 on."))],
    )
    starts_at = DateTimeLocalField(lazy_gettext("Good from"), [Optional()], format=_AS_BROWSERS_SEND)
    ends_at = DateTimeLocalField(lazy_gettext("Good until"), [Optional()], format=_AS_BROWSERS_SEND)
    note = StringField(lazy_gettext("Note for colleagues"), [Length(max=200)])

    def for_event(self, event: Event) -> Self:
        """Know the evening's ticket types, its currency and its hours."""
        self.ticket_types.choices = [(kind.public_id, local(kind.name)) for kind in event.ticket_types]
        self.event = event
        return self

    def validate_off(self, item: StringField) -> None:
        """A percentage or an amount."""
        text = (item.data or "").strip()
        if text and self._percent() is None and not self._amount():
            raise ValidationError(
                _("Please give a percentage such as %(percent)s, or an amount such as 500.", percent=percent(1_000))
            )

    def draft(self, code: str) -> Draft:
        """What was typed for this code, in minor units, basis points and UTC."""
        chosen = set(self.ticket_types.data or ())
        percent = self._percent()
        return Draft(
            code=code,
            percent_bp=percent,
            amount=None if percent else self._amount() or None,
            use_limit=self.use_limit.data,
            starts_at=self._moment(self.starts_at.data),
            ends_at=self._moment(self.ends_at.data),
            opens_hidden=bool(self.opens_hidden.data),
            ticket_types=tuple(kind for kind in self.event.ticket_types if kind.public_id in chosen),
            note=" ".join((self.note.data or "").split()),
        )

    def _percent(self) -> int | None:
        """Basis points, 1 to 10 000, or None where none were typed."""
        match = _PERCENT.fullmatch((self.off.data or "").strip())
        if match is None:
            return None
        points = int(match["whole"]) * 100 + int((match["part"] or "").ljust(2, "0") or 0)
        return points if 0 < points <= 10_000 else None

    def _amount(self) -> int | None:
        text = (self.off.data or "").strip()
        return money.parse(text, self.event.currency) if text else None

    def _moment(self, typed: datetime | None) -> datetime | None:
        return typed.replace(tzinfo=ZoneInfo(self.event.time_zone)).astimezone(UTC) if typed else None


class NewCodeForm(TermsForm):
    """A word of one's own; or, for many codes at once, the word that all of them begin with."""

    code = StringField(
        lazy_gettext("Code"),
        [
            InputRequired(lazy_gettext("Please think of a word.")),
            Length(max=40, message=lazy_gettext("This is too long.")),
        ],
    )
    count = IntegerField(
        lazy_gettext("How many codes"),
        [Optional(), NumberRange(1, MOST, lazy_gettext("Please give a whole number from 1 to %(most)s.", most=MOST))],
    )

    key = HiddenField(default=tokens.new_token)

    def validate_code(self, item: StringField) -> None:
        """Something people can type on a telephone and say aloud."""
        if not re.fullmatch(r"[A-Z0-9ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŒก-๛_-]+", folded(item.data or "")):
            raise ValidationError(_("Letters, digits, - and _ only."))
        if self.is_many and len(folded(item.data or "")) > 40 - TAIL - 1:
            raise ValidationError(_("This is too long."))

    @property
    def secret(self) -> str:
        """What this form and no other is known by, as it was filled in."""
        typed = {name: value for name, value in self.data.items() if name != "csrf_token"}
        return tokens.digest(repr(typed | {"key": self.key.data or tokens.new_token()}))

    @property
    def is_many(self) -> bool:
        """Whether more than one code is wanted."""
        return (self.count.data or 1) > 1

    def new(self) -> Draft:
        """The code, or what all of many codes have in common."""
        return self.draft(folded(self.code.data or ""))


def terms_of(code: DiscountCode, event: Event) -> dict[str, object]:
    """A code as TermsForm shows it, in the evening's own hours."""
    zone = ZoneInfo(event.time_zone)
    return {
        "off": percent(code.percent_bp) if code.percent_bp else _typed(code.amount, event.currency),
        "ticket_types": [kind.public_id for kind in code.ticket_types],
        "opens_hidden": code.opens_hidden,
        "use_limit": code.use_limit,
        "starts_at": code.starts_at.astimezone(zone) if code.starts_at else None,
        "ends_at": code.ends_at.astimezone(zone) if code.ends_at else None,
        "note": code.note,
    }


def _typed(amount: int | None, currency: str) -> str:
    """As one types it; where three decimals might be thousands, with a fourth."""
    if amount is None:
        return ""
    plain = money.major(amount, currency)
    return f"{plain:f}{'0' * (money.exponent(currency) == 3)}" if plain % 1 else f"{plain:.0f}"
