"""The API does what its OpenAPI document says: schemathesis asks everything, in and out of order, on both engines.

It runs as its command line does: examples, the edges of every parameter, random requests good and bad, and walks along
the links of the document, with all its checks.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Thread
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis import Case, HookContext
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import PhaseName
from schemathesis.schemas import BaseSchema
from werkzeug.serving import make_server

from payments.api import web
from payments.api.table import OPERATIONS
from payments.api.web import ROOT
from tests.payments.api.conftest import Asking, more_room

FEW, MANY = 2, 100
"""Random requests of each operation."""
EVERY = ("examples", "coverage", "fuzzing", "stateful")
EDGES = ("changeGuest", "addWebhook", "listTickets")
"""Every shape of a request is in one of these; the edges of all others are for the long run."""
UNTRUE = "missing required 'Authorization' header"
"""Our settings put the token on every request, so it is there in these too; without one: test_asking."""
_KEYS = count()


@dataclass
class Seen:
    """What schemathesis asked, and what it complains of."""

    asked: Counter[str] = field(default_factory=Counter)
    linked: int = 0
    done: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application over HTTP, as schemathesis likes it best; its root."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}{ROOT}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(app: Flask, token: str, phases: Collection[str], examples: int, of: Collection[str] = ()) -> Seen:
    """These phases, one after the other; `of` these operations alone."""
    wanted: dict[str, dict[str, object]] = {name: {"enabled": name in phases} for name in EVERY}
    wanted["stateful"]["generation"] = {"max-examples": max(examples, 4)}
    with served(app) as root:
        values = {
            "seed": 7,
            "base-url": root,
            "cache": {"enabled": False},
            "headers": {"Authorization": f"Bearer {token}"},
            "generation": {"max-examples": examples, "database": "none"},
            "phases": wanted,
            "continue-on-failure": True,
        }
        schema = schemathesis.openapi.from_url(f"{root}/openapi.json", config=SchemathesisConfig.from_dict(values))
        return _watch(schema.include(operation_id=list(of)) if of else schema)


@schemathesis.hook("before_call")
def as_programs_do(context: HookContext, case: Case[Any], kwargs: dict[str, object]) -> None:
    """A good key is used once: the same for something else is refused with 422, and that is no fault."""
    if re.fullmatch("[!-~]{1,100}", case.headers.get(web.KEY, "") or ""):
        case.headers[web.KEY] = f"key-{next(_KEYS)}"


def _watch(schema: BaseSchema) -> Seen:
    seen = Seen()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _note(event, seen)
        elif isinstance(event, events.NonFatalError):
            seen.complaints.append(f"{event.label}: {event.value}")
        elif isinstance(event, events.FatalError):
            seen.complaints.append(str(event.exception))
    return seen


def _note(event: events.ScenarioFinished, seen: Seen) -> None:
    for node in event.recorder.cases.values():
        seen.asked[node.value.operation.label] += 1
        seen.linked += event.phase is PhaseName.STATEFUL_TESTING and node.transition is not None
    for case_id, interaction in event.recorder.interactions.items():
        found, case = interaction.response, event.recorder.cases.get(case_id)
        if found is not None and case is not None and found.status_code < 300:
            seen.done.add(case.value.operation.label)
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None and UNTRUE not in check.failure_info.failure.message:
                case = event.recorder.cases[case_id]
                failure = f"{check.name}: {check.failure_info.failure.message}"
                seen.complaints.append(f"{failure}\n{case.value.as_curl_command()}")


@pytest.mark.both_engines
def test_the_api_is_what_its_description_says(app: Flask, program: Asking) -> None:
    more_room(app)
    seen = run(app, program().token, ("examples", "fuzzing", "stateful"), FEW)
    assert not seen.complaints, "\n\n".join(seen.complaints)
    assert set(seen.asked) == {f"{one.method} {one.path}" for one in OPERATIONS}
    assert "POST /orders" in seen.done


def test_so_it_is_at_the_edges_of_every_shape(app: Flask, program: Asking) -> None:
    seen = run(app, program().token, ("coverage",), FEW, EDGES)
    assert not seen.complaints, "\n\n".join(seen.complaints)
    assert sum(seen.asked.values()) > 100


@pytest.mark.soak
@pytest.mark.both_engines
@pytest.mark.parametrize("phases", [("examples", "coverage", "fuzzing"), ("stateful",)], ids=["each", "walks"])
def test_so_it_is_however_often_it_is_asked(app: Flask, program: Asking, phases: Collection[str]) -> None:
    """Walks begin in a house of their own: what was asked before them would leave them short."""
    more_room(app)
    seen = run(app, program().token, phases, MANY)
    assert not seen.complaints, "\n\n".join(seen.complaints)
    if phases == ("stateful",):
        assert seen.linked > MANY
    else:
        assert set(seen.asked) == {f"{one.method} {one.path}" for one in OPERATIONS}
