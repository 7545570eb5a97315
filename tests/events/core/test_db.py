"""The ground: who may write when, what is committed, what the two engines must have in common."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import event, func, make_url, select, update
from sqlalchemy.exc import StatementError

from events.core import clock, engines, jobs
from events.core.db import assert_idle, changed, db, end_reading, insert_once, transaction
from events.core.jobs import Job
from tests.support import sharing
from tests.support.world import in_threads


def kept() -> int:
    """How many jobs are committed."""
    end_reading()
    return db.session.scalars(select(func.count()).select_from(Job)).one()


@pytest.mark.both_engines
def test_writers_that_read_first_never_find_the_database_busy(house: Flask) -> None:
    def write(number: int) -> None:
        for turn in range(20):
            db.session.scalars(select(Job).limit(1)).first()  # as every request reads who is signed in
            with transaction():
                db.session.scalars(select(func.count()).select_from(Job)).one()
                jobs.put("noop", f"{number}-{turn}")

    in_threads(house, 8, write)
    assert kept() == 160


def test_writers_of_one_process_stand_in_line_and_do_not_ask_the_database_in_vain(house: Flask) -> None:
    asked: list[str] = []
    inside, over = Event(), Event()

    def listen(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(asked.append)

    event.listen(db.engine, "checkout", listen)

    def write(number: int) -> None:
        if number == 0:
            with transaction():
                inside.set()
                over.wait(0.3)  # the other writer is here meanwhile
                assert asked.count("BEGIN IMMEDIATE") == 1
        else:
            inside.wait(10)
            with transaction():
                over.set()
                assert asked.count("BEGIN IMMEDIATE") == 2

    in_threads(house, 2, write)


def test_a_writer_waits_as_long_as_its_connection_is_meant_to(sqlite_url: str) -> None:
    path = make_url(sqlite_url).database or ""
    with closing(sqlite3.connect(path)) as busy, closing(sqlite3.connect(path, timeout=0.2)) as waiting:
        busy.isolation_level = waiting.isolation_level = None
        busy.execute("BEGIN IMMEDIATE")
        began = clock.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            engines.begin_writing(waiting)
        assert clock.monotonic() - began < 5  # and not the fifteen seconds of a page
        busy.execute("ROLLBACK")
        engines.begin_writing(waiting)
        assert waiting.execute("PRAGMA busy_timeout").fetchone() == (200,)


def test_changes_made_outside_a_transaction_are_refused(house: Flask) -> None:
    db.session.add(Job(kind="noop", key="stray", args={}, run_at=clock.now(), created_at=clock.now()))
    with pytest.raises(RuntimeError, match="outside transaction"), transaction():
        pass


@pytest.mark.both_engines
def test_a_transaction_that_fails_leaves_nothing(house: Flask) -> None:
    with pytest.raises(LookupError), transaction():
        jobs.put("noop", "one")
        raise LookupError
    assert kept() == 0
    with transaction():
        jobs.put("noop", "one")
    assert kept() == 1


@pytest.mark.both_engines
def test_a_transaction_reads_again_what_was_read_before(house: Flask) -> None:
    with transaction():
        jobs.put("noop", "one")
        job = db.session.scalars(select(Job)).one()

    def elsewhere(_number: int) -> None:
        with transaction():
            changed(update(Job).values(kind="moved"))

    assert job.kind == "noop"  # still known after the commit, and nothing is open
    in_threads(house, 1, elsewhere)
    with transaction():
        assert job.kind == "moved"


def test_what_was_committed_can_be_read_without_a_new_transaction(house: Flask) -> None:
    with transaction() as session:
        job = Job(kind="noop", key="one", args={}, run_at=clock.now(), created_at=clock.now())
        session.add(job)
    assert (job.kind, job.id) == ("noop", 1)
    assert_idle()


def test_an_open_read_counts_as_not_idle(house: Flask) -> None:
    assert_idle()
    db.session.scalars(select(Job)).all()
    with pytest.raises(RuntimeError, match="during a call to a provider"):
        assert_idle()
    end_reading()
    assert_idle()
    with transaction(), pytest.raises(RuntimeError):
        assert_idle()


@pytest.mark.both_engines
def test_times_come_back_aware_and_in_utc(house: Flask) -> None:
    moment = datetime(2026, 11, 14, 19, 5, 6, 789, tzinfo=timezone(timedelta(hours=7)))
    with transaction():
        jobs.put("noop", "one", moment)
    read = db.session.scalars(select(Job.run_at)).one()
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.both_engines
def test_naive_times_are_refused(house: Flask) -> None:
    with pytest.raises((StatementError, ValueError), match="naive datetime"), transaction():
        jobs.put("noop", "one", datetime(2026, 11, 14))
    assert kept() == 0


@pytest.mark.both_engines
def test_of_sixteen_that_insert_once_one_is_first(house: Flask) -> None:
    def insert(number: int) -> bool:
        with transaction():
            return jobs.put("noop", "the same", by=number)

    assert sorted(in_threads(house, 16, insert)) == [False] * 15 + [True]
    assert kept() == 1


@pytest.mark.both_engines
def test_insert_once_says_who_made_the_row(house: Flask) -> None:
    moment = clock.now()
    values = {"kind": "noop", "args": {}, "status": "queued", "run_at": moment, "created_at": moment}
    values |= {"fence": 0, "failures": 0}
    with transaction():
        assert insert_once(Job, values | {"key": "one"}, ["key"]) is True
        assert insert_once(Job, values | {"key": "two"}, ["key"]) is True
        assert insert_once(Job, values | {"key": "one", "kind": "other"}, ["key"]) is False
    assert list(db.session.scalars(select(Job.kind).order_by(Job.key))) == ["noop", "noop"]


@pytest.mark.both_engines
def test_changed_counts_the_rows(house: Flask) -> None:
    with transaction():
        for key in "abc":
            jobs.put("noop", key)
        assert changed(update(Job).where(Job.key != "a").values(kind="moved")) == 2
        assert changed(update(Job).where(Job.key == "z").values(kind="moved")) == 0


def test_what_was_answered_is_on_the_disk_unless_a_test_says_otherwise() -> None:
    assert "synchronous=FULL" in sharing.PRAGMAS
    assert not any(pragma.startswith("synchronous=") and pragma != "synchronous=FULL" for pragma in sharing.PRAGMAS)
