"""A pass becomes good by computing or by waiting, is good for a while, and cannot be made by others."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from payments.guarding import passes

SECRET = "only for tests, and long enough"
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


def number_of(given: passes.Pass) -> str:
    """What a browser would find."""
    return next(
        str(number)
        for number in range(passes.HARDEST)
        if hashlib.sha256(f"{given.salt}{number}".encode()).hexdigest() == given.digest
    )


def test_the_number_opens_at_once() -> None:
    given = passes.issue(SECRET, NOW)
    assert passes.is_good(given, number_of(given), NOW)


@pytest.mark.parametrize("answer", ["", "-1", "١", "1e3", "99999999", "nothing"])
def test_another_answer_opens_nothing(answer: str) -> None:
    assert not passes.is_good(passes.issue(SECRET, NOW), answer, NOW)


def test_patience_opens_without_a_number() -> None:
    given = passes.issue(SECRET, NOW)
    almost = NOW + passes.PATIENCE - timedelta(seconds=1)
    assert passes.seconds_left(given, almost) == 1
    assert not passes.is_good(given, "", almost)
    assert passes.is_good(given, "", NOW + passes.PATIENCE)


def test_a_pass_comes_back_as_it_was_given() -> None:
    given = passes.issue(SECRET, NOW)
    assert passes.read(SECRET, given.text, NOW) == given


def test_an_old_pass_is_worth_nothing() -> None:
    given = passes.issue(SECRET, NOW)
    assert passes.read(SECRET, given.text, NOW + passes.LIFE) is None


@pytest.mark.parametrize("text", ["", "a.b.c.d", "a.1.b", "a.١.b.c", "....", f"a.{'9' * 400}.b.c", "é.1.é.é"])
def test_nonsense_is_no_pass(text: str) -> None:
    assert passes.read(SECRET, text, NOW) is None


def test_nobody_else_can_date_a_pass_back() -> None:
    given = passes.issue(SECRET, NOW)
    earlier = given.text.replace(str(given.issued), str(given.issued - 60))
    assert passes.read(SECRET, earlier, NOW) is None
    assert passes.read("another secret of another house", given.text, NOW) is None
