"""Payouts: what Stripe sent to the bank, and the movements each of them was made of."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from events.catalogue.models import Organisation
from events.core import clock
from events.core.db import changed, db, end_reading, insert_once, transaction
from payments.gateway import answers
from payments.gateway.stripe_api import current_gateway
from payments.ledger import books, reading
from payments.ledger.models import Payout

OVERLAP = timedelta(days=15)
"""A payout that arrived may still come back; the bank takes its time."""


def read_payouts() -> int:
    """Refresh every payout that is new or has changed since it was read; returns how many."""
    begun = clock.now()
    listed = list(current_gateway().list_payouts(created_since=reading.since("payouts", OVERLAP)))
    changed_ones = [payout.id for payout in listed if _is_news(payout)]
    for payout_id in changed_ones:
        refresh(payout_id)
    reading.reached("payouts", begun)
    return len(changed_ones)


def refresh(payout_id: str) -> str:
    """Read a payout again with its movements, and book them: clearing -> on its way to the bank; back if it failed.

    Returns Stripe's status. Idempotent; the row says that its members are known only after all of them are kept.
    """
    gateway = current_gateway()
    payout = gateway.get_payout(payout_id)
    members = list(gateway.list_balance_transactions(payout=payout_id)) if payout.automatic else []
    _keep(payout)
    for movement in members:
        books.keep(movement, payout_id=payout_id)
    known = {movement.id for movement in members}
    for movement_id in (payout.balance_transaction, payout.failure_balance_transaction):
        if movement_id and movement_id not in known:
            books.keep(gateway.get_balance_transaction(movement_id))
    with transaction():
        changed(update(Payout).where(Payout.id == payout_id).values(members_at=clock.now()))
    books.book_open()
    return payout.status


def _is_news(payout: answers.Payout) -> bool:
    row = db.session.get(Payout, payout.id)
    same = row is not None and row.members_at is not None
    same = (
        same and row is not None and (row.status, row.reconciliation) == (payout.status, payout.reconciliation_status)
    )
    end_reading()
    return not same


def _keep(payout: answers.Payout) -> None:
    with transaction():
        owner = db.session.scalar(select(Organisation.id).order_by(Organisation.id).limit(1))
        if owner is not None and not insert_once(Payout, {"organisation_id": owner, **_values(payout)}, ["id"]):
            changed(update(Payout).where(Payout.id == payout.id).values(**_values(payout), members_at=None))


def _values(payout: answers.Payout) -> dict[str, Any]:
    return {
        "id": payout.id,
        "status": payout.status,
        "amount": payout.amount,
        "currency": payout.currency,
        "automatic": payout.automatic,
        "reconciliation": payout.reconciliation_status,
        "balance_transaction_id": payout.balance_transaction,
        "failure_balance_transaction_id": payout.failure_balance_transaction,
        "failure_code": payout.failure_code,
        "arrival_at": payout.arrival_date,
        "created_at": payout.created,
    }
