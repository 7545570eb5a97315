"""The room as drawn: where plates stand around a table, how large the paper is. Whole numbers, no database."""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

PLATE = 10
"""Radius of a place; everything else is measured against it."""

_BETWEEN = 26
_ACROSS = 60
_ROW = 1400


class Spot(NamedTuple):
    """The middle of one place on the plan."""

    x: int
    y: int


class Outline(NamedTuple):
    """A table's top: half its width and half its height; for a round one both are the radius."""

    half_width: int
    half_height: int


class Frame(NamedTuple):
    """What the drawing shows, as an SVG viewBox wants it."""

    left: int
    top: int
    width: int
    height: int


def outline(places: int, shape: str) -> Outline:
    """How large the top of a table is."""
    if shape == "long":
        return Outline(max(40, (places + 1) // 2 * _BETWEEN // 2 + 8), _ACROSS // 2)
    radius = max(34, round(places * _BETWEEN / (2 * math.pi)) - PLATE)
    return Outline(radius, radius)


def reach(places: int, shape: str) -> int:
    """How far from its middle a table and its places go."""
    return max(outline(places, shape)) + 3 * PLATE


def spots(x: int, y: int, places: int, shape: str) -> list[Spot]:
    """The places, the first at the top and on clockwise; at a long table along its two sides."""
    if shape == "long":
        return _along(x, y, places)
    radius = outline(places, shape).half_width + PLATE + 7
    turns = (2 * math.pi * number / max(places, 1) - math.pi / 2 for number in range(places))
    return [Spot(x + round(radius * math.cos(turn)), y + round(radius * math.sin(turn))) for turn in turns]


def _along(x: int, y: int, places: int) -> list[Spot]:
    top, away = (places + 1) // 2, _ACROSS // 2 + PLATE + 5
    upper = [Spot(x + _offset(number, top), y - away) for number in range(top)]
    lower = [Spot(x - _offset(number, places - top), y + away) for number in range(places - top)]
    return upper + lower


def _offset(number: int, count: int) -> int:
    return round((number - (count - 1) / 2) * _BETWEEN)


def frame(tables: Collection[tuple[int, int, int]]) -> Frame:
    """Around all tables, given as (x, y, reach), with a margin; a small empty room where there are none."""
    if not tables:
        return Frame(0, 0, 600, 300)
    left, right = min(x - far for x, _, far in tables) - 30, max(x + far for x, _, far in tables) + 30
    top, bottom = min(y - far for _, y, far in tables) - 30, max(y + far for _, y, far in tables) + 30
    return Frame(left, top, max(right - left, 420), bottom - top)


def free_spots(taken: Sequence[tuple[int, int]], count: int, far: int) -> list[Spot]:
    """Places for further tables: in rows below all that stand there."""
    step, lowest = 2 * far + 20, max((y for _, y in taken), default=None)
    across = max(1, min(_ROW // step, math.ceil(math.sqrt(count * 1.4)))) if count > 1 or not taken else 1
    if count > 200:
        across = math.ceil(math.sqrt(count * 1.4))
    begin = far + 20 if lowest is None else lowest + step
    if count == 1 and lowest is not None:
        return [_beside(taken, lowest, step, begin)]
    return [Spot(far + 20 + number % across * step, begin + number // across * step) for number in range(count)]


def _beside(taken: Sequence[tuple[int, int]], lowest: int, step: int, below: int) -> Spot:
    """To the right of the last row while that row is short, else below."""
    right = max(x for x, y in taken if y == lowest)
    widest = max(x for x, _ in taken)
    if right + step <= max(widest, _ROW // 2):
        return Spot(right + step, lowest)
    return Spot(min(x for x, _ in taken), below)
