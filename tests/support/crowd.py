"""A sell-out: a crowd of buyers without a script who press the button, wait where they are told to, and pay."""

import random
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import func, select, update

from events.catalogue.models import Quota
from events.core import clock
from events.core.db import changed, db, insert_once, transaction
from events.tickets.models import Ticket
from payments.checkout.models import Attempt
from payments.orders.models import Order, OrderStatus
from payments.orders.pacing import Pace, Turn
from tests.support import servers
from tests.support.evening import Evening, System, open_evening, unserved
from tests.support.shopping import new_email
from tests.support.visitor import Answer, Visitor

REFRESH = re.compile(r'http-equiv="refresh" content="(\d+);url=([^"]+)"')
PAY = re.compile(r'<a class="button" href="(/o/[^"/]+/pay)"')
EARLY, RUSH = 4, 5.0
"""Every fourth buyer has filled in the form beforehand and presses the button in the first seconds."""
LEAVE = 20
"""Every twentieth walks away from the pay page."""
PATIENCE = 240.0
"""Seconds after which a buyer in line gives up: nobody ever should."""


@dataclass(frozen=True)
class Dose:
    """So many buyers within so many seconds, for so many seats."""

    buyers: int
    seconds: float
    seats: int


@dataclass
class Buyer:
    """One of them, and what became of it: `paid`, `left`, `refused`, or what went wrong."""

    crowd: "Crowd"
    number: int
    at: float
    base: str
    early: bool
    ended: str = ""
    pressed: float = 0.0
    served: float = 0.0
    looks: int = 0
    places: list[int] = field(default_factory=list)

    def live(self) -> None:
        """Arrive, press, wait, pay."""
        try:
            self.ended = self._buy()
        except Exception as error:  # what goes wrong in a thread must be told
            self.ended = f"{type(error).__name__}: {error}"

    def prepare(self) -> None:
        """Open the order form and fill it in."""
        self.visitor = Visitor(self.base)
        page = self.ask("form", "GET", self.crowd.evening.form)
        self.fields = {name: value for name, value in page.fields.items() if name != "action"}

    def _buy(self) -> str:
        clock.pause(max(self.crowd.began + self.at - clock.monotonic(), 0))
        if not self.early:
            self.prepare()
        self.pressed = clock.monotonic()
        answer = self.ask("order", "POST", self.crowd.evening.form)
        if answer.status == 409:
            return (
                "refused" if "No seats are left" in answer.text and "Join the waiting list" in answer.text else "untold"
            )
        session = self._wait_for_pay_page(answer)
        self.served = clock.monotonic()
        if self.number % LEAVE == 0:
            return "left"
        clock.pause(self.crowd.chance.uniform(0.5, 3))
        self.crowd.system.standin.control("pay", session=session)
        with self.crowd.system.standin.books.lock:
            paid = self.crowd.system.standin.books.get("checkout.session", session)["success_url"]
        self.ask("return", "GET", urlsplit(paid).path)
        return "paid"

    def _wait_for_pay_page(self, answer: Answer) -> str:
        """Go where one is sent, as a browser without a script does; the session of the pay page."""
        until = clock.monotonic() + PATIENCE
        while clock.monotonic() < until:
            parts = urlsplit(answer.headers.get("location", ""))
            if parts.netloc:
                return parts.path.rpartition("/")[2]
            if parts.path:
                answer = self.ask("in line", "GET", parts.path)
                continue
            self.looks += 'http-equiv="refresh"' in answer.text
            self.places += [int(place) for place in re.findall(r"<b data-place>(\d+)</b>", answer.text)]
            if told := REFRESH.findall(answer.text):
                clock.pause(float(told[0][0]))
                answer = self.ask("in line", "GET", unescape(told[0][1]))
            elif button := PAY.findall(answer.text):  # its turn came while the page was on its way
                answer = self.ask("in line", "GET", unescape(button[0]))
            else:
                raise LookupError(f"nothing leads on from here: {answer.words}")
        raise TimeoutError("nobody served me")

    def ask(self, what: str, method: str, address: str) -> Answer:
        """One request from an address of one's own; its status and seconds are written down."""
        headers = {"X-Forwarded-For": f"10.{self.number >> 16}.{self.number >> 8 & 255}.{self.number & 255}"}
        began = clock.monotonic()
        if method == "GET":
            answer = self.visitor.get(address, headers)
        else:
            seat = {f"ticket-{self.crowd.evening.seat}": "1", "name": "Claire Fontaine", "email": new_email()}
            answer = self.visitor.post(address, self.fields | seat, headers)
        self.crowd.note(what, answer.status, clock.monotonic() - began)
        return answer


