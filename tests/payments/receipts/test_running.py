"""Many receipts at once: progress, a worker that dies in the middle, and one receipt for a donor's year."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.refusal import Refusal
from events.guests.models import Party
from payments.orders import placing
from payments.orders.models import Order, OrderLine
from payments.receipts import following, issuing, organisations, running
from payments.receipts.models import Receipt, ReceiptPart, ReceiptRun
from tests.support import world as w

HANDLERS = {running.JOB: running.work}


@pytest.fixture
def world(house: Flask, midday: None) -> w.World:
    """A charity that issues by hand, and an evening of which seven orders are paid, by two donors."""
    made = w.furnish()
    with transaction():
        set_up(made, issuing="by_hand")
    for number in range(7):
        order_id = w.buy(made)
        with transaction():
            party = db.session.get_one(Order, order_id).party
            party.email = f"Donor{number % 2}@example.org"
        w.pay(order_id)
    return made


def set_up(made: w.World, **values: object) -> None:
    """Change the organisation's settings."""
    organisation = db.session.get_one(Event, made.event_id).organisation
    organisations.change(organisation, {**organisations.house_of(organisation).values, **values}, "test")


def start(made: w.World, kind: str, year: int | None = None) -> int:
    """The id of a new run."""
    with transaction():
        return running.start(db.session.get_one(Event, made.event_id), kind, year, "account:1").id


def run(run_id: int) -> ReceiptRun:
    """The run as it stands now."""
    db.session.rollback()
    return db.session.get_one(ReceiptRun, run_id, populate_existing=True)


def sequences() -> list[int]:
    """All numbers given out."""
    db.session.rollback()
    return sorted(db.session.scalars(select(Receipt.sequence)))


def test_an_evening_is_issued_in_steps_and_then_done(world: w.World) -> None:
    assert sequences() == []
    run_id = start(world, "evening")
    assert (run(run_id).total, run(run_id).done) == (7, 0)
    assert jobs.run_due(HANDLERS) == 1
    done = run(run_id)
    assert (done.done, done.issued, done.finished_at is not None) == (7, 7, True)
    assert sequences() == [1, 2, 3, 4, 5, 6, 7]
    assert run(start(world, "evening")).total == 0


@pytest.mark.both_engines
def test_a_run_killed_in_the_middle_goes_on_without_doubling_or_gaps(
    world: w.World, monkeypatch: pytest.MonkeyPatch, set_clock: Callable[[datetime], None]
) -> None:
    run_id = start(world, "evening")
    written = issuing.issue_one
    calls: list[int] = []

    def dies(orders: list[Order], actor: str) -> Receipt:
        calls.append(orders[0].id)
        receipt = written(orders, actor)
        if len(calls) == 4:
            raise SystemExit  # after the number was given out, before the commit
        return receipt

    monkeypatch.setattr(issuing, "issue_one", dies)
    with pytest.raises(SystemExit):
        jobs.run_due(HANDLERS)
    assert (run(run_id).done, sequences()) == (3, [1, 2, 3])
    assert jobs.run_due(HANDLERS) == 0  # its lease still holds
    set_clock(clock.now() + jobs.LEASE + timedelta(seconds=5))
    assert jobs.run_due(HANDLERS) == 1
    done = run(run_id)
    assert (done.done, done.issued, done.finished_at is not None) == (7, 7, True)
    assert sequences() == [1, 2, 3, 4, 5, 6, 7]
    assert len(set(db.session.scalars(select(ReceiptPart.order_id)))) == 7


@pytest.mark.both_engines
def test_two_workers_on_one_run_take_each_step_once(house: Flask, world: w.World) -> None:
    run_id = start(world, "evening")
    w.in_threads(house, 3, lambda _number: running.work({"run": run_id}))
    assert (run(run_id).done, run(run_id).issued) == (7, 7)
    assert sequences() == [1, 2, 3, 4, 5, 6, 7]


def test_a_donors_year_is_one_receipt(world: w.World) -> None:
    single = db.session.scalars(select(Order.id).order_by(Order.id)).first() or 0
    with transaction():
        issuing.issue_one([placing.lock(single)], "account:1")
    run_id = start(world, "year", clock.now().year)
    jobs.run_due(HANDLERS)
    assert (run(run_id).total, run(run_id).done, run(run_id).issued) == (2, 2, 2)
    combined = db.session.scalars(select(Receipt).order_by(Receipt.id)).all()
    assert [len(receipt.parts) for receipt in combined] == [1, 3, 3]
    assert [receipt.paid for receipt in combined] == [150_000, 450_000, 450_000]
    with pytest.raises(Refusal, match="receipt already"), transaction():
        issuing.issue_one([placing.lock(single)], "account:1")


def test_a_refund_of_one_order_replaces_the_whole_combined_receipt(world: w.World) -> None:
    start(world, "year", clock.now().year)
    jobs.run_due(HANDLERS)
    first = db.session.scalars(select(Receipt).order_by(Receipt.id)).first()
    assert first is not None
    order_id = first.parts[-1].order_id
    with transaction():
        line = update(OrderLine).where(OrderLine.order_id == order_id).values(back_gift=60_000, back_benefit=90_000)
        db.session.execute(line, execution_options={"synchronize_session": False})
        following.follow(placing.lock(order_id))
    old, new = db.session.scalars(select(Receipt).where(Receipt.id.in_([first.id, 3])).order_by(Receipt.id))
    assert (old.state, new.state, new.replaces_id) == ("cancelled", "issued", old.id)
    assert (old.paid - new.paid, new.paid) == (150_000, 450_000)
    assert [part.paid for part in new.parts][-1] == 0


def test_what_was_not_due_at_the_sale_is_issued_by_itself_later(world: w.World) -> None:
    with transaction():
        set_up(world, issuing="automatic")
    with pytest.raises(jobs.TryLater):
        running.issue_due({})
    assert sequences() == [1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(jobs.TryLater):
        running.issue_due({})
    assert len(sequences()) == 7


def test_orders_without_an_address_are_left_out_of_the_year(world: w.World) -> None:
    with transaction():
        db.session.execute(update(Party).values(email=""))
    assert run(start(world, "year", clock.now().year)).total == 0
