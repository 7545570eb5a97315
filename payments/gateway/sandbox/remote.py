"""The switches from outside, over HTTP: for tests and for whoever drives a stand-in in another process."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit


class SwitchRefused(RuntimeError):
    """The stand-in could not do what it was told; the message says why."""


def control(url: str, name: str, wanted: dict[str, Any] | None = None) -> dict[str, Any]:
    """Press switch `name` of the stand-in at `url`, or read it when `wanted` is None. Raises SwitchRefused."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        body = None if wanted is None else json.dumps(wanted)
        headers = {"Content-Type": "application/json"}
        connection.request("GET" if body is None else "POST", f"/_control/{name}", body, headers)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    finally:
        connection.close()
    if response.status != 200:
        raise SwitchRefused(f"{name}: {answer['error']['message']}")
    return answer
