"""The orders of one evening, found by whatever people read out over the telephone, narrowed, and fifty at a time.

As in the guest list, filters are the database's business and words are compared here: neither engine knows that whoever
types "helene" looks for "Hélène". The number of queries does not depend on how many orders there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from events.catalogue.models import Event
from events.core import money
from events.core.db import db, plainly
from events.core.folding import folded, folded_together
from events.core.paging import PER_PAGE, Page, before, within
from events.guests.models import Guest, Party
from events.tickets.models import Ticket
from payments.disputes.models import ASKING, OPEN, Dispute
from payments.orders.models import WAYS, Order, OrderLine, Payment
from payments.orders.references import code_of, find_references
from payments.refunds import steps
from payments.refunds.models import ENDED, Refund

TOGETHER: Final = 5_000
"""Rows whose words are compared together."""
STATES: Final[Mapping[str, Sequence[str]]] = {
    "awaiting": ("held", "waiting", "processing"),
    "paid": ("paid",),
    "back": ("refund_due", "refunded", "partly_refunded"),
    "review": ("needs_review",),
    "unpaid": ("expired", "failed"),
    "cancelled": ("cancelled",),
}
"""What the list may be narrowed to, and the orders' own states; "disputed" asks for open disputes instead."""
DISPUTED: Final = "disputed"
_IS_OPEN = Dispute.status.in_((*ASKING, *OPEN))


@dataclass(frozen=True)
class Wanted:
    """What is looked for. Whoever does not keep the money (`with_money`) finds nothing by an amount or a payment."""

    query: str = ""
    state: str = ""
    way: str = ""
    with_money: bool = False


@dataclass(frozen=True)
class Parts:
    """What orders were for, in minor units, and for how many seats; `issued` are those with a ticket."""

    benefit: int = 0
    gift: int = 0
    fee_cover: int = 0
    total: int = 0
    seats: int = 0
    issued: int = 0


@dataclass(frozen=True)
class Line:
    """One order as the list shows it."""

    order: Order
    parts: Parts
    is_contested: bool  # a bank still decides
    is_owed: bool  # a refund has failed


def find(event: Event, wanted: Wanted, page: int = 1) -> Page[Line]:
    """The page of orders that fit; an unknown state or way counts as all."""
    query = select(Order.id).where(*_narrowed(event, wanted)).order_by(Order.id.desc())
    if not wanted.query.strip():
        found = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
        number = within(page, found)
        ids = db.session.scalars(query.limit(PER_PAGE).offset(before(number))).all()
        return Page(_lines(ids), found, number)
    fitting = _matching(event, query, wanted)
    number = within(page, len(fitting))
    return Page(_lines(fitting[before(number) : before(number + 1)]), len(fitting), number)


def totals(event: Event, wanted: Wanted) -> Parts:
    """Of those orders among the narrowed ones that were paid: the sums that the file of orders has."""
    paid = select(Order.id).where(*_narrowed(event, wanted), Order.paid_at.is_not(None))
    row = db.session.execute(_parts().where(OrderLine.order_id.in_(paid))).one()
    return Parts(*(int(value or 0) for value in row))


def counts(event: Event) -> Mapping[str, int]:
    """How many orders the evening has in each of STATES, and how many a bank still decides about."""
    query = select(Order.status, func.count()).where(Order.event_id == event.id).group_by(Order.status)
    rows = {row[0]: row[1] for row in db.session.execute(query)}
    disputed = select(func.count(Dispute.order_id.distinct())).join(Order, Order.id == Dispute.order_id).where(_IS_OPEN)
    known = {state: sum(rows.get(one, 0) for one in statuses) for state, statuses in STATES.items()}
    return known | {DISPUTED: db.session.scalar(disputed.where(Order.event_id == event.id)) or 0}


