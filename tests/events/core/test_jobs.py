"""Jobs: claimed once, finished by whoever holds the lease, tried again, and given up in the end."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from events.core import clock, jobs, leases
from events.core.db import db, end_reading, transaction
from events.core.jobs import Job, Lease, TryLater
from events.core.settings import ROOT
from tests.support.world import in_threads

TurnClock = Callable[[timedelta], None]


def put(key: str = "one", kind: str = "noop", run_at: datetime | None = None, **args: Any) -> bool:
    """A job, committed."""
    with transaction():
        return jobs.put(kind, key, run_at, **args)


def job(key: str = "one") -> Job:
    """The job as it stands now; nothing is held afterwards."""
    found = db.session.scalars(select(Job).where(Job.key == key), execution_options={"populate_existing": True}).one()
    db.session.expunge_all()
    end_reading()
    return found


def claimed() -> Lease:
    """The lease of the next job, which must be there."""
    lease = jobs.claim(("noop",))
    assert lease is not None
    return lease


def renewed(since: datetime | None) -> bool:
    """Whether the lease lasts longer than it did, within some seconds."""
    for _try in range(1000):
        if job().leased_until != since:
            return True
        clock.pause(0.01)
    return False


def noop(_args: Mapping[str, Any]) -> None:
    """A job that succeeds."""


def fails(_args: Mapping[str, Any]) -> None:
    """A job that never does."""
    raise ConnectionError("nobody answers")


@pytest.mark.both_engines
def test_a_job_is_claimed_by_one_of_eight_workers(house: Flask) -> None:
    put()
    leases = in_threads(house, 8, lambda _number: jobs.claim(("noop",)))
    assert len([lease for lease in leases if lease is not None]) == 1


@pytest.mark.both_engines
def test_workers_share_the_work_and_none_is_done_twice(house: Flask) -> None:
    for number in range(12):
        put(str(number), number=number)
    done: list[int] = []
    lock = Lock()

    def note(args: Mapping[str, Any]) -> None:
        with lock:
            done.append(args["number"])

    in_threads(house, 4, lambda _number: jobs.run_due({"noop": note}))
    while jobs.run_due({"noop": note}):
        pass
    assert sorted(done) == list(range(12))
    assert {job(str(number)).status for number in range(12)} == {"done"}


@pytest.mark.both_engines
def test_a_worker_whose_lease_ran_out_cannot_finish(house: Flask, turn_clock: TurnClock) -> None:
    put()
    first = claimed()
    turn_clock(jobs.LEASE + timedelta(seconds=1))
    second = claimed()
    assert second.fence == first.fence + 1
    jobs.run(first, noop)
    assert job().status == "leased"
    jobs.run(first, fails)
    assert (job().status, job().failures) == ("leased", 0)
    jobs.run(second, noop)
    assert job().status == "done"


@pytest.mark.both_engines
def test_a_job_that_takes_long_keeps_its_lease(
    house: Flask, turn_clock: TurnClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "EVERY", 0.01)
    put()
    others: list[Lease | None] = []

    def takes_three_leases(_args: Mapping[str, Any]) -> None:
        for _time in range(4):
            before = job().leased_until
            turn_clock(jobs.LEASE * 0.8)
            assert renewed(before)
            others.append(jobs.claim(("noop",)))

    jobs.run(claimed(), takes_three_leases)
    assert others == [None] * 4
    assert (job().status, job().fence) == ("done", 1)


def test_a_lease_that_was_lost_is_not_renewed(house: Flask, turn_clock: TurnClock) -> None:
    put()
    first = claimed()
    turn_clock(jobs.LEASE + timedelta(seconds=1))
    second = claimed()
    assert not jobs.renew(first)
    assert jobs.renew(second)


@pytest.mark.both_engines
def test_two_workers_in_two_processes_never_run_the_same_job(house: Flask, database_url: str, tmp_path: Path) -> None:
    """As on two hosts: nothing between them but the database."""
    for number in range(60):
        put(str(number), number=number)
    noted = tmp_path / "noted"
    command = [sys.executable, "-m", "tests.support.rival", database_url, str(noted)]
    rivals = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("one", "other")]
    assert [rival.wait(timeout=120) for rival in rivals] == [0, 0]
    done = [line.split() for line in noted.read_text(encoding="ascii").splitlines()]
    assert sorted(int(number) for number, _name in done) == list(range(60))
    assert {name for _number, name in done} == {"one", "other"}


def test_a_leased_job_is_left_to_its_worker(house: Flask, turn_clock: TurnClock) -> None:
    put()
    claimed()
    turn_clock(jobs.LEASE - timedelta(seconds=5))
    assert jobs.claim(("noop",)) is None


def test_a_job_waits_for_its_hour(house: Flask, turn_clock: TurnClock) -> None:
    put(run_at=clock.now() + timedelta(hours=1))
    assert jobs.run_due({"noop": noop}) == 0
    turn_clock(timedelta(hours=1, seconds=1))
    assert jobs.run_due({"noop": noop}) == 1


def test_the_same_key_makes_one_job(house: Flask) -> None:
    assert put(word="first") is True
    assert put(word="second") is False
    assert job().args == {"word": "first"}


def test_a_kind_that_nobody_knows_is_left_alone(house: Flask) -> None:
    put(kind="from the future")
    assert jobs.run_due({"noop": noop}) == 0
    assert job().status == "queued"


def test_a_job_that_fails_is_tried_again_at_growing_pauses(house: Flask, turn_clock: TurnClock) -> None:
    put()
    for failures, pause in enumerate((10, 20, 40, 80), start=1):
        began = clock.now()
        assert jobs.run_due({"noop": fails}, limit=1) == 1
        left = job()
        assert (left.status, left.failures) == ("retry", failures)
        assert left.last_error == "ConnectionError: nobody answers"
        assert timedelta(seconds=pause) <= left.run_at - began < timedelta(seconds=pause + 30)
        assert jobs.claim(("noop",)) is None
        turn_clock(timedelta(minutes=failures * 10))
    assert jobs.run_due({"noop": noop}) == 1
    assert job().status == "done"


def test_no_pause_is_longer_than_six_hours() -> None:
    pauses = [jobs.pause_after(failures) for failures in range(1, 40)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)


def test_a_job_is_given_up_after_72_hours_of_failing(house: Flask, turn_clock: TurnClock) -> None:
    began = clock.now()
    put()
    while job().status != "dead":
        turn_clock(job().run_at - began + timedelta(seconds=1))
        assert jobs.run_due({"noop": fails}, limit=1) == 1
    assert timedelta(hours=72) <= clock.now() - began < timedelta(hours=80)
    turn_clock(timedelta(days=30))
    assert jobs.claim(("noop",)) is None


def test_a_job_that_slept_for_days_still_gets_its_tries(house: Flask, turn_clock: TurnClock) -> None:
    put()
    turn_clock(timedelta(days=10))
    jobs.run_due({"noop": fails}, limit=1)
    assert job().status == "retry"


def test_trying_later_is_no_failure_and_forgives_earlier_ones(house: Flask, turn_clock: TurnClock) -> None:
    later = clock.now() + timedelta(minutes=30)

    def not_yet(_args: Mapping[str, Any]) -> None:
        raise TryLater(later)

    put()
    jobs.run_due({"noop": fails}, limit=1)
    turn_clock(timedelta(minutes=1))
    jobs.run_due({"noop": not_yet}, limit=1)
    left = job()
    assert (left.status, left.failures, left.run_at) == ("retry", 0, later)


def test_a_handler_that_leaves_a_mess_spoils_nothing(house: Flask) -> None:
    def messy(_args: Mapping[str, Any]) -> None:
        db.session.add(Job(kind="noop", key="mess", args={}, run_at=clock.now(), created_at=clock.now()))
        raise LookupError

    put()
    assert jobs.run_due({"noop": messy}, limit=1) == 1
    assert job().failures == 1
    assert db.session.scalars(select(Job.key)).all() == ["one"]


@pytest.mark.both_engines
def test_a_job_goes_with_the_transaction_that_put_it(house: Flask) -> None:
    with pytest.raises(LookupError), transaction():
        jobs.put("noop", "one")
        raise LookupError
    assert jobs.claim(("noop",)) is None
