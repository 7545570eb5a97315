"""A bank's CSV read, and each of its lines compared with the orders that wait. Pure: nothing is booked here."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from events.core import money
from events.core.i18n import gettext as _
from events.core.i18n import money as in_words
from events.core.refusal import Refusal
from payments.orders.references import code_of, find_references

AMOUNT = {
    *("amount", "credit", "credit amount", "paid in", "money in", "deposit", "deposits", "value"),
    *("montant", "crédit", "credit eur", "betrag", "จำนวนเงิน", "เงินเข้า", "ฝาก", "เงินฝาก"),
}
CURRENCY = {"currency", "devise", "währung", "สกุลเงิน"}
SEARCHED = 20
"""Banks write a few lines about themselves before the heading."""


@dataclass(frozen=True)
class Entry:
    """One line of the file: its number, its amount (minor units, None when it cannot be read), all its cells."""

    number: int
    amount: int | None
    currency: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """An order as a statement sees it."""

    id: int
    code: str
    status: str
    way: str
    total: int
    currency: str
    buyer: str


@dataclass(frozen=True)
class Result:
    """What a line is: `matched` is booked when confirmed, everything else is said and left alone."""

    entry: Entry
    verdict: str  # matched, differs, paid, late, other_way, twice, unknown, unreadable, no_reference, outgoing
    order: Known | None
    sentence: str


def read(raw: str, currency: str) -> list[Entry]:
    """The lines below the heading. Raises Refusal `no_statement` when there is no column of amounts."""
    rows = _rows(raw.lstrip("\ufeff"))
    for at, row in enumerate(rows[:SEARCHED]):
        names = [" ".join(cell.split()).casefold() for cell in row]
        column = next((place for place, name in enumerate(names) if name in AMOUNT), None)
        if column is not None:
            unit = next((place for place, name in enumerate(names) if name in CURRENCY), None)
            below = enumerate(rows[at + 1 :], at + 2)
            return [_entry(number, cells, column, unit, currency) for number, cells in below if any(cells)]
    raise _no_statement()


def _rows(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise _no_statement() from error


def _no_statement() -> Refusal:
    return Refusal(
        "no_statement",
        _("No column named Amount or Credit was found in this file: is it the bank’s CSV?"),
        field="file",
    )


def decode(raw: bytes) -> str:
    """Text of a bank's file: UTF-8, else what Western Windows writes."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def judge(entries: Sequence[Entry], known: Mapping[str, Known]) -> list[Result]:
    """Each line beside the order its reference names; `known` are this evening's orders by code."""
    seen: dict[str, int] = {}
    return [_judged(entry, known, seen) for entry in entries]


def _judged(entry: Entry, known: Mapping[str, Known], seen: dict[str, int]) -> Result:
    references = list(dict.fromkeys(found for cell in entry.cells for found in find_references(cell)))
    orders = [known[code_of(found)] for found in references if code_of(found) in known]
    if entry.amount is not None and entry.amount <= 0:
        return Result(entry, "outgoing", None, _("Money that went out."))
    if not references:
        return Result(entry, "no_reference", None, _bare(entry, known) or _("No reference of ours."))
    if len(orders) != 1:
        named = ", ".join(references)
        return Result(entry, "unknown", None, _("Reference %(named)s: no order of this evening.", named=named))
    (order,) = orders
    verdict, sentence = _compared(entry, order, seen.get(order.code))
    seen.setdefault(order.code, entry.number)
    return Result(entry, verdict, order, sentence)


def _bare(entry: Entry, known: Mapping[str, Known]) -> str:
    """A hint where somebody wrote the order's code alone: five signs may be chance, so it is no match."""
    words = {word for cell in entry.cells for word in re.findall(r"[A-Z0-9]+", cell.upper())}
    named = sorted(words & known.keys())
    if len(named) != 1:
        return ""
    return _(
        "Perhaps order %(code)s: its code is there, the check figures before it are not. If it is so, book it by hand.",
        code=named[0],
    )


def _compared(entry: Entry, order: Known, before: int | None) -> tuple[str, str]:
    if entry.amount is None:
        return "unreadable", _("The amount cannot be read.")
    if before is not None:
        return "twice", _("The same reference stands in line %(line)s.", line=before)
    if order.status in ("paid", "partly_refunded", "refunded"):
        same = order.way == "transfer" and (entry.amount, entry.currency) == (order.total, order.currency)
        return "paid", _(
            "Order %(code)s is paid already, with this sum: if the line stood in an earlier statement, all is well;"
            " if not, this is a second payment.",
            code=order.code,
        ) if same else _("Order %(code)s is paid already: this may be a second payment.", code=order.code)
    if order.way != "transfer":
        return "other_way", _("Order %(code)s was to be paid in another way.", code=order.code)
    if entry.currency != order.currency or entry.amount != order.total:
        asked, came = in_words(order.total, order.currency), in_words(entry.amount, entry.currency)
        return "differs", _("%(came)s came, %(asked)s were asked.", came=came, asked=asked)
    if order.status != "held":
        return "late", _("The seats of order %(code)s are free again: settle it by hand.", code=order.code)
    return "matched", _("Order %(code)s, %(buyer)s", code=order.code, buyer=order.buyer)


def _delimiter(text: str) -> str:
    """The sign that stands most often in the first lines."""
    head = "\n".join(text.splitlines()[:SEARCHED])
    return max(";,\t", key=head.count)


def _entry(number: int, cells: Sequence[str], column: int, unit: int | None, currency: str) -> Entry:
    typed = cells[column] if column < len(cells) else ""
    code = cells[unit].strip().upper() if unit is not None and unit < len(cells) else ""
    said = code if re.fullmatch(r"[A-Z]{3}", code) else currency
    return Entry(number, _amount(typed, said), said, tuple(cell.strip() for cell in cells))


def _amount(typed: str, currency: str) -> int | None:
    """Minor units, below zero when it went out; an empty cell is no money that came in."""
    text = re.sub(r"[^\d.,()+\-\u2212]", "", typed)
    if not text:
        return 0
    negative = text.startswith(("-", "\u2212", "(")) or text.endswith("-")
    try:
        amount = money.parse(text.strip("()+-\u2212"), currency)
    except LookupError:
        return None
    return None if amount is None else -amount if negative else amount
