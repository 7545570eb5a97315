"""What devices send: JSON, read strictly and told in one sentence where it is not as it should be."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door import asking, codes
from events.door.check_in import Shown

MOST_SCANS: Final = 200
_LONGEST_ANSWERS: Final = 16 * 1024  # characters, sealed
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class PairingRequest:
    """A code, and how the volunteer calls the phone."""

    code: str
    name: str


@dataclass(frozen=True)
class NamedGuest:
    """Who stands at the door without a code: the ticket's number, and the name that the search showed with it."""

    number: int
    name: str
    scan_id: str
    device_at: datetime | None
    answers: asking.Sent


def named_guest(body: object) -> NamedGuest:
    """Read `{"scan_id", "ticket", "name", "at", "answers"}`. Raises Refusal 422 `bad_request`."""
    fields = _object(body)
    return NamedGuest(_number(fields), _text(fields, "name"), _scan_id(fields), _moment(fields), _answers(fields))


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


def undoing(body: object) -> tuple[str, int | None]:
    """Read `{"scan_id", "ticket"}`, of which the number may be missing. Raises Refusal 422 `bad_request`."""
    fields = _object(body)
    return _scan_id(fields), None if fields.get("ticket") is None else _number(fields)


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


def _number(fields: Json) -> int:
    number = _text(fields, "ticket")
    return int(number) if re.fullmatch(r"[0-9]{1,9}", number) else _refuse("ticket")


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
