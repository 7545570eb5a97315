"""Every act and every detail that the code writes into the trail has words, so that none is shown as a code."""

import ast
from collections.abc import Iterator
from functools import cache

from app import create_app  # noqa: F401 - loads all of it
from events.catalogue.models import BLOCK_KINDS, EVENT_STATUSES, Event, TicketType
from events.core.settings import ROOT
from events.door.models import VERDICTS
from events.editor.creating import STARTS
from events.editor.publishing import STEPS
from events.office.models import ACTS as OF_MANY
from events.office.trail_details import DETAILS, SUBJECTS
from events.office.trail_reading import AREAS
from events.office.trail_telling import UNSAID
from events.office.trail_values import FIELDS, VALUES
from events.office.trail_words import ACTS
from events.team.models import ROLES
from payments.disputes.models import STATUSES as OF_DISPUTES
from payments.giving.models import ORGANISERS
from payments.orders.fees import METHODS
from payments.receipts.organisations import OWN, SHARED
from payments.refunds.models import WHYS

# Acts whose word the code puts together.
MADE = (
    *(f"event.{step.trigger}" for step in STEPS),
    *(f"guests.{act}" for act in OF_MANY),
    *(f"{words} {role}" for words in ("invited as", "ended the role") for role in ROLES),
    *(f"dispute.{status}" for status in OF_DISPUTES),
    *(f"receipt.{state}" for state in ("issued", "cancelled", "contested")),
    *(f"door.sold_{way}" for way in ("cash", "card", "comp")),
    *(f"order.{way}" for way in ("cash", "door", "transfer", "comp")),
    *("event.evening_cancelled_told", "event.evening_moved_told", "event.changed", "demo.seeded", "guests.read"),
    *("second factor wanted", "second factor not wanted"),
)
NOTING = ("note", "note_changes", "_note")


@cache
def notes() -> list[ast.Call]:
    """Every call in the code that writes a line."""
    paths = (path for folder in ("events", "payments") for path in (ROOT / folder).rglob("*.py"))
    nodes = (node for path in paths for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return [node for node in nodes if isinstance(node, ast.Call) and _name(node) in NOTING]


def _name(call: ast.Call) -> str:
    of_trail = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in ("trail", "saving")
    if isinstance(call.func, ast.Attribute) and of_trail:
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) and call.func.id == "_note" else ""


def texts(call: ast.Call) -> Iterator[str]:
    """The act, where it is written out: the second argument, or the first of a helper of one's own."""
    for argument in call.args[:2]:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value


def test_every_act_has_words_and_no_words_are_for_nothing() -> None:
    written = {text for call in notes() for text in texts(call)} - {"service", "buyer", "stranger", "command", ""}
    assert len(written) > 120
    assert (written | set(MADE)) - set(ACTS) == set()
    assert set(ACTS) - written - set(MADE) == set()


def test_every_detail_that_is_named_in_the_code_has_words() -> None:
    keys = {keyword.arg for call in notes() for keyword in call.keywords if keyword.arg}
    assert keys - set(DETAILS) == set()


def test_every_short_code_that_is_stored_has_words() -> None:
    assert {*EVENT_STATUSES, *OF_DISPUTES} <= set(VALUES["was"])
    assert set(BLOCK_KINDS) | {"year", "month", "evening"} <= set(VALUES["kind"])
    assert set(STARTS) == set(VALUES["start"])
    assert set(WHYS) == set(VALUES["why"])
    assert set(VERDICTS) == set(VALUES["verdict"])
    assert set(ORGANISERS) == set(VALUES["organiser"])
    assert set(METHODS) == set(VALUES["method"])
    columns = {column.key for table in (Event, TicketType) for column in table.__table__.columns}
    assert columns - set(FIELDS) - UNSAID == set()
    assert {*OWN, *SHARED} <= set(FIELDS)


def test_every_kind_of_thing_has_words() -> None:
    kinds = {"account", "device", "event", "ticket", "message", "table", "block", "code", "token", "webhook"}
    assert kinds <= set(SUBJECTS)
    assert len(AREAS) == 7
