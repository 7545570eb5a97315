"""Issuing receipts: numbers run 1, 2, 3 without a gap per organisation, profile and year, whatever is rolled back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select

from events.core import clock, jobs, trail
from events.core.db import count_on, db, insert_once
from events.core.refusal import Refusal
from payments.orders.models import Order
from payments.receipts import donors, facts, judging, words
from payments.receipts.judging import Verdict
from payments.receipts.models import Receipt, ReceiptPart, ReceiptRecord, ReceiptSeries
from payments.receipts.organisations import House, house_of
from payments.receipts.thresholds import RULES

PAPER = "make_receipt"
"""The job that sets the paper and sends it."""


def issue(order: Order) -> Receipt:
    """A receipt for an order, whatever its state. The series' counter is the last row that many orders share."""
    return write(judging.judge([order], again=True))


def automatic(order: Order, *, by_letter: bool = False) -> Receipt | None:
    """What the organisation chose for money that is final: its receipt, unless it is issued by hand or not yet due.

    At the sale the letter with the tickets brings it; later it comes `by_letter`.
    """
    house = house_of(order.event.organisation)
    if house.settings.issuing != "automatic":
        return None
    _hold_series(house)
    verdict = judging.judge_one(order)
    return None if verdict.blocked else write(verdict, by_letter=by_letter)


def issue_one(orders: Sequence[Order], actor: str) -> Receipt:
    """One receipt for these orders of one donor, locked by the caller. Raises Refusal `no_receipt`, which says why."""
    _hold_series(house_of(orders[0].event.organisation))
    verdict = judging.judge(orders)
    if verdict.blocked:
        sentences = " ".join(words.reason(why, orders[0].currency) for why in verdict.blocked)
        raise Refusal("no_receipt", sentences, status=409)
    receipt = write(verdict, by_letter=True)
    trail.note(actor, "receipt.issued", receipt.number, orders[0].organisation_id)
    return receipt


def replace(orders: Sequence[Order], before: Receipt, state: str, *, by_letter: bool = False) -> Receipt | None:
    """A new number for what remains, citing the one that was cancelled; None where the rule now refuses one."""
    _hold_series(house_of(orders[0].event.organisation))
    verdict = judging.judge(orders, again=True)
    if all(share.decision.refused for share in verdict.shares):
        return None
    return write(verdict, state, before, by_letter=by_letter)


def remaining(order: Order) -> tuple[int, int]:
    """What was paid, and the benefit in it, less what went back; minor units."""
    given = judging.given_of(order)
    return given.paid, given.benefit


def write(
    verdict: Verdict, state: str = "issued", before: Receipt | None = None, *, by_letter: bool = False
) -> Receipt:
    """The receipt as rows: number, parts, and all that its paper will say; the paper itself is a job's work."""
    shares = verdict.shares
    first = shares[0].order
    house, moment = house_of(first.event.organisation), clock.now()
    series, number = _next_number(house, judging.local_day(moment, house.organisation).year)
    frozen = facts.freeze(house, shares, number, moment, before.number if before else None)
    receipt = Receipt(
        series_id=series.id,
        sequence=series.last,
        number=number,
        order_id=first.id,
        state=state,
        donor_name=donors.name_of(first, donors.details_of(first)),
        received_at=max(share.received_at or share.order.paid_at or moment for share in shares),
        issued_at=moment,
        currency=first.currency,
        paid=frozen["paid"],
        benefit=frozen["benefit"],
        eligible=frozen["eligible"],
        tolerated=frozen["tolerated"],
        rule_version=RULES[house.profile.name].version,
        seal=facts.seal(frozen),
        retain_until=date(moment.year + house.profile.kept_years, 12, 31),
        replaces_id=before.id if before else None,
        parts=[_part(share, moment) for share in shares],
    )
    db.session.add(receipt)
    db.session.flush()
    db.session.add(ReceiptRecord(receipt_id=receipt.id, facts=frozen))
    db.session.flush()
    jobs.put(PAPER, f"receipt:{receipt.id}", receipt=receipt.id, by_letter=by_letter)
    return receipt


def _part(share: judging.Share, moment: datetime) -> ReceiptPart:
    return ReceiptPart(
        order_id=share.order.id,
        received_at=share.received_at or share.order.paid_at or moment,
        paid=share.given.paid,
        benefit=share.given.benefit,
        eligible=share.decision.eligible,
    )


def _next_number(house: House, year: int) -> tuple[Row[Any], str]:
    key = {"organisation_id": house.organisation.id, "profile": house.profile.name, "year": year}
    series = count_on(ReceiptSeries, key)
    return series, f"{house.profile.prefix}-{year}-{series.last:06}"


def _hold_series(house: House) -> None:
    """Where a donor's year counts, one receipt is judged after the other: two at once would not see each other."""
    if house.profile.yearly_cap:
        year = judging.local_day(clock.now(), house.organisation).year
        key = {"organisation_id": house.organisation.id, "profile": house.profile.name, "year": year}
        insert_once(ReceiptSeries, key | {"last": 0}, list(key))
        db.session.execute(select(ReceiptSeries.id).filter_by(**key).with_for_update())
