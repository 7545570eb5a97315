"""Signatures as receivers check them, by a vector of their specification and by the one in docs/api.md."""

import base64
import hashlib
import hmac
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from payments.hooks import signing

MOMENT = datetime.fromtimestamp(1614265330, UTC)
DOCS = Path(__file__).parents[3] / "docs" / "api.md"


def test_the_specifications_own_example() -> None:
    headers = signing.headers(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", MOMENT, b'{"test": 2432232314}'
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_each_endpoint_has_its_own_secret_and_another_key_makes_another(house: Flask) -> None:
    first = signing.secret_of("a")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)
    assert first == signing.secret_of("a") != signing.secret_of("b")
    house.config["SECRET_KEY"] = "quite another key"
    assert signing.secret_of("a") != first


@pytest.mark.parametrize("name", ["secret", "id", "timestamp", "body", "signature"])
def test_the_documents_vector_holds_and_each_part_matters(name: str) -> None:
    found = dict(re.findall(r"^(secret|id|timestamp|body|signature)\s+(\S.*)$", DOCS.read_text(), re.MULTILINE))
    changed = found[name][:-3] + ("A" if found[name][-3] != "A" else "B") + found[name][-2:]
    assert verifies(found)
    assert not verifies({**found, name: changed})


def verifies(parts: dict[str, str]) -> bool:
    """What a receiver does, after the document and without a line of ours."""
    key = base64.b64decode(parts["secret"].removeprefix("whsec_"))
    text = f"{parts['id']}.{parts['timestamp']}.{parts['body']}"
    mine = base64.b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest()).decode()
    return f"v1,{mine}" in parts["signature"].split(" ")
