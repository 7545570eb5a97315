"""A bank statement against an evening's orders: looked at first, then booked whole or not at all."""

import json
from collections.abc import Sequence

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import tokens, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.models import Party
from payments.offline import arranging, statement
from payments.offline.statement import Known, Result
from payments.orders.models import Order


def preview(event: Event, text: str) -> list[Result]:
    """What each line of the statement is. Raises Refusal `no_statement`."""
    return statement.judge(statement.read(text, event.currency), _known(event))


def digest(results: Sequence[Result]) -> str:
    """A fingerprint of what was shown: what is confirmed must be that, and nothing else."""
    shown = [(result.entry.number, result.verdict, result.order.id if result.order else 0) for result in results]
    return tokens.digest(json.dumps(shown))


def confirm(event: Event, text: str, shown: str, actor: str) -> int:
    """Settle every matched line, in the caller's transaction; how many there were.

    Raises Refusal `changed` when the world moved since the preview, and then nothing is booked.
    """
    results = preview(event, text)
    if not tokens.same(digest(results), shown):
        raise Refusal("changed", _("Something has changed since you looked. Please look again."), status=409)
    matched = [result.order for result in results if result.verdict == "matched" and result.order]
    for order in sorted(matched, key=lambda order: order.id):
        arranging.money_came(order.id, actor)
    codes = [order.code for order in matched]
    trail.note(actor, "statement.booked", f"event:{event.id}", event.organisation_id, orders=codes, lines=len(results))
    return len(matched)


def _known(event: Event) -> dict[str, Known]:
    query = select(Order.id, Order.code, Order.status, Order.way, Order.total, Order.currency, Party.name)
    rows = db.session.execute(query.join(Party, Party.id == Order.party_id).where(Order.event_id == event.id))
    return {row.code: Known(*row) for row in rows}
