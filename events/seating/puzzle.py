"""What a seating plan is proposed from, and what comes of it, as plain values."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A party's guests who have no place yet; `beside` are those of them who sit already."""

    key: int
    guests: tuple[int, ...]
    beside: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Room:
    """A table: how many places are free, and who sits there."""

    id: int
    number: int
    free: int
    seated: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Unmet:
    """What the plan does not do: no_place, split (a party at several tables), next_to, not_with; and for whom."""

    kind: str
    guests: tuple[int, ...]


@dataclass(frozen=True)
class Proposal:
    """Guests by table id, and what could not be met."""

    tables: Mapping[int, tuple[int, ...]]
    unmet: Sequence[Unmet]


Pairs = Collection[tuple[int, int]]
