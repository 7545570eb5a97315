"""Who sits next to whom at one table."""

from collections.abc import Mapping, Sequence
from itertools import combinations


def neighbours(guests: Sequence[int], friends: Mapping[int, set[int]]) -> tuple[int, ...]:
    """In the order of their parties, but a friend of somebody stands next to that somebody where that is possible."""
    order = list(guests)
    for one, other in combinations(guests, 2):
        if other in friends.get(one, ()) and abs(order.index(one) - order.index(other)) > 1:
            order.remove(other)
            order.insert(order.index(one) + 1, other)
    return tuple(order)
