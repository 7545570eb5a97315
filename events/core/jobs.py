"""One table of jobs with leases: letters, reconciliation, exports, notices. No broker.

A job is put in the transaction that makes it necessary, claimed by a conditional update, run outside any transaction,
and finished only by the worker that still holds the lease: the fencing number tells. A job that takes long keeps its
lease; who renews it no longer is dead, or was held up for longer than a lease, and is followed by another.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import CheckConstraint, ColumnElement, Index, Select, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from events.core import clock, leases, logs, resting, tokens
from events.core.db import Base, changed, db, end_reading, insert_once, transaction

LEASE = timedelta(minutes=2)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=72)

# From, to, trigger. `leased` again after `leased`: the lease ran out, its worker died.
TRANSITIONS = (
    ("queued", "leased", "worker claims"),
    ("retry", "leased", "worker claims"),
    ("leased", "leased", "lease ran out, another worker claims"),
    ("leased", "done", "handler returned"),
    ("leased", "retry", "handler failed"),
    ("leased", "dead", "handler failed for 72 hours; silence of whom it speaks to does not count"),
    ("dead", "queued", "a person asks for another try"),
    ("queued", "done", "a person stopped it"),
    ("retry", "done", "a person stopped it"),
)

ASKED = "_request"
"""The argument that carries the id of the request which put a job; handlers do not see it."""

Handler = Callable[[Mapping[str, Any]], None]
Kinds = Sequence[str]


class Job(Base):
    """Something to be done once, soon, though processes die. `key` makes putting it twice harmless."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'leased', 'done', 'retry', 'dead')", name="status"),
        Index("ix_job_due", "status", "run_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    args: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(default="queued")
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]


@dataclass(frozen=True)
class Lease:
    """A claimed job, as plain values: handlers hold no row while they run."""

    job_id: int
    kind: str
    args: Mapping[str, Any]
    fence: int
    failures: int
    request_id: str = ""


class TryLater(Exception):  # noqa: N818 - not a fault: the world is not ready yet
    """Raised by a handler that wants to be called again at `at` without counting a failure."""

    def __init__(self, at: datetime) -> None:
        super().__init__(f"again at {at:%H:%M:%S}")
        self.at = at


def put(kind: str, key: str, run_at: datetime | None = None, **args: Any) -> bool:
    """Queue a job in the caller's transaction; False when the key was used before."""
    moment = clock.now()
    if identifier := logs.request_id.get():
        args[ASKED] = identifier
    values = {"kind": kind, "key": key, "args": args, "run_at": run_at or moment, "created_at": moment}
    return insert_once(Job, values | {"status": "queued", "fence": 0, "failures": 0}, ["key"])


def hasten(key: str, run_at: datetime) -> None:
    """Let a job that waits run earlier; in the caller's transaction. What runs, or will sooner, is left alone."""
    waits = Job.status.in_(("queued", "retry")) & (Job.run_at > run_at)
    changed(update(Job).where(Job.key == key, waits).values(run_at=run_at))


def stop(keys: Select[str]) -> int:
    """End jobs that no worker has in hand, in the caller's transaction; how many."""
    waits = Job.key.in_(keys) & Job.status.in_(("queued", "retry"))
    return changed(update(Job).where(waits).values(status="done", last_error="stopped"))


def keep_going() -> None:
    """Put the jobs that recur for ever, one of each in the whole system, or wake them; in the caller's transaction."""
    recurring: Sequence[str] = current_app.extensions["bonsoir-recurring"]
    for kind in recurring:
        if not put(kind, kind):
            dead = update(Job).where(Job.key == kind, Job.status == "dead")
            changed(dead.values(status="queued", run_at=clock.now(), failures=0))


def run_due(handlers: Mapping[str, Handler], limit: int = 20) -> int:
    """Run up to `limit` due jobs, oldest first, the patient kinds after all others; returns how many were claimed.

    Raises nothing of a handler's, but what the database raises when it is away; a job in hand is then taken up later.
    """
    patient: Sequence[str] = current_app.extensions.get("bonsoir-patient", ())
    count = 0
    for kinds in ([kind for kind in handlers if kind not in patient], handlers):
        while count < limit and (lease := claim(resting.awake(kinds))) is not None:
            run(lease, handlers[lease.kind])
            count += 1
    return count


def claim(kinds: tuple[str, ...]) -> Lease | None:
    """Take the oldest due job whose kind is known; None when there is none. Who comes second takes the next one."""
    while (found := _oldest_due(kinds, moment := clock.now())) is not None:
        if (lease := _take(*found, moment)) is not None:
            return lease
    return None


