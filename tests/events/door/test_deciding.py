"""Every refusal, and the order they come in, without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.door.deciding import REFUSALS, Facts, reason_to_refuse

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
GOOD = Facts(door_event_id=1, event_id=1, status="valid", moment=NOW)

# For each refusal something that alone brings it about.
FLAWS: dict[str, dict[str, object]] = {
    "other_event": {"event_id": 2},
    "void": {"status": "void"},
    "replaced": {"status": "replaced"},
    "unpaid": {"status": "unpaid"},
    "outside_hours": {"opens_at": NOW + timedelta(minutes=1)},
    "already_admitted": {"inside": True},
    "answer_needed": {"unanswered": 1},
}


def flawed(*reasons: str) -> Facts:
    facts = GOOD
    for reason in reasons:
        facts = replace(facts, **FLAWS[reason])  # type: ignore[arg-type]
    return facts


def test_good_ticket_comes_in() -> None:
    assert reason_to_refuse(GOOD) is None


def test_code_of_no_ticket_is_unknown() -> None:
    assert reason_to_refuse(None) == "unknown"


@pytest.mark.parametrize("reason", FLAWS)
def test_each_flaw_alone_is_named(reason: str) -> None:
    assert reason_to_refuse(flawed(reason)) == reason


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (first, second)
        for place, first in enumerate(FLAWS)
        for second in list(FLAWS)[place + 1 :]
        if not {first, second} <= {"void", "replaced", "unpaid"}
    ],
)
def test_earlier_flaw_is_told_first(first: str, second: str) -> None:
    assert reason_to_refuse(flawed(second, first)) == first


def test_order_is_the_contract() -> None:
    assert [reason for reason, _ in REFUSALS] == list(FLAWS)


def test_unheard_of_status_lets_nobody_in() -> None:
    assert reason_to_refuse(replace(GOOD, status="something new")) == "unpaid"


@pytest.mark.parametrize(
    ("opens", "closes", "reason"),
    [
        (None, None, None),
        (0, None, None),
        (1, None, "outside_hours"),
        (None, 1, None),
        (None, 0, "outside_hours"),
        (-5, 5, None),
        (-5, -1, "outside_hours"),
    ],
)
def test_hours_include_their_start_and_exclude_their_end(
    opens: int | None, closes: int | None, reason: str | None
) -> None:
    def at(minutes: int | None) -> datetime | None:
        return None if minutes is None else NOW + timedelta(minutes=minutes)

    assert reason_to_refuse(replace(GOOD, opens_at=at(opens), closes_at=at(closes))) == reason
