"""What each act costs the web servers, the worker and PostgreSQL, in seconds of processor time.

    python -m tests.bench.costs [FILE] [ACTS]

Processor time, because it changes less than waiting does when others use the machine, too; waiting is not measured.
"""

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import select

import app as application  # before anything that needs all models
from events.core import clock
from events.core.db import db, transaction
from events.core.jobs import Job
from events.core.migrating import upgrade
from events.door import pairing
from events.tickets.models import Ticket
from tests.support import databases, evening, postgres, servers
from tests.support.evening import System, open_evening
from tests.support.shopping import Shop, new_email

TICKS = os.sysconf("SC_CLK_TCK")
PARTS = ("web", "worker", "database")


@dataclass
class Machine:
    """The processes whose work is counted."""

    roots: Mapping[str, int]  # by part: the process that started the others of its part
    costs: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def counting(self, act: str, times: int) -> Iterator[None]:
        """Write down what the block cost each part, for each of so many times."""
        before = {part: spent(pid) for part, pid in self.roots.items()}
        yield
        after = {part: spent(pid) for part, pid in self.roots.items()}
        self.costs[act] = {part: round((after[part] - before[part]) / times, 5) for part in PARTS}
        print(act, self.costs[act], file=sys.stderr, flush=True)  # noqa: T201


def spent(pid: int) -> float:
    """Seconds of processor time of a process, its children, and those of them that have ended."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        # After the name in brackets: state is the third field; utime, stime, cutime, cstime are 14 to 17.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended: its parent has its seconds
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS + sum(spent(int(child)) for child in children)


def measure(system: System, machine: Machine, acts: int) -> None:
    """Every act so many times, one after the other."""
    event = open_evening(system, places=100_000)
    shop, visitor = Shop(system, event), system.visitor()
    with machine.counting("event page", acts):
        _times(acts, lambda _number: visitor.get(f"/e/{event.slug}?lang=en"))
    with machine.counting("order form", acts):
        _times(acts, lambda _number: visitor.get(f"{event.form}?lang=en"))
    form = shop.filled(1)
    places: list[str] = []
    with machine.counting("order", acts):
        _times(acts, lambda number: places.append(_order(system, shop, form, number)))
    with machine.counting("payment", acts):
        for session in places:
            system.standin.control("pay", session=session)
        _until_quiet(system)
    with machine.counting("scan", acts):
        _scan(system, event.id, acts)


def _times(count: int, act: Callable[[int], Any]) -> None:
    for number in range(count):
        act(number)


def _order(system: System, shop: Shop, form: Mapping[str, str], number: int) -> str:
    home = {"X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}"}  # a network of one's own
    answer = shop.visitor.post(shop.evening.form, {**form, "email": new_email()}, home)
    assert answer.status == 303, answer.words
    return urlsplit(answer.location).path.rpartition("/")[2]


def _scan(system: System, event_id: int, count: int) -> None:
    with system.looking(), transaction() as session:
        codes = list(session.scalars(select(Ticket.code).filter_by(event_id=event_id).limit(count)))
        code = pairing.new_code(event_id, "Door", None)
    phone = system.visitor()
    badge = {
        "Authorization": f"Bearer {phone.post_json('/door/api/pair', {'code': code, 'name': 'A'}).json()['token']}"
    }
    for one in codes:
        said = phone.post_json("/door/api/scans", {"scans": [{"scan_id": str(uuid4()), "code": one}]}, badge).json()
        assert said["results"][0]["verdict"] == "admitted", said
    assert len(codes) == count


def _until_quiet(system: System) -> None:
    """The stand-in has rung, and the worker has nothing left that is due."""
    assert system.standin.control("quiet", seconds=60)["quiet"]
    while _any_due(system):
        clock.pause(0.2)


def _any_due(system: System) -> bool:
    with system.looking():
        waits = select(Job.id).where(Job.status.in_(("queued", "leased", "retry")), Job.run_at <= clock.now())
        return db.session.scalar(waits.limit(1)) is not None


def main(path: Path | None, acts: int) -> None:
    """Measure on a PostgreSQL of our own, print, and write JSON where a file is named."""
    with tempfile.TemporaryDirectory() as place, postgres.running() as server:
        url, folder = server.create(), Path(place)
        upgrade(databases.text(url))
        with evening.unserved(databases.text(url), folder) as (system, given):
            port = given["PUBLIC_URL"].rpartition(":")[2]
            serve, work = ([sys.executable, "-m", "app", *words] for words in (("serve", "--port", port), ("work",)))
            log = folder / "server.log"
            with servers.started(serve, log, given) as web, servers.started(work, folder / "work.log", given) as worker:
                servers.wait_for(f"{system.url}/healthz", web.poll, log)
                pid = int((Path(str(url.query["host"])) / "data" / "postmaster.pid").read_text().split()[0])
                machine = Machine({"web": web.pid, "worker": worker.pid, "database": pid})
                measure(system, machine, acts)
                told = {
                    "circumstances": f"{acts} of each, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
                    "seconds": machine.costs,
                }
    text = json.dumps(told, indent=1) + "\n"
    print(text, end="")  # noqa: T201
    if path:
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    assert application
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None, int(sys.argv[2]) if len(sys.argv) > 2 else 200)
