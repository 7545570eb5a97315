"""A refund's history: each step is one of the table's, won by a conditional update, and remembered."""

from sqlalchemy import select, update

from events.core import clock
from events.core.db import changed, db
from payments.refunds.models import ENDED, TRANSITIONS, Refund, RefundStatus

_ALLOWED = {(before, after) for before, after, _trigger in TRANSITIONS}


def begin(refund: Refund, trigger: str) -> Refund:
    """The refund as a row, where its history begins: one of the dashboard's may be settled when we first hear of it."""
    if _is_settled(refund.status):
        refund.settled_at = clock.now()
    db.session.add(refund)
    db.session.flush()
    _remember(refund.id, None, refund.status, trigger, refund.actor)
    return refund


def step(refund: Refund, after: str, trigger: str, actor: str = "service") -> bool:
    """One step if the table has it and the refund still stands where it was read; False otherwise."""
    before = refund.status
    if (before, after) not in _ALLOWED:
        return False
    values: dict[str, object] = {"status": after}
    if _is_settled(after):
        values["settled_at"] = clock.now()
    if not changed(update(Refund).where(Refund.id == refund.id, Refund.status == before).values(**values)):
        return False
    db.session.refresh(refund)
    _remember(refund.id, before, after, trigger, actor)
    return True


def _is_settled(status: str) -> bool:
    return status in ENDED or status == "succeeded"


def is_owed(refund: Refund) -> bool:
    """Whether its sum is still due to the buyer: it came to nothing after the decision stood, and none repeats it.

    A refund of chosen lines that Stripe never took on is no debt: it was undone. Where nothing is left of the payment,
    another refund or the bank has paid it.
    """
    undone = refund.accepted_at is None and refund.again_of is None and refund.why in ("lines", "goodwill")
    if refund.status not in ENDED or undone or not refund.payment.left:
        return False
    return db.session.scalar(select(Refund.id).where(Refund.again_of == refund.id)) is None


def _remember(refund_id: int, before: str | None, after: str, trigger: str, actor: str) -> None:
    moment = clock.now()
    row = {"from_status": before, "to_status": after, "at": moment, "trigger": trigger, "actor": actor}
    db.session.add(RefundStatus(refund_id=refund_id, **row))
