"""Buyers and phones at the door, who go on whatever happens, and remember everything that they were told."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPException
from itertools import count
from threading import Event
from urllib.parse import urlsplit
from uuid import uuid4

from tests.support.crowd import PAY
from tests.support.evening import Evening, System
from tests.support.visitor import Answer, Visitor

AGAIN = 0.3
"""Seconds until somebody who was turned away tries once more."""
PATIENCE = 60.0
"""Seconds for which a buyer waits in line for the pay page."""
PACE = 1.0
"""Seconds between two guests at one door."""
_numbers = count(1)


@dataclass(frozen=True)
class Told:
    """One answer: when it was asked for, when it came (monotonic seconds), its status (0: none), what it promised."""

    began: float
    came: float
    what: str
    status: int
    key: str = ""


@dataclass
class Diary:
    """All that anybody was told."""

    told: list[Told] = field(default_factory=list)
    rude: list[Answer] = field(default_factory=list)  # neither what was asked for nor a request to try again

    def promised(self, what: str) -> list[str]:
        """What was acknowledged: orders by the end of their address, payments by the token, scans by their id."""
        return [one.key for one in list(self.told) if one.what == what and one.key]

    def statuses(self, what: str) -> Mapping[int, int]:
        """How often each status was given; 0 is a connection that ended without an answer."""
        return dict(sorted(Counter(one.status for one in list(self.told) if one.what == what).items()))

    def gap(self, what: str, since: float) -> float | None:
        """Seconds from a moment until the first promise that was asked for after it; None when there was none."""
        return min((one.came - since for one in list(self.told) if one.what == what and one.key and one.began > since),
                   default=None)  # fmt: skip

    def write(self, what: str, began: float, answer: Answer | None, key: str = "") -> None:
        """Note an answer."""
        self.told.append(Told(began, time.monotonic(), what, answer.status if answer else 0, key))
        if answer and answer.status >= 500 and answer.status != 503:
            self.rude.append(answer)


class Person(Visitor):
    """Somebody at home: every order comes from a network of its own."""

    def ask(self, method: str, address: str, fields: Mapping[str, str] | None = None) -> Answer | None:
        """The answer; None when the connection ended without one."""
        chance = random.Random()  # noqa: S311  addresses, not secrets
        home = {"X-Forwarded-For": f"198.{chance.randint(18, 19)}.{chance.randint(0, 255)}.{chance.randint(1, 254)}"}
        try:
            return self.get(address, home) if method == "GET" else self.post(address, fields or {}, home)
        except (OSError, HTTPException):
            return None


@dataclass
class Buyer:
    """Orders one seat after the other, pays, and comes back."""

    system: System
    evening: Evening
    diary: Diary
    base: str

    def go_on(self, over: Event) -> None:
        """Until it is over."""
        person = Person(self.base)
        form: dict[str, str] = {}
        while not over.is_set():
            form = form or self._form(person)
            if not form or not self._buy(person, form):
                over.wait(AGAIN)

    def buy(self, seats: int) -> None:
        """One order that must succeed, before anything is broken."""
        person = Person(self.base)
        assert self._buy(person, self._form(person) | {f"ticket-{self.evening.seat}": str(seats)})

    def _form(self, person: Person) -> dict[str, str]:
        page = person.ask("GET", self.evening.form)
        if page is None or page.status != 200:
            return {}
        known = {name: value for name, value in page.fields.items() if name != "action"}
        return known | {f"ticket-{self.evening.seat}": "1", "name": "Claire Fontaine"}

    def _buy(self, person: Person, form: Mapping[str, str]) -> bool:
        began, email = time.monotonic(), f"buyer-{next(_numbers)}@example.org"
        answer = person.ask("POST", self.evening.form, {**form, "email": email})
        taken = answer is not None and answer.status == 303
        place = urlsplit(answer.location).path.rpartition("/")[2] if answer and taken else ""
        self.diary.write("order", began, answer, place)
        session = self._pay_page(person, answer.location) if answer and taken else ""
        if session:
            self._pay(person, session)
        return taken

    def _pay_page(self, person: Person, address: str) -> str:
        """The session of the pay page one is sent to, some time: until then the order's own page says to wait."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            path = urlsplit(address).path
            if not path.startswith("/o/"):
                return path.rpartition("/")[2]
            answer = person.ask("GET", path)
            button = PAY.search(answer.text) if answer else None
            address = answer.headers.get("location", path) if answer else path
            address = unescape(button[1]) if button else address
            time.sleep(AGAIN)
        return ""

    def _pay(self, person: Person, session: str) -> None:
        paid = self.system.standin.control("pay", session=session)
        back, began = urlsplit(paid["success_url"]), time.monotonic()
        answer = person.ask("GET", f"{back.path}?{back.query}")
        self.diary.write("return", began, answer)
        token = back.path.split("/")[2]
        told = person.ask("GET", f"/o/{token}.json")
        is_paid = told is not None and told.status == 200 and told.json()["status"] == "paid"
        self.diary.write("payment", began, told, token if is_paid else "")


@dataclass
class Door:
    """A phone that lets guests in, each scan under its own id until there is an answer."""

    base: str
    diary: Diary
    token: str = ""

    def pair(self, code: str) -> None:
        """Become a phone of this evening."""
        said = Visitor(self.base).post_json("/door/api/pair", {"code": code, "name": "A phone"})
        self.token = said.json()["token"]

    def go_on(self, codes: Sequence[str], over: Event) -> None:
        """Until it is over, or everybody is in."""
        for code in codes:
            scan = {"scan_id": str(uuid4()), "code": code}
            while not over.is_set() and not self._scan(scan):
                over.wait(AGAIN)
            over.wait(PACE)

    def _scan(self, scan: Mapping[str, str]) -> bool:
        began = time.monotonic()
        try:
            badge = {"Authorization": f"Bearer {self.token}"}
            answer = Visitor(self.base).post_json("/door/api/scans", {"scans": [scan]}, badge)
        except (OSError, HTTPException):
            answer = None
        is_told = answer is not None and answer.status == 200
        admitted = answer is not None and is_told and answer.json()["results"][0]["verdict"] == "admitted"
        self.diary.write("scan", began, answer, scan["scan_id"] if admitted else "")
        return is_told
