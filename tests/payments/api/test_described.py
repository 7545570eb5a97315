"""The API does what its OpenAPI document says: schemathesis asks everything, in and out of order, on both engines.

It runs as its command line does: examples, the edges of every parameter, random requests good and bad, and walks along
the links of the document, with all its checks.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.run import PhaseName
from schemathesis.schemas import BaseSchema
from werkzeug.serving import make_server

from payments.api.table import OPERATIONS
from payments.api.web import ROOT
from tests.payments.api.conftest import Asking, more_room

FEW, MANY = 1, 100
"""Random requests of each operation."""
QUICK = {"sqlite": ("examples", "coverage"), "postgresql": ("examples", "fuzzing", "stateful")}
"""The phases of the short run: coverage asks some 1,200 times, and once is enough for every day."""


@dataclass
class Seen:
    """What schemathesis asked, and what it complains of."""

    asked: Counter[str] = field(default_factory=Counter)
    walked: int = 0
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


def run(app: Flask, token: str, phases: Collection[str], examples: int) -> Seen:
    """These phases, one after the other."""
    every = ("examples", "coverage", "fuzzing", "stateful")
    wanted: dict[str, dict[str, object]] = {name: {"enabled": name in phases} for name in every}
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
        config = SchemathesisConfig.from_dict(values)
        return _watch(schemathesis.openapi.from_url(f"{root}/openapi.json", config=config))


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
        seen.walked += event.phase is PhaseName.STATEFUL_TESTING
    for case_id, interaction in event.recorder.interactions.items():
        found, case = interaction.response, event.recorder.cases.get(case_id)
        if found is not None and case is not None and found.status_code < 300:
            seen.done.add(case.value.operation.label)
    for case_id, checks in event.recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                case = event.recorder.cases[case_id]
                failure = f"{check.name}: {check.failure_info.failure.message}"
                seen.complaints.append(f"{failure}\n{case.value.as_curl_command()}")


@pytest.mark.both_engines
def test_the_api_is_what_its_description_says(app: Flask, database_url: str, program: Asking) -> None:
    more_room(app)
    seen = run(app, program().token, QUICK[database_url.partition(":")[0].partition("+")[0]], FEW)
    assert not seen.complaints, "\n\n".join(seen.complaints)
    assert set(seen.asked) == {f"{one.method} {one.path}" for one in OPERATIONS}
    assert "POST /orders" in seen.done


@pytest.mark.soak
@pytest.mark.both_engines
def test_the_api_is_what_its_description_says_however_often_it_is_asked(app: Flask, program: Asking) -> None:
    more_room(app)
    seen = run(app, program().token, ("examples", "coverage", "fuzzing", "stateful"), MANY)
    assert not seen.complaints, "\n\n".join(seen.complaints)
    assert seen.walked > MANY
    assert set(seen.asked) == {f"{one.method} {one.path}" for one in OPERATIONS}
    assert seen.done == set(seen.asked)  # each was also done, not only refused
