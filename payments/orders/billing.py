"""A priced order as a bill: what a person reads, on the form, on the order page and in the letter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, Protocol

from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.i18n import money as in_words
from payments.gateway.parameters import PayLine
from payments.orders.models import Order


class Billable(Protocol):
    """A line of a quote or of an order."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> Mapping[str, str]: ...

    @property
    def amount(self) -> int: ...

    @property
    def bundle_id(self) -> str | None: ...


@dataclass(frozen=True)
class Bill:
    """Lines as (words, amount), and the sums; minor units of `currency`."""

    currency: str
    lines: tuple[tuple[str, int], ...]
    total: int
    benefit: int
    gift: int
    fee: int
    code: str | None = None  # what lowered the prices, and by how much
    discount: int = 0

    @property
    def gift_share(self) -> float:
        """Gift over gift and meal, for the bar."""
        return self.gift / (self.gift + self.benefit) if self.gift + self.benefit else 0.0

    @property
    def meal_share(self) -> float:
        """Meal over gift and meal, for the bar."""
        return 1 - self.gift_share if self.benefit else 0.0

    def in_words_of_code(self) -> str | None:
        """ "Code SPRING: ฿300 less, already taken off", or None without a discount."""
        if not self.discount:
            return None
        return _(
            "Code %(code)s: %(amount)s less, already taken off",
            code=self.code,
            amount=in_words(self.discount, self.currency),
        )

    def as_json(self) -> dict[str, Any]:
        """In words, for the page's script: it computes nothing."""
        return {
            "lines": [[words, in_words(amount, self.currency)] for words, amount in self.lines],
            "total": in_words(self.total, self.currency),
            "is_free": not self.total,
            "benefit": in_words(self.benefit, self.currency) if self.benefit else None,
            "gift": in_words(self.gift, self.currency) if self.gift else None,
            "fee": in_words(self.fee, self.currency) if self.fee else None,
            "discount": self.in_words_of_code(),
            "gift_share": round(self.gift_share, 4),
            "meal_share": round(self.meal_share, 4),
        }


class Priced(Protocol):
    """A quote or an order."""

    @property
    def currency(self) -> str: ...

    @property
    def lines(self) -> Sequence[Any]: ...

    @property
    def discounted(self) -> tuple[str, int] | None: ...


def bill(priced: Priced) -> Bill:
    """The bill of a Quote or an Order, in the current language; tickets of one kind stand on one line."""
    lines = list(priced.lines)
    code, discount = priced.discounted or (None, 0)
    return Bill(
        currency=priced.currency,
        lines=tuple(_grouped(lines)),
        total=sum(line.amount for line in lines),
        benefit=sum(line.benefit for line in lines),
        gift=sum(line.gift for line in lines),
        fee=sum(line.amount for line in lines if line.kind == "fee_cover"),
        code=code,
        discount=discount,
    )


def standing(order: Order) -> Bill:
    """The bill of an order: its lines as they were bought, its parts as they stand now.

    What was paid back is in no part any more, and the meal of a seat that was given back is a gift.
    """
    return replace(
        bill(order),
        benefit=sum(line.benefit_left for line in order.lines),
        gift=sum(line.gift_left for line in order.lines),
        fee=sum(line.left for line in order.lines if line.kind == "fee_cover"),
    )


def pay_lines(lines: Sequence[Billable], language: str) -> list[PayLine]:
    """The lines of the pay page: a bundle is one thing, and equal things are counted.

    The tickets of a bundle may differ by a minor unit, so that only whole bundles are ever multiplied.
    """
    return [
        PayLine(name, amount, count)
        for name, group in groupby(lines, key=lambda line: local(line.name, language))
        for amount, count in Counter(_things(list(group))).items()
    ]


def _grouped(lines: Sequence[Billable]) -> list[tuple[str, int]]:
    """ "2 × A seat": a bundle counts once, however many tickets it holds."""
    rows: list[tuple[str, int]] = []
    for name, group in groupby(lines, key=lambda line: local(line.name)):
        members = list(group)
        amounts = _things(members)
        words = f"{len(amounts)} × {name}" if members[0].kind == "ticket" else name
        rows.append((words, sum(amounts)))
    return rows


def _things(lines: Sequence[Billable]) -> list[int]:
    """What each thing costs that was chosen: a ticket, a whole bundle, the gift or the fee cover."""
    whole: dict[object, int] = {}
    for at, line in enumerate(lines):
        thing = line.bundle_id or at
        whole[thing] = whole.get(thing, 0) + line.amount
    return list(whole.values())
