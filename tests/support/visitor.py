"""A visitor without a browser: cookies, forms and redirects over real HTTP, nothing followed that a test does not."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

PATIENCE = 60
"""Seconds."""


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def words(self) -> str:
        """Status and the page's words without its tags, for a test that fails."""
        found = re.sub(r"(?s)<(svg|head).*?</\1>|<[^>]*>", " ", self.text)
        return f"{self.status} {' '.join(found.split())[:600]}"

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["location"]

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the page's forms as they are filled in; a box that is not ticked is no field."""
        return dict(_Fields(self.text).found)

    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """The body as JSON."""
        return json.loads(self.body)


class Visitor:
    """One person at one server."""

    def __init__(self, base: str, language: str = "en") -> None:
        self.base = base
        self.cookies = {"lang": language}

    def get(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """GET a path of this server, or a whole address."""
        return self._ask("GET", address, None, headers or {})

    def post(self, address: str, fields: Mapping[str, str] | bytes, headers: Mapping[str, str] | None = None) -> Answer:
        """POST a form, or raw bytes."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        kind = {} if isinstance(fields, bytes) else {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", address, body, kind | dict(headers or {}))

    def post_json(self, address: str, what: object, headers: Mapping[str, str] | None = None) -> Answer:
        """POST as programs do."""
        return self.post(address, json.dumps(what).encode(), {"Content-Type": "application/json"} | dict(headers or {}))

    def _ask(self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(address if "://" in address else self.base + address)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with closing(self._line(parts.hostname or "", parts.port)) as connection:
            # A server that has heard enough may close its ear before the end; its answer is there all the same.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, {"Cookie": cookies, "Connection": "close"} | dict(headers))
            return self._read(connection.getresponse())

    def _line(self, host: str, port: int | None) -> HTTPConnection:
        """A connection to the server: a new one for each request."""
        return HTTPConnection(host, port, timeout=PATIENCE)

    def _read(self, response: HTTPResponse) -> Answer:
        for line in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, response.read())


class _Fields(HTMLParser):
    """Inputs of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        silent = given.get("type") in ("checkbox", "radio") and "checked" not in given
        if tag == "input" and given.get("name") and not silent:
            self.found.append((str(given["name"]), given.get("value") or ""))


def links(page: str) -> Iterator[str]:
    """The addresses that the page's links lead to."""
    parser = _Links()
    parser.feed(page)
    parser.close()
    yield from parser.found


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href")
        if tag == "a" and address:
            self.found.append(address)
