"""What a receipt says, frozen as plain values when its number is given out: everything its paper is made of."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from events.core import tokens
from events.core.i18n import local
from payments.orders.models import Order
from payments.receipts import donors
from payments.receipts.judging import Share, local_day
from payments.receipts.organisations import House
from payments.receipts.spelling import spell

Facts = dict[str, Any]
"""JSON: amounts in minor units, days as ISO 8601 where the organisation is."""

SEAL = 12
"""Hex digits of the seal: 48 bits, asked for together with the number."""


def freeze(house: House, shares: Sequence[Share], number: str, issued_at: datetime, replaces: str | None) -> Facts:
    """The facts of one receipt; `shares` are its orders."""
    first = shares[0].order
    lang = house.profile.language or first.party.language
    day = local_day(issued_at, house.organisation)
    eligible = sum(share.decision.eligible for share in shares)
    return {
        "profile": house.profile.name,
        "number": number,
        "lang": lang,
        "time_zone": house.organisation.time_zone,
        "issued_on": day.isoformat(),
        "issued_at": issued_at.isoformat(),
        "organisation": house.as_it_is,
        "donor": _donor(first),
        "payments": [_payment(house, share, issued_at) for share in shares],
        "benefit_description": _benefits(shares, lang),
        "currency": first.currency,
        "paid": sum(share.given.paid for share in shares),
        "benefit": sum(share.given.benefit for share in shares),
        "eligible": eligible,
        "tolerated": sum(share.decision.tolerated for share in shares),
        "words": spell(eligible, first.currency, lang),
        "notes": list(dict.fromkeys(note for share in shares for note in share.decision.notes)),
        "reasons": _reasons(shares),
        "replaces": replaces,
        "salt": tokens.new_token(12),
    }


def seal(facts: Facts) -> str:
    """A short hash over all of it; the salt keeps it from being guessed."""
    written = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:SEAL]


def _donor(order: Order) -> Facts:
    details = donors.details_of(order)
    return {
        "name": donors.name_of(order, details),
        "company": bool(details.company),
        "address": donors.lines_of(details),
        "tax_id": details.tax_id,
        "email": order.party.email,
        "declaration": details.declaration,
        "declared_on": details.declared_at.date().isoformat() if details.declared_at else "",
    }


def _payment(house: House, share: Share, issued_at: datetime) -> Facts:
    given, decision = share.given, share.decision
    return {
        "order": share.order.code,
        "event": share.order.event.title,
        "way": share.order.way,
        "received_on": local_day(share.received_at or share.order.paid_at or issued_at, house.organisation).isoformat(),
        "seats": given.seats,
        "benefit": given.benefit,
        "gift": given.gift,
        "fee": given.fee,
        "eligible": decision.eligible,
        "tolerated": decision.tolerated,
    }


def _benefits(shares: Sequence[Share], lang: str) -> str:
    words = [local(share.order.event.benefit_description, lang) for share in shares if share.given.benefit]
    return ", ".join(dict.fromkeys(filter(None, words)))


def _reasons(shares: Sequence[Share]) -> list[Facts]:
    reasons = {reason.code: reason for share in shares for reason in share.decision.reasons}
    return [{"code": reason.code, "values": dict(reason.values)} for reason in reasons.values()]
