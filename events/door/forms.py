"""What reaches the door from outside: JSON of devices, and the organiser's two small forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, StringField
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from events.core.i18n import gettext, lazy_gettext
from events.core.refusal import Refusal
from events.door import asking, codes
from events.door.check_in import Shown
from events.door.models import DoorHours
from events.door.pairing import Selling

MOST_SCANS: Final = 200
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

_LONGEST_ANSWERS: Final = 16 * 1024  # characters, sealed
_AS_BROWSERS_SEND: Final = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]

Json = Mapping[str, Any]


@dataclass(frozen=True)
class PairingRequest:
    """A code, and how the volunteer calls the phone."""

    code: str
    name: str


def pairing_request(body: object) -> PairingRequest:
    """Read `{"code", "name"}`. Raises Refusal 422 `bad_request`."""
    fields = _object(body)
    code, name = _text(fields, "code"), " ".join(_text(fields, "name").split())[:60]
    if not name or not name.isprintable():
        raise Refusal("name_needed", gettext("Give this phone a name, so that the organiser knows it."), field="name")
    return PairingRequest(code, name)


def shown_tickets(body: object) -> list[Shown]:
    """Read `{"scans": [...]}`, 1 to 200 of them. Raises Refusal 422 `bad_request` or `too_many_scans`."""
    scans = _object(body).get("scans")
    if not isinstance(scans, list) or not scans:
        _refuse("scans")
    if len(scans) > MOST_SCANS:
        raise Refusal("too_many_scans", gettext("At most %(most)d scans at once.", most=MOST_SCANS), field="scans")
    return [_shown(_object(scan)) for scan in scans]


def scan_id(body: object) -> str:
    """Read `{"scan_id"}`. Raises Refusal 422 `bad_request`."""
    return _scan_id(_object(body))


def cursor(text: str) -> int:
    """How far a phone has read the manifest. Raises Refusal 422 `bad_request`."""
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else _refuse("since")


def _shown(scan: Json) -> Shown:
    return Shown(
        scan_id=_scan_id(scan),
        presented=_presented(scan),
        device_at=_moment(scan),
        offline=_flag(scan, "offline"),
        whole_party=_flag(scan, "party"),
        answers=_answers(scan),
    )


def _answers(scan: Json) -> asking.Sent:
    """A list of answers, or the same sealed; none is as good as an empty list."""
    sent = scan.get("answers") or ()
    if isinstance(sent, str):
        return sent if len(sent) <= _LONGEST_ANSWERS else _refuse("answers")
    good = isinstance(sent, list | tuple) and len(sent) <= asking.MOST and all(map(asking.is_answer, sent))
    return sent if good else _refuse("answers")


def _presented(scan: Json) -> codes.Presented:
    if "code" in scan:
        return codes.typed(_text(scan, "code"))
    return codes.queued(_text(scan, "hash"), _text(scan, "proof"))


def _scan_id(fields: Json) -> str:
    value = _text(fields, "scan_id")
    return value if _UUID.fullmatch(value) else _refuse("scan_id")


def _moment(scan: Json) -> datetime | None:
    """The device's own time: ISO 8601 with its zone, or nothing."""
    if scan.get("at") is None:
        return None
    try:
        moment = datetime.fromisoformat(_text(scan, "at"))
    except ValueError:
        _refuse("at")
    return moment.astimezone(UTC) if moment.tzinfo else _refuse("at")


def _flag(fields: Json, name: str) -> bool:
    value = fields.get(name, False)
    return value if isinstance(value, bool) else _refuse(name)


def _text(fields: Json, name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else _refuse(name)


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else _refuse("body")


def _refuse(name: str) -> NoReturn:
    raise Refusal("bad_request", gettext("The request is not as it should be: %(field)s.", field=name), field=name)


class GateForm(FlaskForm):
    """Where the next phone will stand."""

    gate = StringField(
        lazy_gettext("Gate"),
        [
            DataRequired(lazy_gettext("Say where this phone will stand.")),
            Length(max=40, message=lazy_gettext("This is too long.")),
        ],
    )


class SellingForm(FlaskForm):
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


class HoursForm(FlaskForm):
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


class FindingForm(FlaskForm):
    """What a person found out about a conflict."""

    finding = StringField(validators=[AnyOf(FINDING_WORDS.keys())])


class Confirmation(FlaskForm):
    """A button, and the proof that our own page showed it."""


def _utc(typed: datetime | None, zone: str) -> datetime | None:
    return typed.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) if typed else None
