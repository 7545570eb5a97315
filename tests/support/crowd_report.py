"""What is told of a sell-out: who was served when, who overtook whom, and what the server answered."""

import statistics
from collections import Counter
from collections.abc import Iterator

from tests.support.crowd import Crowd


def report(crowd: Crowd) -> str:
    """Some lines of text."""
    return "\n".join([*_crowd(crowd), *_line(crowd), *_answers(crowd)])


def _crowd(crowd: Crowd) -> Iterator[str]:
    engine = crowd.system.app.config["SQLALCHEMY_DATABASE_URI"].partition(":")[0].partition("+")[0]
    dose, ended = crowd.dose, Counter(one.ended for one in crowd.buyers)
    yield f"{engine}: {dose.buyers} buyers in {dose.seconds:.0f} s for {dose.seats} seats"
    yield f"  ended: {', '.join(f'{what} {count}' for what, count in sorted(ended.items()))}"


def _line(crowd: Crowd) -> Iterator[str]:
    waits = [one.served - one.pressed for one in crowd.buyers if one.served]
    yield f"  from the button to the pay page: {said(waits)}"
    longest = max(max(one.places, default=0) for one in crowd.buyers)
    looks = sum(one.looks for one in crowd.buyers)
    yield f"  in line: {crowd.lined_up()} orders, the last place seen {longest}, {looks} looks at the waiting page"
    counts = crowd.overtaken()
    yield (
        f"  overtaken: {sum(count > 0 for count in counts)} of {len(counts)} orders, by {max(counts)} at most, "
        f"{statistics.fmean(counts):.2f} on average"
    )
    yield f"  429 from Stripe: {crowd.system.standin.books.faults.limited}"


def _answers(crowd: Crowd) -> Iterator[str]:
    yield f"  statuses: {', '.join(f'{what} {status}: {n}' for (what, status), n in sorted(crowd.statuses.items()))}"
    for what, seconds in sorted(crowd.took.items()):
        yield f"  {what}: {said(seconds)}"


def said(seconds: list[float]) -> str:
    """Median, tail and the longest."""
    cuts = statistics.quantiles(seconds, n=100)
    tail = ", ".join(f"{part} % {cuts[part - 1]:.2f}" for part in (90, 95, 99))
    return f"median {cuts[49]:.2f} s, {tail}, longest {max(seconds):.2f}"
