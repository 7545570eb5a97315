"""Who is offered places that came back: pure decisions; every rule has a test without a database.

The line is walked from its front, and whoever fits is offered places. A group that does not fit is passed, but not for
ever: after MOST_PASSED smaller ones, what returns is saved for it. Saving ends after SAVED_FOR, when the count begins
anew, and SAVES_UNTIL before the end of sales, when an empty chair helps nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.catalogue.pages import LAST_OFFER

MOST_PASSED = 3
SAVED_FOR = timedelta(days=7)
SAVES_UNTIL = timedelta(days=3)
SHORTEST_OFFER = timedelta(minutes=30)


@dataclass(frozen=True)
class Group:
    """A group in line and the seats it needs, by quota id."""

    id: int
    needs: Mapping[int, int]
    passed: int = 0
    saved_since: datetime | None = None


@dataclass
class Decision:
    """Ids of groups to be offered places now, and what the others carry on: how often passed, since when saved for."""

    offers: list[int] = field(default_factory=list)
    passed: dict[int, int] = field(default_factory=dict)
    saved_since: dict[int, datetime | None] = field(default_factory=dict)


def walk(line: Sequence[Group], free: Mapping[int, int], moment: datetime, sales_end: datetime) -> Decision:
    """Decide for the whole line, first come first; `free` are the places to be had, by quota id."""
    left, decision, behind = dict(free), Decision(), list[Group]()
    may_save, saved = sales_end - moment >= SAVES_UNTIL, set[int]()
    for group in line:
        if all(left.get(quota, 0) >= seats for quota, seats in group.needs.items()):
            decision.offers.append(group.id)
            _take(left, group.needs)
            _pass(behind, group, decision)
        else:
            _wait(group, decision, moment)
            behind.append(group)
        for larger in behind if may_save else ():
            if decision.passed[larger.id] >= MOST_PASSED and larger.id not in saved:
                saved.add(larger.id)
                decision.saved_since[larger.id] = decision.saved_since[larger.id] or moment
                _take(left, larger.needs)
    return decision


def _wait(group: Group, decision: Decision, moment: datetime) -> None:
    """A group for which places were saved in vain for long enough may be passed again."""
    worn_out = group.saved_since is not None and moment - group.saved_since >= SAVED_FOR
    decision.passed[group.id] = 0 if worn_out else group.passed
    decision.saved_since[group.id] = None if worn_out else group.saved_since


def _pass(behind: Sequence[Group], served: Group, decision: Decision) -> None:
    """Each larger group before it that waits for the same places was passed once more."""
    for larger in behind:
        if larger.needs.keys() & served.needs.keys():
            decision.passed[larger.id] += 1


def _take(left: dict[int, int], needs: Mapping[int, int]) -> None:
    for quota, seats in needs.items():
        left[quota] = max(left.get(quota, 0) - seats, 0)


def until(moment: datetime, sales_end: datetime, hours: int) -> datetime | None:
    """How long an offer made now stands: so many hours, but at most a quarter of the time that is left for sales.

    None in the last hour: there is no time for whoever would be next.
    """
    rest = sales_end - moment
    if rest < LAST_OFFER:
        return None
    return moment + max(min(timedelta(hours=hours), rest / 4), SHORTEST_OFFER)
