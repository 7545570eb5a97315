"""Stripe's books in ours: movements of its balance are kept as rows and written up, each once. Never an estimate.

Calls are made outside any transaction; every movement is kept and booked in transactions of its own, so that whoever
is killed in between leaves nothing half done, and whoever comes next goes on.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from events.catalogue.models import Organisation
from events.core import clock, trail
from events.core.db import changed, db, end_reading, insert_once, transaction
from events.core.jobs import TryLater
from payments.gateway import answers
from payments.gateway.failures import ProviderRefused
from payments.gateway.stripe_api import current_gateway
from payments.ledger import movements, posting, reading
from payments.ledger.models import STRIPE_CLEARING, SUSPENSE, BalanceTransaction, JournalEntry, Posting
from payments.ledger.movements import OWN_KINDS, Treatment

PATIENCE = timedelta(hours=1)
"""So long a movement waits for our own entry about the same fact, before it is booked by itself."""
OVERLAP = timedelta(days=1)
PAGE = 500  # movements asked for at once
SOON, LATEST = timedelta(seconds=15), timedelta(hours=6)


def read_payment(args: Mapping[str, Any]) -> None:
    """Job: keep and book the movement of a captured payment; raises TryLater while Stripe has not booked it itself."""
    reference = str(args["reference"])
    if not reference.startswith("pi_"):
        return  # a session that cost nothing has no payment intent, and moved nothing
    intent = current_gateway().get_payment_intent(reference)
    if intent.latest_charge:
        charge = current_gateway().get_charge(intent.latest_charge)
        if charge.balance_transaction is None:
            age = clock.now() - charge.created
            raise TryLater(clock.now() + min(max(age / 2, SOON), LATEST))
        _take_in(charge)


def read_charge(charge_id: str) -> str:
    """Reaction: a charge was changed; perhaps Stripe has booked it now."""
    charge = current_gateway().get_charge(charge_id)
    if charge.balance_transaction is None:
        return "not_booked_yet"
    _take_in(charge)
    return "booked"


def _take_in(charge: answers.Charge) -> None:
    movement = current_gateway().get_balance_transaction(charge.balance_transaction or "")
    keep(movement, reference=charge.payment_intent or charge.id)
    with transaction():
        book(movement.id)


def read_movements() -> int:
    """Keep every movement since the last reading, and book what can be booked; returns how many were new."""
    begun = clock.now()
    start = reading.since("movements", OVERLAP)
    new = sum(map(keep, _unknown(list(current_gateway().list_balance_transactions(created_since=start)))))
    reading.reached("movements", begun)
    book_open()
    return new


def _unknown(listed: Sequence[answers.BalanceTransaction]) -> Iterator[answers.BalanceTransaction]:
    """Those that are no rows yet, in their order: most of what is read again, to miss nothing, is known."""
    for start in range(0, len(listed), PAGE):
        page = listed[start : start + PAGE]
        ids = select(BalanceTransaction.id).where(BalanceTransaction.id.in_([movement.id for movement in page]))
        known = set(db.session.scalars(ids))
        end_reading()
        yield from (movement for movement in page if movement.id not in known)


def keep(movement: answers.BalanceTransaction, payout_id: str | None = None, reference: str | None = None) -> bool:
    """A movement as a row, and the payout it went with; True when it is new. Opens its own transaction."""
    row = db.session.get(BalanceTransaction, movement.id)
    known, paid_out = row is not None, row is not None and row.payout_id is not None
    end_reading()
    if known and (paid_out or payout_id is None):
        return False
    reference = reference or (None if known else _reference(movement))
    with transaction():
        owner = _organisation(reference)
        if owner is None:
            return False
        new = insert_once(BalanceTransaction, _values(movement, owner, reference), ["id"])
        if payout_id:
            unpaid = (BalanceTransaction.id == movement.id, BalanceTransaction.payout_id.is_(None))
            changed(update(BalanceTransaction).where(*unpaid).values(payout_id=payout_id))
    return new


def _reference(movement: answers.BalanceTransaction) -> str | None:
    """What our own entry would be named by; for a charge that is its payment intent, which only Stripe can tell."""
    if movement.source and movements.treatment(movement.reporting_category, movement.type).own == "payment":
        try:
            return current_gateway().get_charge(movement.source).payment_intent or movement.source
        except ProviderRefused:
            return movement.source
    return movement.source


def _organisation(reference: str | None) -> int | None:
    """Whose entry speaks of the same fact; else the owner of the account at Stripe, the oldest organisation."""
    named = select(JournalEntry.organisation_id).where(JournalEntry.ext_id == reference, _own(JournalEntry.ext_kind))
    found = db.session.scalar(named.limit(1)) if reference else None
    return found or db.session.scalar(select(Organisation.id).order_by(Organisation.id).limit(1))


def _own(column: Any) -> Any:  # noqa: ANN401 - a column of SQL, and a condition
    return column.in_(sorted(OWN_KINDS))


def _values(movement: answers.BalanceTransaction, organisation_id: int, reference: str | None) -> dict[str, Any]:
    return {
        "id": movement.id,
        "organisation_id": organisation_id,
        "category": movement.reporting_category,
        "type": movement.type,
        "amount": movement.amount,
        "fee": movement.fee,
        "net": movement.net,
        "currency": movement.currency,
        "exchange_rate": None if movement.exchange_rate is None else str(movement.exchange_rate),
        "source": movement.source,
        "reference": reference,
        "created_at": movement.created,
        "available_on": movement.available_on,
    }


def book_open() -> None:
    """Book what is not booked, and set right what was booked by itself before our own entry was there."""
    own = select(JournalEntry.id).where(
        JournalEntry.ext_id == BalanceTransaction.reference, _own(JournalEntry.ext_kind)
    )
    wanted = or_(BalanceTransaction.booked.is_(None), (BalanceTransaction.booked == "whole") & own.exists())
    query = select(BalanceTransaction.id).where(wanted).order_by(BalanceTransaction.created_at, BalanceTransaction.id)
    open_ones = list(db.session.scalars(query))
    end_reading()
    for movement_id in open_ones:
        with transaction():
            book(movement_id)


def book(movement_id: str) -> None:
    """Write one movement up, in the caller's transaction; saying it twice changes nothing."""
    query = select(BalanceTransaction).where(BalanceTransaction.id == movement_id).with_for_update()
    row = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    kind = movements.treatment(row.category, row.type)
    own = None if _spoken_for(row, kind) else own_effect(kind.own, row.reference)
    if own is not None and row.booked != "beside":
        _beside(row, kind, own)
    elif own is None and row.booked is None and not _waits(row, kind):
        _whole(row, kind)