def _narrowed(event: Event, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    yield Order.event_id == event.id
    if wanted.state in STATES:
        yield Order.status.in_(STATES[wanted.state])
    elif wanted.state == DISPUTED:
        yield select(Dispute.id).where(Dispute.order_id == Order.id, _IS_OPEN).exists()
    if wanted.way in WAYS:
        yield Order.way == wanted.way


def _matching(event: Event, query: Select[int], wanted: Wanted) -> list[int]:
    """Every word must stand somewhere: with the order, with whoever booked, or with one of their guests."""
    if references := find_references(wanted.query):
        codes = [code_of(reference) for reference in references]
        return list(db.session.scalars(query.where(Order.code.in_(codes))))
    words, sums = _words(event, wanted)
    texts = (Order.code, Order.total, Party.name, Party.email, Party.title)
    missing = dict[int, list[str]]()
    for rows in _read(query.join(Party, Party.id == Order.party_id).add_columns(*texts)):
        known = folded_together(" ".join([row[1], *row[3:]]) for row in rows)
        for (order_id, _code, total, *_texts), text in zip(rows, known, strict=True):
            is_sum = sums.get("") == total
            missing[order_id] = [word for word in words if not (is_sum or word in text or sums.get(word) == total)]
    if any(missing.values()):
        _among_guests(event, missing)
    paid_by = _of_payment(wanted)
    return [order_id for order_id, left in missing.items() if not left or order_id in paid_by]


def _words(event: Event, wanted: Wanted) -> tuple[list[str], Mapping[str, int | None]]:
    """The words, and those that are amounts, in minor units; "" is all of them read as one amount."""
    words = folded(wanted.query).split()
    if not wanted.with_money:
        return words, {}
    typed = {word: word for word in words} | {"": wanted.query}
    return words, {word: money.parse(text, event.currency) for word, text in typed.items()}


def _among_guests(event: Event, missing: dict[int, list[str]]) -> None:
    """Take out the words that stand with guests of the order: names, tables, and who else answers for some of them."""
    host = (Party.id == Ticket.party_id) & (Party.id != Order.party_id)
    query = (
        select(OrderLine.order_id, Ticket.guest_name, Guest.alias, Guest.table_name, Party.name, Party.email)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Ticket, Ticket.id == OrderLine.ticket_id)
        .outerjoin(Guest, Guest.ticket_id == Ticket.id)
        .outerjoin(Party, host)
        .where(Order.event_id == event.id)
    )
    for rows in _read(query):
        known = folded_together(" ".join(filter(None, row[1:])) for row in rows)
        for row, text in zip(rows, known, strict=True):
            if left := missing.get(row[0]):
                missing[row[0]] = [word for word in left if word not in text]


def _read(query: Select[*tuple[Any, ...]]) -> Iterator[Sequence[Any]]:
    yield from plainly(query).partitions(TOGETHER)


def _of_payment(wanted: Wanted) -> set[int]:
    """The order of a payment whose reference was typed whole, as Stripe's pages and letters show it."""
    if not wanted.with_money:
        return set()
    return set(db.session.scalars(select(Payment.order_id).where(Payment.reference == wanted.query.strip())))


def _lines(ids: Sequence[int]) -> list[Line]:
    query = select(Order).where(Order.id.in_(ids)).order_by(Order.id.desc()).options(joinedload(Order.party))
    of = _parts().add_columns(OrderLine.order_id).where(OrderLine.order_id.in_(ids)).group_by(OrderLine.order_id)
    parts = {row[-1]: Parts(*(int(value or 0) for value in row[:-1])) for row in db.session.execute(of)}
    contested = select(Dispute.order_id).where(Dispute.order_id.in_(ids), _IS_OPEN)
    open_ones = set(db.session.scalars(contested))
    failed = db.session.scalars(select(Refund).where(Refund.order_id.in_(ids), Refund.status.in_(ENDED)))
    owed = {refund.order_id for refund in failed if steps.is_owed(refund)}
    return [
        Line(one, parts.get(one.id, Parts()), one.id in open_ones, one.id in owed) for one in db.session.scalars(query)
    ]


def _parts() -> Select[*tuple[int, ...]]:
    """The fields of Parts, in their order."""
    fee = func.sum(OrderLine.amount - OrderLine.benefit - OrderLine.gift)
    seats = func.count().filter(OrderLine.kind == "ticket")
    parts = (func.sum(OrderLine.benefit), func.sum(OrderLine.gift), fee, func.sum(OrderLine.amount))
    return select(*parts, seats, func.count(OrderLine.ticket_id))
