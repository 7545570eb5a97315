"""Whether an order may have its receipt now, how much of it is a gift, and if not, why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from events.catalogue.models import Organisation
from events.core import clock
from events.core.db import db
from events.guests.models import Party
from payments.ledger.models import BalanceTransaction, Payout
from payments.orders.models import Order, Payment
from payments.receipts import donors, rules
from payments.receipts.models import Receipt, ReceiptPart
from payments.receipts.organisations import House, house_of
from payments.receipts.rules import Decision, Given, Reason

PAID = ("paid", "partly_refunded")


@dataclass(frozen=True)
class Share:
    """One order's part of a receipt. `received_at`: when the money counts as received; None while it does not."""

    order: Order
    given: Given
    decision: Decision
    received_at: datetime | None


@dataclass(frozen=True)
class Verdict:
    """What a receipt for these orders would say. With `reasons` in `blocked` there is none now."""

    shares: Sequence[Share]
    blocked: tuple[Reason, ...]

    @property
    def eligible(self) -> int:
        """The gift in all of it, minor units."""
        return sum(share.decision.eligible for share in self.shares)


def given_of(order: Order) -> Given:
    """What stands in the order's lines, less what went back. A seat that was given back for others is all gift."""
    seats = [line for line in order.lines if line.kind == "ticket" and line.seat_given_at is None]
    gifts = [line for line in order.lines if line.kind == "gift" or line.seat_given_at is not None]
    return Given(
        seats=sum(line.left for line in seats),
        benefit=sum(line.benefit_left for line in order.lines),
        gift=sum(line.left for line in gifts),
        fee=sum(line.left for line in order.lines if line.kind == "fee_cover"),
        currency=order.currency,
    )


def judge(orders: Sequence[Order], *, again: bool = False) -> Verdict:
    """What a receipt for these orders of one donor and organisation would say.

    `again`: it takes the place of one that was just cancelled, so what only delays a first one does not delay it.
    """
    house = house_of(orders[0].event.organisation)
    so_far, shares = None, []
    for order in orders:
        received_at = _received_at(house, order)
        counts = received_at or clock.now()
        if so_far is None and house.profile.yearly_cap:
            so_far = benefits_so_far(house.organisation, orders, counts)
        share = _share(house, order, received_at, so_far or 0)
        so_far = (so_far or 0) + share.decision.tolerated
        shares.append(share)
    blocked = [reason for order in orders for reason in ([] if again else _delays(order))]
    blocked += _objections(house, shares)
    return Verdict(shares, tuple({reason.code: reason for reason in blocked}.values()))


def judge_one(order: Order) -> Verdict:
    """What a first receipt for one order would say."""
    return judge([order])


def refuses(order: Order) -> bool:
    """Whether the rule itself gives no receipt for what is left of the order."""
    verdict = judge([order], again=True)
    return all(share.decision.refused for share in verdict.shares)


def _share(house: House, order: Order, received_at: datetime | None, so_far: int) -> Share:
    given = given_of(order)
    day = local_day(received_at or clock.now(), house.organisation)
    company = bool(house.profile.yearly_cap and donors.details_of(order).company)
    cap = house.settings.benefit_cap if day.year >= 2026 else None
    around = rules.Around(day, so_far, cap, company)
    return Share(order, given, rules.decide(house.profile.name, given, around), received_at)


def _delays(order: Order) -> list[Reason]:
    if order.status not in PAID:
        return [Reason("nothing_left" if order.status in ("refunded", "cancelled") else "not_paid")]
    if any(dispute.closed_at is None for dispute in order.disputes):
        return [Reason("contested")]
    return [Reason("has_receipt")] if standing(order) else []


def _objections(house: House, shares: Sequence[Share]) -> list[Reason]:
    """Of the rule first: nobody needs to be asked for an address where there will be no receipt."""
    if all(share.decision.refused for share in shares):
        return [reason for share in shares for reason in share.decision.reasons]
    found = [Reason("organisation_incomplete", {"missing": house.missing})] if house.missing else []
    wanted = donors.missing(house, shares[0].order)
    found += [Reason("details_missing", {"missing": wanted})] if wanted else []
    waits = any(share.received_at is None for share in shares if not share.decision.refused)
    return found + ([Reason("not_credited")] if waits else [])


def standing(order: Order) -> Receipt | None:
    """The order's receipt that has not been cancelled."""
    query = select(Receipt).join(ReceiptPart).where(ReceiptPart.order_id == order.id, Receipt.state != "cancelled")
    return db.session.scalars(query.order_by(Receipt.id.desc()).limit(1)).first()


def local_day(moment: datetime, organisation: Organisation) -> date:
    """The day where the organisation is."""
    return moment.astimezone(ZoneInfo(organisation.time_zone)).date()


def benefits_so_far(organisation: Organisation, orders: Sequence[Order], when: datetime) -> int:
    """Benefits that the donor's standing receipts of that calendar year let pass, those of `orders` left out."""
    email = orders[0].party.email.lower()
    if not email:
        return 0  # bought at the door without an address: nobody is known
    zone = ZoneInfo(organisation.time_zone)
    year = when.astimezone(zone).year
    first, last = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    own = select(ReceiptPart.receipt_id).where(ReceiptPart.order_id.in_([order.id for order in orders]))
    query = select(func.coalesce(func.sum(Receipt.tolerated), 0)).join(Order, Order.id == Receipt.order_id).join(Party)
    query = query.where(
        Order.organisation_id == organisation.id,
        func.lower(Party.email) == email,
        Receipt.state != "cancelled",
        Receipt.received_at >= first,
        Receipt.received_at < last,
        Receipt.id.not_in(own),
    )
    return int(db.session.scalar(query) or 0)


def _received_at(house: House, order: Order) -> datetime | None:
    """When the money came; where the law says so, when a card payment was credited to the organisation's account."""
    if not house.profile.waits_for_credit or order.way != "stripe":
        return order.paid_at
    query = (
        select(func.min(Payout.arrival_at))
        .join(BalanceTransaction, BalanceTransaction.payout_id == Payout.id)
        .join(Payment, Payment.reference == BalanceTransaction.reference)
        .where(Payment.order_id == order.id, Payment.outcome == "fulfilled", Payout.status == "paid")
        .where(BalanceTransaction.amount > 0)
    )
    return db.session.scalar(query)
