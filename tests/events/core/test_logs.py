"""Lines for programs: what they hold, and what never comes into one."""

import json
import logging
import re
from collections.abc import Iterator, Mapping

import pytest
from flask import Flask

from events.core import callers, jobs, logs, web
from events.core.db import transaction

EMAIL, TOKEN = "claire@example.org", "Zk3vQ8xJ1mT0aB7cD9eF_w"


@pytest.fixture(autouse=True)
def no_request() -> Iterator[None]:
    """What a test begins ends with it."""
    before = logs.request_id.set("")
    yield
    logs.request_id.reset(before)


def line_of(message: str, *given: object, error: BaseException | None = None) -> dict[str, object]:
    about = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("library", logging.ERROR, __file__, 1, message, given, about)
    text = logs.JsonFormatter().format(record)
    assert "\n" not in text
    line: dict[str, object] = json.loads(text)
    return line


def test_line_says_when_how_grave_and_what() -> None:
    line = line_of("a thing %s", "happened")
    assert (line["level"], line["logger"], line["message"]) == ("error", "library", "a thing happened")
    assert str(line["time"]).endswith("+00:00")


@pytest.mark.parametrize(
    "words", [f"refused <{EMAIL}>", f"Exception on /o/{TOKEN} [GET]", f"GET /t/x?code={TOKEN}", f"sk_{TOKEN}"]
)
def test_what_a_library_says_is_told_without_addresses_and_secrets(words: str) -> None:
    message = str(line_of(words)["message"])
    assert "..." in message
    assert not any(secret in message for secret in (EMAIL, TOKEN, "/o/", "/t/"))


def test_error_is_told_by_its_kind_and_places_not_by_its_words() -> None:
    try:
        raise ValueError(f"{EMAIL} is no name")
    except ValueError as error:
        line = line_of("failed", error=error)
    assert line["error"] == "ValueError"
    assert "test_error_is_told" in str(line["places"])
    assert EMAIL not in json.dumps(line)


def test_a_job_that_fails_is_a_line_without_the_errors_words(house: Flask, caplog: pytest.LogCaptureFixture) -> None:
    def fails(_args: Mapping[str, object]) -> None:
        raise ConnectionError(f"{EMAIL} is not answered")

    with transaction():
        jobs.put("letter", "one")
    assert jobs.run_due({"letter": fails}, limit=1) == 1
    assert re.fullmatch(
        r"job \d+ \(letter\) failed, to be tried again: ConnectionError at test_logs\.py:\d+", caplog.messages[0]
    )


@pytest.mark.parametrize("given", ["", None, "short", "x" * 65, "has a space in it", "line\nbreak-and-more", "é" * 20])
def test_request_id_that_does_not_look_like_one_is_drawn_anew(given: str | None) -> None:
    assert logs.begin(given) != given
    assert logs.begin(given) != logs.begin(given)


def test_request_id_of_a_proxy_is_kept() -> None:
    assert logs.begin("0123456789abcdef0123456789abcdef") == "0123456789abcdef0123456789abcdef"
    assert line_of("x")["request_id"] == "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(("sender", "is_believed"), [("10.1.2.3", True), ("10.2.0.1", False), ("", False)])
def test_only_a_proxy_that_the_settings_name_is_believed(house: Flask, sender: str, is_believed: bool) -> None:
    house.config["TRUSTED_PROXIES"] = ("10.1.0.0/16",)
    base = house.config["PUBLIC_URL"]
    with house.test_request_context("/", base_url=base, environ_base={"REMOTE_ADDR": sender}):
        assert callers.from_proxy() is is_believed


@pytest.mark.parametrize(("sender", "is_kept"), [("10.1.2.3", True), ("10.2.0.1", False)])
def test_a_visitor_cannot_choose_the_id_of_a_request(house: Flask, sender: str, is_kept: bool) -> None:
    house.config["TRUSTED_PROXIES"] = ("10.1.0.0/16",)
    house.before_request(web._begin_line)
    house.after_request(web._end_line)
    answer = house.test_client().get(
        "/healthz",
        base_url=house.config["PUBLIC_URL"],
        headers={"X-Request-Id": "chosen-by-somebody"},
        environ_base={"REMOTE_ADDR": sender},
    )
    assert (answer.headers["X-Request-Id"] == "chosen-by-somebody") is is_kept
    assert len(answer.headers["X-Request-Id"]) >= 12
