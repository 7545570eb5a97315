"""The examples of docs/api.md, as they stand there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from payments.api import web
from payments.api.scopes import SCOPES
from payments.hooks import signing
from payments.hooks.kinds import KINDS
from tests.payments.api.conftest import Asking, more_room
from tests.payments.hooks.test_signing import MOMENT
from tests.support.staff import Staff

TEXT = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def requests() -> Iterator[tuple[str, str, dict[str, str], Any]]:
    """(method, path, headers, body) of every example."""
    for _language, block in BLOCKS:
        head, *rest = block.strip().splitlines()
        if head.startswith("GET "):
            for line in (head, *rest):
                yield "GET", line.removeprefix("GET "), {}, None
        elif head.startswith(("POST ", "PATCH ")):
            method, _space, path = head.partition(" ")
            headers = dict(line.split(": ", 1) for line in rest[:-1])
            yield method, path, headers, json.loads(rest[-1])


def test_each_example_does_what_it_says(staff: Staff, program: Asking) -> None:
    more_room(staff.app)
    every, asked = program(), list(requests())
    assert {method for method, *_rest in asked} == {"GET", "PATCH", "POST"}
    for method, path, headers, body in asked:
        answer = every.ask(method, path.removeprefix(web.ROOT), headers=headers, json=body)
        assert answer.status_code in (200, 201), answer.text


def test_the_receivers_code_knows_our_signature() -> None:
    (code,) = (block for language, block in BLOCKS if language == "python")
    known: dict[str, Any] = {}
    exec(code, known)  # noqa: S102 - our own document
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"type":"test.ping"}'
    headers = dict(signing.headers(secret, "msg_1", MOMENT, body))
    assert known["is_ours"](secret, headers, body)
    assert not known["is_ours"](secret, headers, body + b" ")
    assert not known["is_ours"](secret, {**headers, "webhook-id": "msg_2"}, body)


def test_every_scope_and_every_kind_of_message_is_explained() -> None:
    assert all(f"`{name}`" in TEXT for name in (*SCOPES, *KINDS))
    for name, scope in SCOPES.items():
        row = next(line for line in TEXT.splitlines() if line.startswith(f"| `{name}` |"))
        assert row.split("|")[2].strip() == ", ".join(scope.roles)
