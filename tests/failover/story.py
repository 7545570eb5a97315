"""Inside the namespaces: a cluster, the service, a sale in which the primary dies, and what became of it all."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Event

from sqlalchemy import select

import app  # noqa: F401 - all models, before some of them ask for others
from events.core.db import db, transaction
from events.core.migrating import upgrade
from events.core.settings import load
from events.door import pairing
from events.tickets.models import Ticket
from tests.failover import hosts
from tests.failover.cluster import Cluster, NotThere
from tests.failover.judging import judge, told
from tests.failover.selling import Buyer, Diary, Door
from tests.support import evening, servers
from tests.support.evening import Evening, System

WEB, BUYERS, DOORS = 2, 6, 3
BEFOREHAND = 20
"""Orders of eight seats, whose guests come while others still buy."""


def say(sentence: str) -> None:
    """What happens now, for whoever waits."""
    print(sentence, flush=True)  # noqa: T201


@contextmanager
def sale(cluster: Cluster, folder: Path) -> Iterator[tuple[System, list[str], dict[str, str]]]:
    """The service on the cluster: web servers and workers that share nothing else; their addresses and settings."""
    settings = load({"SECRET_KEY": "only to read it as they do", "PUBLIC_URL": "http://h", "DATABASE_URL": cluster.url})
    upgrade(settings.database_url)
    with evening.unserved(settings.database_url, folder) as (system, given), ExitStack() as running:
        addresses = [system.url, *(f"http://127.0.0.1:{servers.free_port()}" for _more in range(WEB - 1))]
        for number, address in enumerate(addresses):
            own = given | {"DATABASE_URL": cluster.url, "BONSOIR_VAR": str(folder / f"var-{number}")}
            log = folder / f"web-{number}.log"
            serve = [sys.executable, "-m", "app", "serve", "--workers", "1", "--port", address.rpartition(":")[2]]
            process = running.enter_context(servers.started(serve, log, own))
            work = [sys.executable, "-m", "app", "work"]
            running.enter_context(servers.started(work, folder / f"work-{number}.log", own))
            servers.wait_for(f"{address}/healthz", process.poll, log)
        yield system, addresses, own


def guests(system: System, event: Evening, buyer: Buyer) -> list[str]:
    """Seats bought beforehand: the codes of their tickets."""
    for _order in range(BEFOREHAND):
        buyer.buy(8)
    system.quiet()
    with system.looking():
        return list(db.session.scalars(select(Ticket.code).where(Ticket.event_id == event.id)))


def doors(system: System, event: Evening, diary: Diary, addresses: Sequence[str]) -> list[Door]:
    """Phones that are paired."""
    with system.looking(), transaction():
        codes = [pairing.new_code(event.id, f"Door {number}", None) for number in range(DOORS)]
    paired = [Door(addresses[number % len(addresses)], diary) for number in range(DOORS)]
    for door, code in zip(paired, codes, strict=True):
        door.pair(code)
    return paired


def commands(settings: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Commands that work on the same two addresses, while one of them is dead; a sentence for each that does not."""
    copy, given = folder / "copy.zip", os.environ | settings | {"PYTHONWARNINGS": ""}
    for words in (("check",), ("migrate",), ("backup", str(copy)), ("audit",)):
        made = subprocess.run(
            [sys.executable, "-m", "app", *words],
            env=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if "Traceback" in made.stderr or "database" in made.stdout.lower().replace("the database is at the newest", ""):
            yield f"bonsoir {words[0]}: {(made.stdout + made.stderr)[-300:]}"
    if not copy.exists():
        yield "bonsoir backup made no copy"


def tell(folder: Path, given: argparse.Namespace) -> int:
    """The whole story; returns the exit code."""
    *data, witness = hosts.make(["db1", "db2", "witness"], folder)
    cluster = Cluster(data, witness, Path(given.binaries))
    say("Starting etcd on three hosts and PostgreSQL under Patroni on two")
    cluster.start()
    say("Starting two web servers, two workers and the stand-in for Stripe")
    with sale(cluster, folder) as (system, addresses, settings):
        event, diary, over = evening.open_evening(system, places=100_000), Diary(), Event()
        codes = guests(system, event, Buyer(system, event, Diary(), addresses[0]))
        phones = doors(system, event, diary, addresses)
        with ThreadPoolExecutor(BUYERS + DOORS) as pool:
            buyers = [Buyer(system, event, diary, addresses[number % WEB]) for number in range(BUYERS)]
            running = [pool.submit(buyer.go_on, over) for buyer in buyers]
            running += [pool.submit(door.go_on, codes[number::DOORS], over) for number, door in enumerate(phones)]
            try:
                killed, dead = _break(cluster, diary, given)
            finally:
                over.set()
        for one in running:
            one.result()
        say("Looking at what became of it")
        verdict = judge(system, diary, killed)
        verdict.faults += commands(settings, folder)
        try:
            cluster.bring_back(dead)
            verdict.said["the host that died is the standby again"] = dead.name
        except NotThere as missing:
            verdict.faults.append(str(missing))
    for line in told(verdict):
        say(line)
    if given.json:
        Path(given.json).write_text(json.dumps({"said": verdict.said, "faults": verdict.faults}, indent=1) + "\n")
    return 1 if verdict.faults else 0


def _break(cluster: Cluster, diary: Diary, given: argparse.Namespace) -> tuple[float, hosts.Host]:
    """Let them sell, kill the primary, and let them sell on; returns when, and which host it was."""
    time.sleep(given.before)
    primary = cluster.primary()
    if primary is None or cluster.standby() is None:
        raise NotThere("there is no primary with a standby to be killed")
    promised = {what: len(diary.promised(what)) for what in ("order", "payment", "scan")}
    how = "its cable is pulled and it is killed" if given.silently else "it is killed (kill -9)"
    say(f"{primary.name} is the primary, and {how}; promised so far: {promised}")
    primary.kill(silently=given.silently)
    killed = time.monotonic()
    while diary.gap("order", killed) is None and time.monotonic() < killed + given.after:
        time.sleep(0.2)
    say(f"The next order was taken after {diary.gap('order', killed) or float('inf'):.1f} s; the sale goes on")
    time.sleep(given.before)
    return killed, primary


def _alone(act: Sequence[str]) -> int:
    """As the first process of a namespace: run the story in a child, and bury whatever else dies here."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the child hears it too, and ends in order
    child = subprocess.Popen(act, env=os.environ | {"BONSOIR_FAILOVER_TOLD": "1"}, preexec_fn=_hear)  # noqa: PLW1509
    while True:
        pid, status = os.wait()
        if pid == child.pid:
            return os.waitstatus_to_exitcode(status)


def _hear() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def main() -> int:
    """Arguments come from __main__; without them its --help says what there is."""
    parser = argparse.ArgumentParser(prog="make failover", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("binaries")
    parser.add_argument("--before", type=float, default=15, help="seconds of selling before and after")
    parser.add_argument("--after", type=float, default=90, help="seconds to wait for selling to go on")
    parser.add_argument("--silently", action="store_true", help="pull the cable first: nobody hears of the end")
    parser.add_argument("--json", help="a file for the findings")
    given = parser.parse_args()
    if "BONSOIR_FAILOVER_TOLD" not in os.environ:
        return _alone([sys.executable, "-m", "tests.failover.story", *sys.argv[1:]])
    try:
        return tell(given.folder, given)
    except NotThere as missing:
        say(f"Given up: {missing}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
