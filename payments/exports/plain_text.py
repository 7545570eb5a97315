"""The books for plain-text accounting: Beancount, and one file that hledger and ledger both read.

Each file proves itself: it ends by asserting every balance that the ledger has, and the program checks them.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import func

from events.core.db import snapshot
from payments.exports import journal
from payments.exports.accounts import books_of
from payments.exports.csv_files import amount, places_of
from payments.exports.journal import Entry
from payments.exports.rows import Scope, Told
from payments.ledger import models as ledger
from payments.ledger.models import JournalEntry, Posting

AT_ONCE = 500
_NAMES = {
    ledger.BENEFITS: "Income:Tickets:GoodsValue",
    ledger.GIFTS: "Income:Donations:Deductible",
    ledger.BANK: "Assets:Bank:Account",  # not the parent of what is on its way there
    ledger.CASH: "Assets:Cash:Office",  # nor of the drawer at the door
    ledger.GIVEN_AWAY: "Equity:GivenAway",
}
_LINE_BREAKS = re.compile(r"[\s\x00-\x1f]+")

Balances = dict[tuple[str, str], int]
"""Minor units by account and currency, as the file has come to."""
Writer = Callable[[Entry, Balances], Iterator[str]]


def beancount(scope: Scope, language: str, told: Told) -> Iterator[bytes]:
    """Accounts opened on the first day, one transaction per entry, and on the day after the last every balance."""

    def first(accounts: list[str], day: date) -> Iterator[str]:
        yield 'option "title" "Bonsoir"\n\n'
        for account in accounts:
            yield f"{day} open {bean_name(account)}\n"

    def last(balances: Balances, day: date) -> Iterator[str]:
        yield "\n"
        for (account, currency), sum_ in sorted(balances.items()):
            yield f"{day + timedelta(days=1)} balance {bean_name(account)}  {_money(sum_, currency)}\n"

    return _file(scope, language, first, _counted(_bean, told), last)


def hledger(scope: Scope, language: str, told: Told) -> Iterator[bytes]:
    """One transaction per entry; where a payout empties the clearing account, and at the end, balances are asserted."""

    def first(accounts: list[str], _day: date) -> Iterator[str]:
        yield from (f"account {account}\n" for account in accounts)

    def last(balances: Balances, day: date) -> Iterator[str]:
        yield f"\n{day} * Total\n"
        for (account, currency), sum_ in sorted(balances.items()):
            yield f"    {account}  {_money(0, currency)} = {_money(sum_, currency)}\n"

    return _file(scope, language, first, _counted(_hledger, told), last)


def _file(
    scope: Scope,
    language: str,
    first: Callable[[list[str], date], Iterator[str]],
    one: Writer,
    last: Callable[[Balances, date], Iterator[str]],
) -> Iterator[bytes]:
    query, balances, day = journal.query_of(scope), Balances(), None
    books = books_of(next(iter(scope.zones)))
    with snapshot() as connection:
        inside = query.order_by(None).with_only_columns(Posting.account, func.min(JournalEntry.effective_on))
        opened = connection.execute(inside.group_by(Posting.account).order_by(Posting.account)).all()
        if not opened:
            return
        yield "".join(first([account for account, _day in opened], min(day for _account, day in opened))).encode()
        records = connection.execute(query, execution_options={"yield_per": AT_ONCE})
        for entry in journal.with_places(connection, journal.entries(records, books), language):
            day = entry.day
            yield "".join(one(entry, balances)).encode()
        if day:
            yield "".join(last(balances, day)).encode()


def _counted(one: Writer, told: Told) -> Writer:
    written = 0

    def counting(entry: Entry, balances: Balances) -> Iterator[str]:
        nonlocal written
        written += len(entry.lines)
        told(written)
        return one(entry, balances)

    return counting


def _bean(entry: Entry, balances: Balances) -> Iterator[str]:
    it = entry.record
    bought = _bought(entry) if it.ext_kind == "payment" else ""
    texts = [f'"{_bean_text(text)}"' for text in (it.memo, bought) if text]
    yield f"\n{entry.day} * {' '.join(texts)}{f' ^{it.order}' if it.order else ''}\n"
    if it.receipt:
        yield f'  receipt: "{_bean_text(it.receipt)}"\n'
    lines = [(bean_name(line.account), amount(line.amount, places_of(line.currency)), line) for line in entry.lines]
    wide = max(len(name) for name, _amount, _line in lines)
    high = max(len(written) for _name, written, _line in lines)
    for name, written, line in lines:
        _add(balances, line)
        yield f"  {name:<{wide}} {written:>{high}} {line.currency}\n"


def _hledger(entry: Entry, balances: Balances) -> Iterator[str]:
    it = entry.record
    bought = _bought(entry) if it.ext_kind == "payment" else ""
    texts = " | ".join(_plain(text) for text in (it.memo, bought) if text)
    yield f"\n{entry.day} *{f' ({it.order})' if it.order else ''} {texts}\n"
    if it.receipt:
        yield f"    ; receipt: {it.receipt}\n"
    for line in entry.lines:
        sum_ = _add(balances, line)
        meets = it.payout and not it.order and line.account == ledger.STRIPE_CLEARING
        met = f" = {_money(sum_, line.currency)}" if meets else ""
        yield f"    {line.account}  {_money(line.amount, line.currency)}{met}\n"


def _add(balances: Balances, line: journal.Line) -> int:
    key = (line.account, line.currency)
    balances[key] = balances.get(key, 0) + line.amount
    return balances[key]


def _bought(entry: Entry) -> str:
    return ", ".join(f"{count} x {name}" for name, count in entry.places)


def _money(minor: int, currency: str) -> str:
    return f"{amount(minor, places_of(currency))} {currency}"


def bean_name(account: str) -> str:
    """assets:stripe:refunds_in_transit is Assets:Stripe:RefundsInTransit there."""
    if account in _NAMES:
        return _NAMES[account]
    return ":".join(part.title().replace("_", "") for part in account.split(":"))


def _bean_text(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')


def _plain(text: str) -> str:
    """On one line; no semicolon, which begins a comment, no bar, and no bracket that looks like a code."""
    return re.sub(r"[;|]", ",", _LINE_BREAKS.sub(" ", text)).strip().lstrip("(!*")
