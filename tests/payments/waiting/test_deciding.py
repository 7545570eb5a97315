"""Who is offered what came back: nobody is passed for ever, and nobody waits behind an empty chair."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.waiting import deciding
from payments.waiting.deciding import MOST_PASSED, SAVED_FOR, Group

NOW = datetime(2031, 6, 1, 12, 0, tzinfo=UTC)
FAR, NEAR = NOW + timedelta(days=60), NOW + timedelta(days=2)
ROOM = 1


def group(number: int, seats: int, **more: object) -> Group:
    """A group that waits for seats of the room."""
    return Group(number, {ROOM: seats}, **more)  # type: ignore[arg-type]


def offered(line: list[Group], free: int, end: datetime = FAR) -> list[int]:
    """Who gets an offer."""
    return deciding.walk(line, {ROOM: free}, NOW, end).offers


def test_the_first_who_fits_is_served_first() -> None:
    assert offered([group(1, 2), group(2, 2)], 2) == [1]
    assert offered([group(1, 2), group(2, 2)], 4) == [1, 2]
    assert offered([group(1, 2)], 1) == []


def test_a_smaller_group_may_go_first_and_that_is_counted() -> None:
    decision = deciding.walk([group(1, 4), group(2, 1), group(3, 1)], {ROOM: 2}, NOW, FAR)
    assert decision.offers == [2, 3]
    assert decision.passed == {1: 2}


def test_a_group_that_was_passed_often_enough_is_passed_no_more() -> None:
    line = [group(1, 4, passed=MOST_PASSED), group(2, 1)]
    decision = deciding.walk(line, {ROOM: 3}, NOW, FAR)
    assert decision.offers == []
    assert decision.saved_since[1] == NOW
    assert offered(line, 4) == [1]
    assert offered(line, 5) == [1, 2]


def test_it_becomes_so_in_the_middle_of_one_walk() -> None:
    line = [group(1, 8), *(group(number, 1) for number in range(2, 9))]
    assert offered(line, 7) == [2, 3, 4]


def test_places_saved_in_vain_for_a_week_go_to_the_next() -> None:
    line = [group(1, 4, passed=MOST_PASSED, saved_since=NOW - SAVED_FOR), group(2, 1)]
    decision = deciding.walk(line, {ROOM: 3}, NOW, FAR)
    assert decision.offers == [2]
    assert (decision.passed[1], decision.saved_since[1]) == (1, None)
    younger = [group(1, 4, passed=MOST_PASSED, saved_since=NOW - SAVED_FOR + timedelta(hours=1)), group(2, 1)]
    assert offered(younger, 3) == []


def test_shortly_before_the_end_nothing_is_saved() -> None:
    assert offered([group(1, 4, passed=MOST_PASSED), group(2, 1)], 3, NEAR) == [2]


def test_who_waits_for_other_places_is_neither_passed_nor_kept_waiting() -> None:
    line = [group(1, 4, passed=MOST_PASSED), Group(2, {2: 3})]
    decision = deciding.walk(line, {ROOM: 3, 2: 3}, NOW, FAR)
    assert decision.offers == [2]
    assert decision.passed == {1: MOST_PASSED}


def test_all_places_of_a_group_must_be_there() -> None:
    both = Group(1, {ROOM: 2, 2: 2})
    assert deciding.walk([both], {ROOM: 2, 2: 1}, NOW, FAR).offers == []
    assert deciding.walk([both], {ROOM: 2, 2: 2}, NOW, FAR).offers == [1]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 9), max_size=12), st.lists(st.integers(0, 6), max_size=25), st.booleans())
def test_more_is_never_offered_than_there_is_and_nobody_is_passed_too_often(
    sizes: list[int], returns: list[int], far: bool
) -> None:
    line = [group(number, seats) for number, seats in enumerate(sizes)]
    kept = 0
    for came_back in returns:
        kept += came_back
        decision = deciding.walk(line, {ROOM: kept}, NOW, FAR if far else NEAR)
        kept -= sum(one.needs[ROOM] for one in line if one.id in decision.offers)
        assert kept >= 0
        assert not far or max(decision.passed.values(), default=0) <= MOST_PASSED
        line = [
            Group(one.id, one.needs, decision.passed[one.id], decision.saved_since[one.id])
            for one in line
            if one.id not in decision.offers
        ]
        assert not line or far or all(one.needs[ROOM] > kept for one in line)


@pytest.mark.parametrize(
    ("left", "hours"),
    [
        (timedelta(days=30), 24),
        (timedelta(days=2), 12),
        (timedelta(hours=8), 2),
        (timedelta(hours=1), 0.5),
        (timedelta(minutes=59), None),
        (timedelta(days=-1), None),
    ],
)
def test_an_offer_is_shorter_when_the_evening_is_near(left: timedelta, hours: float | None) -> None:
    until = deciding.until(NOW, NOW + left, 24)
    assert until == (None if hours is None else NOW + timedelta(hours=hours))
