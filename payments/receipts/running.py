"""Many receipts at once, by a job: order after order, each in a transaction of its own with the step it takes.

Killed in the middle it goes on where it stood: a step and its receipt are committed together, and two workers that hold
the same run cannot both take a step.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from events.catalogue.models import Event, Organisation
from events.core import clock, jobs, trail
from events.core.db import changed, db, end_reading, transaction
from payments.orders import placing
from payments.orders.models import Order
from payments.receipts import finding, issuing, judging
from payments.receipts.models import ReceiptRun, ReceiptSettings

JOB, DUE = "issue_receipts", "receipts_due"
AT_ONCE = 50
"""Steps before the lease is renewed; a step takes some milliseconds."""
PAUSE = timedelta(minutes=30)
REACH = timedelta(days=400)
"""How old an order may be and still get its receipt by itself."""


def start(event: Event, kind: str, year: int | None, actor: str) -> ReceiptRun:
    """Begin a run over an evening, or over a year of the whole organisation; in the caller's transaction."""
    run = ReceiptRun(
        organisation_id=event.organisation_id,
        event_id=event.id if kind == "evening" else None,
        kind=kind,
        year=year,
        started_by=actor,
        started_at=clock.now(),
        total=0,
    )
    db.session.add(run)
    db.session.flush()
    run.total = len(_ahead(run))
    trail.note(actor, "receipts.run_started", f"run:{run.id}", run.organisation_id, kind=kind, year=year)
    jobs.put(JOB, f"receipt-run:{run.id}", run=run.id)
    return run


def work(args: Mapping[str, Any]) -> None:
    """Take some steps of the run; raises TryLater (at once) while there are more."""
    for _step in range(AT_ONCE):
        with transaction():
            if not take_step(int(args["run"])):
                return
    raise jobs.TryLater(clock.now())


def take_step(run_id: int) -> bool:
    """The next receipt of the run, in the caller's transaction; False when there is nothing left to do."""
    run = db.session.get_one(ReceiptRun, run_id)
    reached, ahead = run.reached, _ahead(run)
    if run.finished_at or not ahead:
        _step(run_id, reached, finished_at=run.finished_at or clock.now())
        return False
    anchor = next(iter(ahead))
    # The step is taken first: who holds the row decides, and whoever comes second finds it taken.
    if _step(run_id, reached, reached=anchor, done=ReceiptRun.done + 1):
        orders = [placing.lock(order_id) for order_id in ahead[anchor]]
        if not judging.judge(orders).blocked:
            issuing.issue_one(orders, run.started_by)
            changed(update(ReceiptRun).where(ReceiptRun.id == run_id).values(issued=ReceiptRun.issued + 1))
    return True


def issue_due(_args: Mapping[str, Any]) -> None:
    """The recurring job: what could not be issued when it was paid, and can be now. Always raises TryLater."""
    for order_id in _due():
        with transaction():
            issuing.automatic(placing.lock(order_id), by_letter=True)
    raise jobs.TryLater(clock.now() + PAUSE)


def _due() -> Sequence[int]:
    """Orders whose organisation issues by itself, as far as they have no receipt and none is refused for good."""
    by_hand = select(ReceiptSettings.organisation_id).where(ReceiptSettings.issuing != "automatic")
    organisations = db.session.scalars(select(Organisation.id).where(Organisation.id.not_in(by_hand))).all()
    since = clock.now() - REACH
    waiting = [order_id for one in organisations for order_id in finding.open_ids(one, since=since)]
    found = [order_id for order_id in waiting if not judging.judge_one(db.session.get_one(Order, order_id)).blocked]
    end_reading()
    return found


def _ahead(run: ReceiptRun) -> dict[int, list[int]]:
    """What is still to be done: orders that go together, by the first of them."""
    if run.kind == "year" and run.year is not None:
        donors = finding.of_year(db.session.get_one(Organisation, run.organisation_id), run.year)
    else:
        donors = {order_id: [order_id] for order_id in finding.open_ids(run.organisation_id, run.event_id)}
    return {anchor: ids for anchor, ids in donors.items() if anchor > run.reached}


def _step(run_id: int, standing_at: int, **values: Any) -> bool:
    statement = update(ReceiptRun).where(ReceiptRun.id == run_id, ReceiptRun.reached == standing_at)
    return changed(statement.values(**values)) == 1


JOBS = {JOB: work, DUE: issue_due}
