"""Lists that staff read a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Line = TypeVar("Line")

PER_PAGE: Final = 50


@dataclass(frozen=True)
class Page(Generic[Line]):
    """Some lines of all that were found. Pages count from 1."""

    lines: Sequence[Line]
    found: int
    number: int

    @property
    def first(self) -> int:
        """Place of its first line among all, from 1."""
        return before(self.number) + 1

    @property
    def last(self) -> int:
        """Place of its last line."""
        return before(self.number) + len(self.lines)

    @property
    def has_next(self) -> bool:
        """Whether more follow."""
        return self.last < self.found


def before(number: int) -> int:
    """How many lines stand on the pages before this one."""
    return (number - 1) * PER_PAGE


def pages(found: int) -> int:
    """How many pages so many lines fill, at least 1."""
    return max(1, -(-found // PER_PAGE))


def within(number: int, found: int) -> int:
    """The page that was asked for, or the nearest there is."""
    return min(max(number, 1), pages(found))
