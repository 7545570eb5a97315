"""Actions for many beside whatever else happens: a worker that dies in the middle, two who undo, one who edits."""

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import jobs, tokens
from events.core.db import db, transaction
from events.core.refusal import Refusal
from events.core.trail import TrailEntry
from events.guests.models import Guest
from events.mail.models import Letter
from events.office import batch_steps, batches, editing
from events.office.batch_steps import Standing
from events.office.batches import Wish
from events.office.models import GuestBatch
from events.seating import plan, tables
from events.tickets.models import Ticket
from tests.support.staff import Staff, sell
from tests.support.world import in_threads

pytestmark = pytest.mark.both_engines
ROUNDS = 5


@pytest.fixture
def evening(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> Staff:
    """Four parties of two, two tables of four; a portion is one party."""
    monkeypatch.setattr(batches, "AT_ONCE", 2)
    with staff.app.app_context(), transaction():
        for letter in "ABCD":
            sell("dinner", letter * 5, f"Buyer {letter}", [(f"Guest {letter}", ""), (None, "")])
        tables.add_tables(1, 2, 4, "round")
        event = db.session.get_one(Event, 1)
        event.ends_at = event.ends_at.replace(year=2031)
        event.starts_at = event.starts_at.replace(year=2031)
    return staff


def begin(act: str, mark: str = "", table: int | None = None) -> int:
    """An action for all eight, written down; its id."""
    with transaction():
        wish = Wish(act, tokens.new_token(12), mark, table)
        ids = db.session.scalars(select(Ticket.id).where(Ticket.event_id == 1)).all()
        return batches.start(db.session.get_one(Event, 1), wish, ids, "account:1").id


def work() -> None:
    jobs.run_due({batches.JOB: batches.work}, 20)


def outcomes(batch_id: int) -> dict[str, int]:
    db.session.rollback()
    return dict(batches.outcomes(batch_id)[batch_id])


@pytest.mark.parametrize("act", ["mark", "table", "send"])
def test_a_worker_killed_in_the_middle_of_a_portion_leaves_nothing_half_done(
    evening: Staff, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    do, seen = batch_steps.DO[act], list[int]()

    def dies(batch: GuestBatch, standing: Sequence[Standing]) -> None:
        do(batch, standing)
        db.session.flush()
        seen.append(len(standing))
        if len(seen) == 2:
            raise SystemExit  # all is written, nothing committed

    monkeypatch.setattr(batch_steps, "DO", {**batch_steps.DO, act: dies})
    with evening.app.app_context():
        batch_id = begin(act, "press", 1)
        with pytest.raises(SystemExit):
            work()
        assert outcomes(batch_id) == {"done": 2, "waiting": 6}
        batches.work({"batch": batch_id})  # whoever takes the job over
        assert seen == [2, 2, 2, 2, 2]
        expected = {"done": 4, "refused": 4} if act == "table" else {"done": 8}
        assert outcomes(batch_id) == expected
        assert db.session.get_one(GuestBatch, batch_id).state == "done"
        letters = db.session.scalar(select(func.count()).select_from(Letter))
        assert letters == (4 if act == "send" else 0)
        batches.work({"batch": batch_id})  # and once more: nothing
        assert len(seen) == 5


def test_two_who_undo_at_once_put_everybody_back_once(evening: Staff) -> None:
    def undo(number: int) -> None:
        with transaction():
            batches.undo(db.session.get_one(Event, 1), batch_id, f"account:{number + 1}")
        work()

    with evening.app.app_context():
        for turn in range(1, ROUNDS + 1):
            batch_id = begin("table", table=1)
            batches.work({"batch": batch_id})
            assert sum(len(one.seated) for one in plan.tables(1)) == 4
            db.session.rollback()
            in_threads(evening.app, 2, undo)
            assert outcomes(batch_id) == {"back": 4, "refused": 4}
            assert sum(len(one.seated) for one in plan.tables(1)) == 0
            noted = select(func.count()).where(TrailEntry.action == "guests.undone")
            assert db.session.scalar(noted) == turn


def test_an_undo_beside_an_edit_loses_neither(evening: Staff) -> None:
    def one_of_both(number: int) -> bool:
        event = db.session.get_one(Event, 1)
        try:
            with transaction():
                if number:
                    batches.undo(event, batch_id, "account:1")
                    return True
                known = editing.get_guest(event, 1, lock=True)
                editing.change(known, editing.Data("Guest A", "", "", (), "", "board", ""), version)
            return True
        except Refusal:
            return False

    with evening.app.app_context():
        for _round in range(ROUNDS):
            batch_id = begin("mark", "press")
            batches.work({"batch": batch_id})
            version = editing.get_guest(db.session.get_one(Event, 1), 1).version
            db.session.rollback()
            edited, undone = in_threads(evening.app, 2, one_of_both)
            batches.work({"batch": batch_id})
            assert undone
            assert outcomes(batch_id) == ({"back": 7, "kept": 1} if edited else {"back": 8})
            query = select(Guest).join(Ticket, Ticket.id == Guest.ticket_id).order_by(Ticket.number)
            found = [guest.mark for guest in db.session.scalars(query)]
            assert found == ["board" if edited else "", *[""] * 7]
            with transaction():
                db.session.scalars(query).first().mark = ""  # type: ignore[union-attr]