def _oldest_due(kinds: tuple[str, ...], moment: datetime) -> tuple[int, int] | None:
    oldest = select(Job.id, Job.fence).where(_due(moment), Job.kind.in_(kinds)).order_by(Job.run_at, Job.id).limit(1)
    found = db.session.execute(oldest).first()
    end_reading()
    return (found.id, found.fence) if found else None


def _take(job_id: int, fence: int, moment: datetime) -> Lease | None:
    with transaction():
        won = changed(
            update(Job)
            .where(Job.id == job_id, Job.fence == fence, _due(moment))
            .values(status="leased", leased_until=moment + LEASE, fence=fence + 1)
        )
        taken = db.session.get_one(Job, job_id)
        args = dict(taken.args)
        lease = Lease(job_id, taken.kind, args, fence + 1, taken.failures, args.pop(ASKED, ""))
    return lease if won else None


def _due(moment: datetime) -> ColumnElement[bool]:
    return or_(
        (Job.status.in_(("queued", "retry"))) & (Job.run_at <= moment),
        (Job.status == "leased") & (Job.leased_until < moment),
    )


def run(lease: Lease, handler: Handler) -> None:
    """Run one leased job, write down how it went, and say so."""
    began, before = clock.monotonic(), logs.request_id.set(lease.request_id)
    try:
        with leases.kept(lambda: renew(lease)):
            outcome = _run(lease, handler)
        took = round((clock.monotonic() - began) * 1000, 1)
        logs.note("job", kind=lease.kind, id=lease.job_id, outcome=outcome, ms=took)
    finally:
        logs.request_id.reset(before)


def renew(lease: Lease) -> bool:
    """Let a lease in hand last from now on; False when it is no longer in hand."""
    held = (Job.id == lease.job_id, Job.fence == lease.fence, Job.status == "leased")
    with transaction():
        return bool(changed(update(Job).where(*held).values(leased_until=clock.now() + LEASE)))


def _run(lease: Lease, handler: Handler) -> str:
    try:
        handler(lease.args)
    except TryLater as later:
        _finish(lease, status="retry", run_at=later.at, failures=0)
        return "later"
    except Exception as error:  # a job may fail in any way; the worker goes on
        db.session.rollback()
        met = resting.met(lease.kind, error)
        _failed(lease, met, answered=met is error)
        return f"failed: {logs.kind_of(met)}"
    _finish(lease, status="done", leased_until=None, last_error=None)
    return "done"


def _failed(lease: Lease, error: Exception, answered: bool) -> None:
    failures = lease.failures + answered  # silence is no failure: whoever comes back is asked at once, however late
    dead = answered and sum(map(pause_after, range(1, failures)), timedelta()) >= GIVE_UP_AFTER
    logs.warn(f"job {lease.job_id} ({lease.kind}) {'given up' if dead else 'failed, to be tried again'}", error)
    at = clock.now() + (pause_after(failures) if answered else resting.REST) + timedelta(seconds=tokens.jitter(3))
    told = f"{type(error).__name__}: {error}"[:500]
    _finish(lease, status="dead" if dead else "retry", run_at=at, failures=failures, last_error=told)


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 10 s, 20 s, 40 s, ... and never more than 6 hours.

    Their sum, not the age of the job, tells when to give up: one that waited for days on something slow, or for a
    worker that was switched off, still gets all its tries.
    """
    return min(FIRST_PAUSE * (1 << (failures - 1)), LONGEST_PAUSE)


def _finish(lease: Lease, **values: Any) -> None:
    """Only the holder of the newest fence may say how it ended."""
    db.session.rollback()
    with transaction():
        changed(
            update(Job).where(Job.id == lease.job_id, Job.fence == lease.fence, Job.status == "leased").values(**values)
        )


def init_app(
    app: Flask, handlers: Mapping[str, Handler], recurring: Kinds = (), beside: Kinds = (), patient: Kinds = ()
) -> None:
    """Know the jobs by their kind. Those that are `recurring` never end: they always raise TryLater.

    Those `beside` the others mostly wait for somebody else's answer (lanes.py); the `patient` wait for all others.
    """
    app.extensions["bonsoir-jobs"] = handlers
    app.extensions["bonsoir-patient"] = patient
    app.extensions["bonsoir-recurring"] = recurring
    app.extensions["bonsoir-beside"] = beside


def handlers() -> Mapping[str, Handler]:
    """The running application's jobs."""
    known: Mapping[str, Handler] = current_app.extensions["bonsoir-jobs"]
    return known


def beside() -> Sequence[str]:
    """The kinds that have a lane of their own."""
    known: Sequence[str] = current_app.extensions["bonsoir-beside"]
    return known
