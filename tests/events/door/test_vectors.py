"""The test vectors that docs/door.md promises to writers of other scanners."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from events.core import tokens
from events.door import boxes, codes

PAGE = Path(__file__).parents[3] / "docs" / "door.md"


def vectors() -> list[dict[str, Any]]:
    (block,) = re.findall(r"```json\n(.*?)\n```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found: list[dict[str, Any]] = json.loads(block)
    return found


@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector["code"])
def test_vector_is_what_the_server_computes(vector: dict[str, Any]) -> None:
    code = vector["code"]
    assert tokens.digest(code) == vector["hash"]
    assert codes.proof(code) == vector["proof"]
    assert codes.box_key(code).hex() == vector["box_key"]
    assert boxes.seal(code, vector["content"], bytes.fromhex(vector["nonce"])) == vector["box"]
    assert boxes.unseal(code, vector["box"]) == vector["content"]


def test_locked_answers_are_what_the_server_opens() -> None:
    (block,) = re.findall(r'```json title="answers"\n(.*?)\n```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    vector = json.loads(block)
    code, scan_id, nonce = vector["code"], vector["scan_id"], bytes.fromhex(vector["nonce"])
    assert codes.answers_key(code).hex() == vector["answers_key"]
    assert boxes.seal_answers(code, vector["answers"], scan_id, nonce) == vector["sealed"]
    assert boxes.unseal_answers(code, vector["sealed"], scan_id) == vector["answers"]


def test_vectors_are_there() -> None:
    assert len(vectors()) == 2
