"""An old copy of the database, a run that is cut off: the next run reads the gap again and goes on."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import select

from events.core import backups, migrating
from events.core.db import db, end_reading
from payments.checkout import watching
from payments.gateway.sandbox.server import RunningSandbox
from payments.ledger import books, payouts, reading
from payments.ledger.models import StrayPayment
from payments.webhooks import inbox, reconciling
from tests.support import databases, postgres
from tests.support.linked import Linked, link


def statuses(linked: Linked, *order_ids: int) -> list[str]:
    """Of the orders, as they stand now."""
    return [linked.status(order_id) for order_id in order_ids]


@pytest.fixture
def empty_url(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[str]:
    """A second database on the same engine, migrated, with nothing in it."""
    if database_url.startswith("sqlite"):
        template: Path = request.getfixturevalue("sqlite_template")
        yield f"sqlite:///{shutil.copyfile(template, tmp_path / 'restored.sqlite')}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    url = server.create(str(request.getfixturevalue("postgres_template").database))
    yield databases.text(url)
    server.drop(url)


@pytest.fixture
def restored(
    linked: Linked, empty_url: str, tmp_path: Path, lonely: RunningSandbox
) -> Iterator[Callable[[], Callable[[], Linked]]]:
    """Take a copy as `bonsoir backup` does; what that gives restores it, and puts an application on it."""
    contexts = []

    def keep() -> Callable[[], Linked]:
        end_reading()
        backups.save(tmp_path / "copy.backup")

        def restore() -> Linked:
            engine = migrating.engine_for(empty_url)
            backups.bring_back(engine, tmp_path / "copy.backup")
            engine.dispose()
            app = link(empty_url, lonely, tmp_path / "var")
            context = app.app_context()
            context.push()
            contexts.append(context)
            return Linked(app, lonely, linked.turn, linked.world, linked.ahead)

        return restore

    yield keep
    for context in reversed(contexts):
        db.session.remove()
        db.engine.dispose()
        context.pop()


@pytest.mark.both_engines
def test_a_restored_database_reads_the_gap_again(linked: Linked, restored: Callable[[], Callable[[], Linked]]) -> None:
    before, session_id = linked.buy()
    linked.pay(session_id)
    reconciling.reconcile()
    waiting, later = linked.buy()
    slow, slower = linked.buy()
    linked.pay(slower, "later")
    reconciling.reconcile()
    bring_back = restored()
    linked.go_on(timedelta(minutes=10))
    linked.pay(later)
    linked.standin.control("complete-async", session=slower)
    _lost, after = linked.buy()
    lost_intent = linked.pay(after)
    reconciling.reconcile()
    linked.standin.control("payout", currency="thb")
    linked.go_on(timedelta(days=2))
    reconciling.reconcile()
    assert linked.violations() == []

    old = bring_back()
    assert old.violations() != []
    assert statuses(old, before, waiting, slow) == ["paid", "held", "processing"]
    reconciling.reconcile()
    assert statuses(old, before, waiting, slow) == ["paid", "paid", "paid"]
    assert db.session.scalars(select(StrayPayment.reference)).all() == [lost_intent]
    assert old.violations() == []
    kinds = old.kinds()
    reconciling.reconcile()
    assert (old.kinds(), old.violations()) == (kinds, [])


STEPS = [
    (books, "keep"),
    (books, "book"),
    (payouts, "_keep"),
    (inbox, "store"),
    (reading, "reached"),
    (watching, "settle"),
]


@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _module, name in STEPS])
@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_cut_off_at_any_step_the_next_run_goes_on(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, late: bool
) -> None:
    """Killed at every call of a step, once each, before or after it was done: the last run comes to the end."""
    orders = [linked.buy() for _ in range(2)]
    for _order_id, session_id in orders:
        linked.pay(session_id)
    linked.standin.control("payout", currency="thb")
    real, survived = getattr(module, name), 0

    def dies_at(number: int) -> Callable[..., Any]:
        calls = iter(range(number, -1, -1))

        def step(*args: Any, **kwargs: Any) -> object:
            last = next(calls) == 0
            if last and not late:
                raise KeyboardInterrupt
            answer = real(*args, **kwargs)
            if last:
                raise KeyboardInterrupt
            return answer

        return step

    while survived < 40:
        try:
            with monkeypatch.context() as patched:
                patched.setattr(module, name, dies_at(survived))
                reconciling.reconcile()
            break
        except (KeyboardInterrupt, StopIteration):
            db.session.rollback()
            survived += 1
    assert survived
    reconciling.reconcile()
    assert statuses(linked, *(order_id for order_id, _session_id in orders)) == ["paid", "paid"]
    assert linked.violations() == []
