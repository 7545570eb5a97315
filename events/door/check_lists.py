"""The points of an evening that guests pass: the entrance, and whatever an organiser adds. A gate belongs to one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError

from events.core import clock, tokens
from events.core.db import db, insert_once
from events.core.i18n import gettext
from events.core.refusal import NotFound, Refusal
from events.door import figures
from events.door.models import (
    ENTRANCE,
    Admission,
    CheckList,
    Device,
    DoorHours,
    Gate,
    ManifestCursor,
    ManifestLine,
    PairingCode,
    Scan,
)

_FACTS: Final = (Device, Scan, Admission)
"""What has happened on a list stays, and so does the list."""
_BELONGINGS: Final = (PairingCode, Gate, DoorHours, ManifestCursor, ManifestLine)


@dataclass(frozen=True)
class ListLine:
    """A check list as people see it."""

    key: str
    name: str
    repeats: bool = False

    @property
    def is_entrance(self) -> bool:
        """Whether it is the one that every evening has."""
        return self.key == ENTRANCE


def of_event(event_id: int) -> Sequence[ListLine]:
    """The entrance first, then the others in the order in which they were made."""
    others = select(CheckList).where(CheckList.event_id == event_id).order_by(CheckList.created_at, CheckList.key)
    return [_entrance(), *(ListLine(one.key, one.name, one.repeats) for one in db.session.scalars(others))]


def get_list(event_id: int, key: str) -> ListLine:
    """One check list of the event; raises NotFound."""
    found = next((line for line in of_event(event_id) if line.key == key), None)
    if found is None:
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    return found


def told(event_id: int, key: str) -> dict[str, str]:
    """{"key", "name"} as devices hear it."""
    return {"key": key, "name": get_list(event_id, key).name}


def new_list(event_id: int, name: str, *, repeats: bool) -> str:
    """Add a check list; returns its key. Raises Refusal `list_exists` for a name that the event has already."""
    key = f"list-{tokens.new_reference(6).lower()}"
    row = {"event_id": event_id, "key": key, "name": name, "repeats": repeats, "created_at": clock.now()}
    if name == _entrance().name or not insert_once(CheckList, row, unique=("event_id", "name")):
        raise _exists()
    return key


def rename(event_id: int, key: str, name: str) -> None:
    """Call a list otherwise; phones hear it with their next look. Raises Refusal `list_exists`, NotFound."""
    if name == _entrance().name:
        raise _exists()
    try:
        with db.session.begin_nested():
            _own(event_id, key).name = name
    except IntegrityError as taken:
        raise _exists() from taken


def remove(event_id: int, key: str) -> None:
    """Take a list away on which nothing has happened yet. Raises Refusal `list_in_use`, NotFound."""
    gone = _own(event_id, key)
    for kind in _BELONGINGS:
        db.session.execute(delete(kind).where(kind.event_id == event_id, kind.check_list == key))
    if is_in_use(event_id, key):  # asked only now: a phone that was being paired has finished before its code could go
        sentence = gettext("Phones were paired for this list, or guests have passed it: it stays, and can be renamed.")
        raise Refusal("list_in_use", sentence)
    db.session.delete(gone)


def is_in_use(event_id: int, key: str) -> bool:
    """Whether anything has happened on a list."""
    happened = (exists().where(kind.event_id == event_id, kind.check_list == key) for kind in _FACTS)
    return any(db.session.scalar(select(one)) for one in happened)


def claim_gate(event_id: int, gate: str, check_list: str) -> None:
    """Let the gate belong to the check list. Raises Refusal `gate_taken` when it belongs to another."""
    insert_once(Gate, {"event_id": event_id, "name": gate, "check_list": check_list}, unique=("event_id", "name"))
    owner = db.session.scalars(select(Gate.check_list).where(Gate.event_id == event_id, Gate.name == gate)).one()
    if owner != check_list:
        sentence = gettext("This gate belongs to “%(name)s”. Choose another name.", name=get_list(event_id, owner).name)
        raise Refusal("gate_taken", sentence, field="gate")


def figures_of(event_id: int) -> list[tuple[ListLine, figures.Figures]]:
    """Every list with how many have passed, of how many."""
    return [(line, figures.of_event(event_id, line.key)) for line in of_event(event_id)]


def _own(event_id: int, key: str) -> CheckList:
    found = db.session.get(CheckList, (event_id, key))
    if found is None:
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    return found


def _exists() -> Refusal:
    return Refusal("list_exists", gettext("There is a list of this name already."), field="name")


def _entrance() -> ListLine:
    return ListLine(ENTRANCE, gettext("Entrance"))