def _spoken_for(row: BalanceTransaction, kind: Treatment) -> bool:
    """Whether another movement stands beside our entry already: money that moved twice is not the same money."""
    query = select(BalanceTransaction.category, BalanceTransaction.type).where(
        BalanceTransaction.reference == row.reference,
        BalanceTransaction.booked == "beside",
        BalanceTransaction.id != row.id,
    )
    return any(movements.treatment(category, type_).own == kind.own for category, type_ in db.session.execute(query))


def own_effect(kind: str | None, reference: str | None) -> dict[str, int] | None:
    """How our own entry about a fact moved clearing, by currency in minor units; None when there is no such entry."""
    named = (JournalEntry.ext_kind == kind, JournalEntry.ext_id == reference)
    if not kind or not reference or db.session.scalar(select(JournalEntry.id).where(*named)) is None:
        return None
    moved = select(Posting.currency, func.sum(Posting.amount)).join(JournalEntry).where(*named)
    rows = db.session.execute(moved.where(Posting.account == STRIPE_CLEARING).group_by(Posting.currency))
    return {currency: int(amount) for currency, amount in rows}


def _waits(row: BalanceTransaction, kind: Treatment) -> bool:
    return kind.own is not None and row.created_at > clock.now() - PATIENCE


def _whole(row: BalanceTransaction, kind: Treatment) -> None:
    amounts = movements.whole(row, kind.account)
    _enter(row, "movement", amounts)
    row.booked = "whole"
    if kind.alert:
        _alert(row, kind.account)


def _beside(row: BalanceTransaction, kind: Treatment, own: Mapping[str, int]) -> None:
    if row.booked == "whole":
        taken_back = {key: -amount for key, amount in movements.whole(row, kind.account).items()}
        _enter(row, "movement_reversal", taken_back, reverses=posting.entry_of("movement", row.id))
    amounts = movements.beside(row, own or {row.currency: 0})
    _enter(row, "movement_beside", amounts)
    row.booked = "beside"
    if any(account == SUSPENSE for account, _currency in amounts):
        _alert(row, SUSPENSE)


def _enter(row: BalanceTransaction, ext_kind: str, amounts: posting.Amounts, reverses: int | None = None) -> None:
    """Nothing to write is no entry: a refund costs no fee."""
    if not amounts:
        return
    memo = f"Stripe {row.category}: {row.source or row.id}"
    posting.enter(
        row.organisation_id, "stripe", ext_kind, row.id, memo, amounts, effective=row.created_at, reverses=reverses
    )


def _alert(row: BalanceTransaction, account: str) -> None:
    """A person must look: the trail is where alerts stand."""
    trail.note(
        "service", "alert.movement", row.id, row.organisation_id,
        category=row.category, account=account, amount=row.amount, currency=row.currency,
    )  # fmt: skip
