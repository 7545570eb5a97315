"""The audit: a clean world gives nothing, and each kind of damage is named by its rule and by no other."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from events.core.db import db
from payments import auditing
from tests.support import world as w
from tests.support.damage import DAMAGE

PAID, HELD, PROCESSING = 1, 2, 4  # ids of orders, by which tests.support.damage knows them


def inhabit() -> None:
    """An evening with an order of every kind: all of them made as buyers and Stripe would make them."""
    world = w.furnish(room=18, kitchen=18)
    paid = w.buy(world, {"seat": 2, "table": 1}, gift=50_000, cover_fees=True)
    assert w.pay(paid) == "paid"
    assert w.pay(paid) == "already_fulfilled"
    assert w.pay(paid, payment_intent="pi_a_second_one") == "refund_due"
    held = w.buy(world)
    back_in_time = w.buy(world)
    assert (w.lose(back_in_time), w.pay(back_in_time)) == ("expired", "paid")
    processing = w.buy(world)
    assert w.pay(processing, payment_status="unpaid") == "processing"
    assert (paid, held, processing) == (PAID, HELD, PROCESSING)
    assert w.pay(w.buy(world), amount_total=1) == "needs_review"
    too_late = w.buy(world, {"seat": 4})
    assert w.lose(too_late) == "expired"
    w.buy(world, {"seat": 4})
    assert w.pay(too_late) == "refund_due"
    assert w.lose(w.buy(world, {}, gift=50_000)) == "expired"


@pytest.mark.both_engines
def test_a_clean_world_gives_nothing(house: Flask) -> None:
    inhabit()
    found, checked = auditing.audit()
    assert found == []
    assert checked == {"orders": 8, "tickets": 11, "payments": 5, "letters": 5, "receipts": 2}


def test_an_empty_world_gives_nothing(house: Flask) -> None:
    assert auditing.audit()[0] == []


def test_every_rule_is_seen_to_go_red() -> None:
    assert {rules.split()[0] for rules, _statements, _words in DAMAGE} == set(auditing.RULES)


@pytest.fixture(scope="module")
def auditor(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, Path, Path]]:
    """An application, the file of its database, and a copy of it with the clean world."""
    folder = tmp_path_factory.mktemp("audited")
    path, clean = folder / "audited.sqlite", folder / "clean.sqlite"
    shutil.copyfile(sqlite_template, path)
    app = create_app({**w.SETTINGS, "DATABASE_URL": f"sqlite:///{path}"})
    with app.app_context():
        inhabit()
        _let_go()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(path, clean)
    yield app, path, clean


@pytest.fixture
def damaged(auditor: tuple[Flask, Path, Path], request: pytest.FixtureRequest) -> Iterator[None]:
    """The clean world again, some statements run behind the application's back, and its context."""
    app, path, clean = auditor
    shutil.copyfile(clean, path)
    with closing(sqlite3.connect(path)) as connection:
        _damage(connection, request.param)
    with app.app_context():
        yield
        _let_go()


def _let_go() -> None:
    db.session.remove()
    db.engine.dispose()


def _damage(connection: sqlite3.Connection, statements: list[str]) -> None:
    """Without triggers and checks, which would refuse; the triggers stand again afterwards."""
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    connection.execute("PRAGMA ignore_check_constraints = ON")
    rewriting = [statement for statement in statements if not statement.startswith("DROP TRIGGER")]
    for name, _sql in triggers if rewriting else ():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.execute(statement).rowcount != 0, f"no row for: {statement}"
    for _name, sql in triggers if rewriting else ():
        connection.execute(sql)
    connection.commit()


@pytest.mark.parametrize(
    ("damaged", "rules", "words"),
    [pytest.param(done, rules, words, id=f"{rules.split()[0]}-{i}") for i, (rules, done, words) in enumerate(DAMAGE)],
    indirect=["damaged"],
)
@pytest.mark.usefixtures("damaged")
def test_damage_is_named_by_its_rule_and_by_no_other(rules: str, words: str) -> None:
    found, _checked = auditing.audit()
    assert {violation["rule"] for violation in found} == set(rules.split()), found
    first = [violation["what"] for violation in found if violation["rule"] == rules.split()[0]]
    assert any(words in what for what in first), found
