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

ADMISSION = (
    "INSERT INTO admission (event_id, ticket_id, check_list, scan_id, device_id, gate, at, offline) "
    "VALUES (1, 1, 'entrance', '{}', 1, 'main', '2020-01-01 00:00:00.000000', 0)"
)
DEVICE = (
    "INSERT INTO device (id, event_id, gate, name, token_digest, paired_at, expires_at) "
    "VALUES (1, 1, 'main', 'phone', 'digest', '2020-01-01 00:00:00.000000', '2020-01-01 00:00:00.000000')"
)
PRESENT = "INSERT INTO presence (ticket_id, check_list, scan_id) VALUES (1, 'entrance', 'first')"
PAID, HELD, PROCESSING = 1, 2, 4  # ids of orders, as `inhabit` makes them and the statements below name them

DAMAGE: list[tuple[str, list[str], str]] = [
    ("quotas", ["UPDATE quota SET held = held + 1 WHERE id = 1"], "its holds say"),
    ("quotas", ["UPDATE quota SET size = 3 WHERE id = 1"], "is overbooked: 18 of 3"),
    (
        "holds",
        [
            "UPDATE quota SET held = held + seats, sold = sold - seats FROM hold WHERE quota_id = quota.id "
            "AND party_id = 1",
            "UPDATE hold SET status = 'held' WHERE party_id = 1",
        ],
        "is paid, but its seats are held",
    ),
    ("tickets", ["UPDATE order_line SET ticket_id = NULL WHERE id = 1"], "has a line without its ticket"),
    ("tickets", ["UPDATE order_line SET ticket_id = NULL WHERE id = 1"], "ticket 1 is valid without a paid order"),
    ("admissions", [DEVICE, ADMISSION.format("first"), ADMISSION.format("second"), PRESENT], "is admitted 2 times"),
    ("admissions", [PRESENT], "presence and admissions on entrance differ"),
    ("admissions", [DEVICE, ADMISSION.format("first")], "presence and admissions on entrance differ"),
    ("secrets", ["UPDATE ticket SET code = 'ABC' WHERE id = 1"], "ticket 1 has a secret that can be guessed"),
    ("secrets", ["UPDATE ticket SET token = 'abc' WHERE id = 1"], "ticket 1 has a secret that can be guessed"),
    ("secrets", ["UPDATE orders SET token = 'abc' WHERE id = 2"], "has a secret that can be guessed"),
    ("payments", ["UPDATE payment SET outcome = 'needs_review' WHERE order_id = 1"], "without a payment"),
    ("payments", ["UPDATE payment SET outcome = 'fulfilled' WHERE why = 'late'"], "fulfilled it"),
    ("payments", ["UPDATE refund SET status = 'failed' WHERE why = 'late'"], "and nobody gives it back"),
    (
        "captured_equals_ledger",
        ["UPDATE payment SET amount = amount + 1 WHERE outcome = 'needs_review'"],
        "the clearing account holds",
    ),
    ("refunds", ["UPDATE refund SET amount = amount + 1 WHERE why = 'late'"], "is refunded by"),
    (
        "postings",
        ["UPDATE posting SET amount = amount + 7 WHERE account = 'income:fee_cover'"],
        "is off by 7 THB",
    ),
    ("postings", ["UPDATE journal_entry SET ext_id = 'another' WHERE id = 1"], "is not in the books"),
    ("sums", ["UPDATE orders SET total = total + 1 WHERE id = 2"], "its lines sum to 150000"),
    (
        "sums",
        [
            "UPDATE order_line SET amount = amount + 1 WHERE order_id = 1 AND kind = 'fee_cover'",
            "UPDATE orders SET total = total + 1 WHERE id = 1",
        ],
        "was charged",
    ),
    ("raised", ["UPDATE raised SET gifts = gifts + 1"], "of gifts"),
    ("raised", ["DELETE FROM raised"], "event 1 shows 0 of gifts and 0 of meals"),
    ("receipts", ["UPDATE receipt_series SET last = last + 1"], "but holds 2 receipts up to 2"),
    ("receipts", ["UPDATE receipt SET sequence = 9 WHERE sequence = 2"], "but holds 2 receipts up to 9"),
    (
        "attempts",
        ["UPDATE attempt SET expires_at = '2020-01-01 00:00:00.000000', polled_at = NULL WHERE order_id = 2"],
        "nobody asked",
    ),
    ("held_orders", ["UPDATE attempt SET status = 'closed' WHERE order_id = 2"], "no attempt to pay it is alive"),
    ("histories", ["UPDATE orders SET status = 'waiting' WHERE id = 4"], "history ends with processing"),
    ("histories", ["UPDATE order_status SET from_status = 'refunded' WHERE id = 1"], "went from refunded to held"),
    ("letters", ["DELETE FROM letter WHERE key = 'order-paid:1'"], "is paid and has no letter"),
    (
        "leases",
        ["UPDATE job SET status = 'leased', leased_until = '2020-01-01 00:00:00.000000' WHERE id = 1"],
        "is leased past its lease",
    ),
    ("leases", ["UPDATE job SET status = 'dead' WHERE id = 1"], "was given up"),
    ("triggers", ["DROP TRIGGER posting_no_update"], "table posting can be changed"),
    ("triggers", ["DROP TRIGGER trail_no_delete"], "table trail can be changed"),
]


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
    assert checked == {"orders": 8, "tickets": 11, "payments": 5, "letters": 4, "receipts": 2}


def test_an_empty_world_gives_nothing(house: Flask) -> None:
    assert auditing.audit()[0] == []


def test_every_rule_is_seen_to_go_red() -> None:
    assert {rule for rule, _statements, _words in DAMAGE} == set(auditing.RULES)


@pytest.fixture(scope="module")
def inhabited(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clean world, whole in one file."""
    path = tmp_path_factory.mktemp("inhabited") / "world.sqlite"
    shutil.copyfile(sqlite_template, path)
    with create_app({**w.SETTINGS, "DATABASE_URL": f"sqlite:///{path}"}).app_context():
        inhabit()
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


@pytest.fixture
def damaged(inhabited: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[None]:
    """The application on a copy of the clean world in which some statements were run behind its back."""
    path = tmp_path / "damaged.sqlite"
    shutil.copyfile(inhabited, path)
    with closing(sqlite3.connect(path)) as connection:
        _damage(connection, request.param)
    with create_app({**w.SETTINGS, "DATABASE_URL": f"sqlite:///{path}"}).app_context():
        yield
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
    ("damaged", "rule", "words"),
    [pytest.param(statements, rule, words, id=f"{rule}-{i}") for i, (rule, statements, words) in enumerate(DAMAGE)],
    indirect=["damaged"],
)
@pytest.mark.usefixtures("damaged")
def test_damage_is_named_by_its_rule_and_by_no_other(rule: str, words: str) -> None:
    found, _checked = auditing.audit()
    assert {violation["rule"] for violation in found} == {rule}, found
    assert any(words in violation["what"] for violation in found), found