@dataclass
class Crowd:
    """The evening, the buyers, and what was seen of them."""

    system: System
    evening: Evening
    dose: Dose
    bases: list[str]
    chance: random.Random
    began: float = 0.0
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    took: dict[str, list[float]] = field(default_factory=dict)
    buyers: list[Buyer] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, what: str, status: int, seconds: float) -> None:
        with self._lock:
            self.statuses[what, status] += 1
            self.took.setdefault(what, []).append(seconds)

    def come(self) -> None:
        """Everybody buys, or tries to; returns when the last one is done."""
        for number in range(self.dose.buyers):
            early = number % EARLY == 0
            at = self.chance.uniform(0, min(RUSH, self.dose.seconds) if early else self.dose.seconds)
            base = self.bases[number % len(self.bases)]
            self.buyers.append(Buyer(self, number, at, base, early))
        for buyer in self.buyers:
            if buyer.early:
                buyer.prepare()
        self.began = clock.monotonic()
        threads = [threading.Thread(target=buyer.live) for buyer in self.buyers]
        for thread, buyer in sorted(zip(threads, self.buyers, strict=True), key=lambda pair: pair[1].at):
            clock.pause(max(self.began + buyer.at - clock.monotonic() - 1, 0))
            thread.start()
        for thread in threads:
            thread.join()

    def seats(self) -> tuple[int, int]:
        """Held and sold."""
        with self.system.looking():
            quota = db.session.scalars(select(Quota).filter_by(event_id=self.evening.id, name="room")).one()
            return quota.held, quota.sold

    def tickets(self) -> int:
        """Valid tickets of the evening."""
        with self.system.looking():
            query = select(func.count(Ticket.id)).filter_by(event_id=self.evening.id, status="valid")
            return db.session.scalars(query).one()

    def lost_seats(self) -> int:
        """Orders that had seats and ended without having been paid."""
        with self.system.looking():
            lost = ("expired", "cancelled", "failed", "refund_due", "refunded")
            query = select(func.count()).select_from(OrderStatus).join(Order, Order.id == OrderStatus.order_id)
            return db.session.scalars(
                query.where(Order.event_id == self.evening.id, OrderStatus.to_status.in_(lost))
            ).one()

    def lined_up(self) -> int:
        """Orders that had to stand in line."""
        with self.system.looking():
            waited = select(func.count()).select_from(Turn).join(Order, Order.id == Turn.order_id)
            return db.session.scalars(waited.where(Order.event_id == self.evening.id)).one()

    def overtaken(self) -> list[int]:
        """For each order in the order in which seats were taken: how many later ones Stripe served before it."""
        with self.system.standin.books.lock:
            sessions = [row["client_reference_id"] for row in self.system.standin.books.all("checkout.session")]
        with self.system.looking():
            placed = set(db.session.scalars(select(Order.id).filter_by(event_id=self.evening.id)))
            placed &= set(db.session.scalars(select(Attempt.order_id)))
        served = [int(number) for number in dict.fromkeys(sessions) if int(number) in placed]
        return [sum(other > mine for other in served[:place]) for place, mine in sorted(enumerate(served), key=_second)]


def _second(pair: tuple[int, int]) -> int:
    return pair[1]


@contextmanager
def gathered(database_url: str, folder: Path, dose: Dose) -> Iterator[Crowd]:
    """Two web servers on one database as if on two hosts, a worker, and a stand-in as strict as Stripe."""
    with unserved(database_url, folder) as (system, environment), ExitStack() as running:
        ports = (system.url.rpartition(":")[2], str(servers.free_port()))
        bases = [f"http://127.0.0.1:{port}" for port in ports]
        for base, port in zip(bases, ports, strict=True):
            log = folder / f"server-{port}.log"
            command = [servers.BONSOIR, "serve", "--workers", "1", "--port", port]
            process = running.enter_context(servers.started(command, log, environment))
            servers.wait_for(f"{base}/healthz", process.poll, log)
        running.enter_context(servers.started([servers.BONSOIR, "work"], folder / "worker.log", environment))
        system.standin.control("faults", endpoint_limit=25, latency=0.2)
        evening = open_evening(system, dose.seats)
        yield Crowd(system, evening, dose, bases, random.Random(dose.buyers))  # noqa: S311 - nothing secret
    for log in folder.glob("*.log"):
        assert "Traceback" not in log.read_text(errors="replace"), log.read_text(errors="replace")


def many_before(system: System, seconds: float) -> None:
    """As if so many had just ordered that the line is this long."""
    with system.looking(), transaction():
        insert_once(Pace, {"name": "stripe", "next": 0, "stood": 0, "stood_at": 0}, ["name"])
        end = int((clock.now().timestamp() + seconds) * 1000)
        changed(update(Pace).values(next=end - Pace.stood))
