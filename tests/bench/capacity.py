"""How far the service goes: a simulation of queues, fed with what one act costs (costs.py). Plain, seeded, quick.

    python -m tests.bench.capacity tests/bench/costs.json

Everybody who comes within a minute comes at a moment of their own; each act takes a resource for as long as it costs,
first come, first served. Resources are looked at one by one, as if what comes before them never held anybody up: so the
figures are those of the first resource that is too small, and of no later one. Costs are taken as fixed.
"""

import heapq
import json
import random
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FACTORS = (1, 10, 100, 1000)
MINUTE = 60.0
COMFORT = 0.7
"""Of a resource's time: above that, waiting grows quickly."""
LARGEST = 50_000
"""Arrivals that are simulated; of more, a part of the minute."""

# The sell-out that issue and bench know: what 2,000 buyers do within a minute while 500 seats are sold, and a door.
# Ten times means: ten such evenings in the same minute, each with a quota and an account at Stripe of its own.
MINUTE_OF_A_SALE = {"event page": 4000, "order form": 2000, "order": 2000, "payment": 500, "scan": 20}
STRIPE = 25.0
"""Pay pages that Stripe opens a second, for one account."""


@dataclass(frozen=True)
class Resource:
    """Something that does one thing at a time, `count` of it; seconds that each act takes of it."""

    name: str
    count: int
    takes: Mapping[str, float]


@dataclass(frozen=True)
class Load:
    """A resource under so much: the share of its time that is asked for, and seconds of waiting."""

    resource: Resource
    used: float
    mean: float
    slowest: float  # of a hundred, the ninety-fifth

    @property
    def needed(self) -> int:
        """How many of it would be comfortable."""
        return max(1, -int(-self.used * self.resource.count // COMFORT))


def shared(measured: Mapping[str, Any]) -> list[Resource]:
    """Two hosts of two cores: one for web servers and worker, one for PostgreSQL."""

    def of(part: str) -> dict[str, float]:
        return {act: cost[part] for act, cost in measured["seconds"].items()}

    return [
        Resource("cores of web servers", 2, of("web")),
        Resource("workers", 1, of("worker")),
        Resource("cores of the database", 2, of("database")),
    ]


def of_each_evening() -> list[Resource]:
    """What every evening brings with it, and has to itself."""
    return [Resource("pay pages of its account at Stripe", 1, {"order": 1 / STRIPE})]


def simulate(resource: Resource, acts: Mapping[str, float], factor: float, seed: int = 1) -> Load:
    """A minute of so many acts, `factor` times."""
    wanted = {act: count * factor for act, count in acts.items() if resource.takes.get(act)}
    used = sum(count * resource.takes[act] for act, count in wanted.items()) / (MINUTE * resource.count)
    waits = list(_waits(resource, wanted, random.Random(seed)))  # noqa: S311  the same figures each time
    if not waits:
        return Load(resource, used, 0.0, 0.0)
    return Load(resource, used, statistics.mean(waits), statistics.quantiles(waits, n=20)[-1])


def _waits(resource: Resource, wanted: Mapping[str, float], chance: random.Random) -> Iterator[float]:
    total = sum(wanted.values())
    if not total:
        return
    seconds = min(MINUTE, MINUTE * LARGEST / total)
    free = [0.0] * min(resource.count, 10_000)
    for moment, act in _arrivals(wanted, seconds, chance):
        begins = max(moment, free[0])
        heapq.heapreplace(free, begins + resource.takes[act])
        yield begins - moment


def _arrivals(wanted: Mapping[str, float], seconds: float, chance: random.Random) -> Sequence[tuple[float, str]]:
    share = seconds / MINUTE
    return sorted(
        (chance.uniform(0, seconds), act) for act, count in wanted.items() for _ in range(round(count * share))
    )


def report(measured: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a table: each factor, each resource."""
    yield "| evenings | resource | used | waiting, 95 of 100 | comfortable with |"
    yield "|---|---|---|---|---|"
    for factor in FACTORS:
        for resource in shared(measured):
            yield _row(f"{factor:,}", simulate(resource, MINUTE_OF_A_SALE, factor))
    for resource in of_each_evening():
        yield _row("each", simulate(resource, MINUTE_OF_A_SALE, 1))


def _row(evenings: str, load: Load) -> str:
    used = f"{load.used:,.0%}" if load.used >= 0.1 else f"{load.used:.1%}"
    return f"| {evenings} | {load.resource.name} | {used} | {_waiting(load)} | {load.needed:,} |"


def _waiting(load: Load) -> str:
    if load.used > 1:
        return f"a minute's work takes {load.used * MINUTE:,.0f} s"
    return f"{load.slowest * 1000:.0f} ms" if load.slowest < 1 else f"{load.slowest:.1f} s"


def carries(measured: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a table: what one core does in a second, act by act."""
    yield "| act | ms of a web core | of a worker | of the database | a second on one web core |"
    yield "|---|---|---|---|---|"
    for act, cost in measured["seconds"].items():
        times = " | ".join(f"{cost[part] * 1000:.1f}" for part in ("web", "worker", "database"))
        yield f"| {act} | {times} | {1 / cost['web']:.0f} |"


if __name__ == "__main__":
    figures = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(*carries(figures), "", *report(figures), sep="\n")  # noqa: T201
