"""What Prometheus is told: by every process the same, with a token, about nobody."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete, event, update
from werkzeug.test import TestResponse

from app import create_app
from events.core import clock, jobs
from events.core.db import db, transaction
from events.core.jobs import Job
from events.mail import outbox
from payments.gateway.answers import EventNotice
from payments.ledger import reading
from payments.ledger.models import StrayPayment
from payments.orders.models import Order, OrderLine, Payment
from payments.webhooks import inbox
from tests.support.world import BUYER, SETTINGS, World, buy, furnish, lose, pay

TOKEN = "a token for the figures"
MOST_QUERIES = 12


@pytest.fixture
def watched(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The application with a token for its figures."""
    app = application(database_url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def application(database_url: str, folder: Path) -> Flask:
    return create_app(
        {**SETTINGS, "DATABASE_URL": database_url, "BONSOIR_VAR": str(folder / "var"), "METRICS_TOKEN": TOKEN}
    )


def ask(app: Flask, **headers: str) -> TestResponse:
    return app.test_client().get("/metrics", base_url=app.config["PUBLIC_URL"], headers=headers)


def told(app: Flask) -> dict[str, float]:
    """Every figure under its name and labels: `bonsoir_orders paid`."""
    answer = ask(app, Authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def put_letter(key: str) -> None:
    with transaction():
        outbox.put("order_paid", key, name=BUYER.name, email=BUYER.email, language="fr", order_id=1)


def set_job(key: str, **values: object) -> None:
    with transaction() as session:
        session.execute(update(Job).where(Job.key == key).values(**values))


def test_there_is_nothing_where_no_token_is_set(house: Flask) -> None:
    assert ask(house).status_code == 404
    assert ask(house, Authorization="Bearer ").status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} "[:-2]])
def test_a_wrong_token_learns_nothing(watched: Flask, given: str) -> None:
    answer = ask(watched, Authorization=given)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "bonsoir_" not in answer.text


@pytest.mark.both_engines
def test_a_fresh_system_tells_noughts_and_not_nothing(watched: Flask) -> None:
    figures = told(watched)
    never = {name for name, value in figures.items() if value == float("inf")}
    assert never == {f"bonsoir_reconcile_age_seconds {name}" for name in ("events", "movements", "payouts", "sessions")}
    assert {name for name, value in figures.items() if value and name not in never} == {
        next(name for name in figures if name.startswith("bonsoir_build_info"))
    }
    assert {"bonsoir_orders needs_review", "bonsoir_letters dead", "bonsoir_jobs overdue"} <= figures.keys()


@pytest.mark.both_engines
def test_orders_and_money_are_counted_as_they_stand(watched: Flask) -> None:
    world = furnish()
    paid, held, lost, bare, strange = (buy(world) for _ in range(5))
    pay(paid), lose(lost), pay(bare), pay(strange, amount_total=1)
    with transaction() as session:
        session.execute(update(OrderLine).where(OrderLine.order_id == bare).values(ticket_id=None))
        session.execute(update(Order).where(Order.id == held).values(held_until=clock.now() - timedelta(seconds=1)))
        add_stray(world)
    figures = told(watched)
    assert {name: figures[f"bonsoir_orders {name}"] for name in ("paid", "held", "expired", "needs_review")} == {
        "paid": 2,
        "held": 1,
        "expired": 1,
        "needs_review": 1,
    }
    assert figures["bonsoir_orders_paid_without_ticket"] == 1
    assert figures["bonsoir_holds_overdue"] == 1
    assert figures["bonsoir_attempts open"] == 2  # the held one, and the one that a person must look at
    assert figures["bonsoir_money_unexplained needs_review"] == 1
    assert figures["bonsoir_money_unexplained stray"] == 1
    assert figures["bonsoir_money_unexplained late_money"] == 0


def add_stray(world: World) -> None:
    values = {"organisation_id": world.organisation_id, "session_id": "cs_x", "amount": 1, "currency": "THB"}
    db.session.add(StrayPayment(reference="pi_stray", order_code=None, found_at=clock.now(), **values))


@pytest.mark.both_engines
def test_late_money_is_told_until_it_went_back(watched: Flask) -> None:
    world = furnish(room=1, kitchen=1)
    late = buy(world)
    lose(late)
    pay(buy(world))
    pay(late)
    with transaction() as session:
        payment = update(Payment).where(Payment.order_id == late)
        session.execute(payment.values(refunded=0))
    assert told(watched)["bonsoir_money_unexplained late_money"] == 1
    with transaction() as session:
        session.execute(payment.values(refunded=Payment.amount))
    assert told(watched)["bonsoir_money_unexplained late_money"] == 0


@pytest.mark.both_engines
def test_work_that_nobody_does_is_told_with_its_age(watched: Flask) -> None:
    long_ago = clock.now() - timedelta(minutes=5)
    with transaction():
        jobs.put("read_payment", "late", long_ago)
        jobs.put("read_payment", "due", clock.now())
        jobs.put("read_payment", "not-yet", clock.now() + timedelta(hours=1))
        inbox.store(EventNotice("evt_1", "charge.updated", "charge", "ch_1", long_ago, False, None))
    put_letter("one")
    put_letter("two")
    set_job("letter:two", status="dead")
    figures = told(watched)
    assert 300 <= figures["bonsoir_worker_silent_seconds"] < 330
    reactions = 1
    assert figures["bonsoir_jobs waiting"] == 4 + reactions
    assert figures["bonsoir_jobs due"] == 3 + reactions
    assert figures["bonsoir_jobs overdue"] == 1
    assert figures["bonsoir_jobs dead"] == 1
    assert (figures["bonsoir_letters waiting"], figures["bonsoir_letters dead"]) == (1, 1)
    assert figures["bonsoir_stripe_events_unreacted"] == 1


def test_worker_is_silent_when_readyz_says_so(watched: Flask) -> None:
    with transaction() as session:
        session.execute(delete(Job))
        jobs.put("read_payment", "late", clock.now() - timedelta(seconds=61))
    ready = watched.test_client().get("/readyz", base_url=watched.config["PUBLIC_URL"])
    assert (ready.status_code, told(watched)["bonsoir_jobs overdue"]) == (503, 1)
    set_job("late", run_at=clock.now() - timedelta(seconds=50))
    ready = watched.test_client().get("/readyz", base_url=watched.config["PUBLIC_URL"])
    assert (ready.status_code, told(watched)["bonsoir_jobs overdue"]) == (200, 0)


def test_every_list_of_the_reconciler_has_its_age(watched: Flask) -> None:
    reading.reached("events", clock.now() - timedelta(hours=1))
    assert 3600 <= told(watched)["bonsoir_reconcile_age_seconds events"] < 3630


def test_every_process_says_the_same(watched: Flask, database_url: str, tmp_path: Path) -> None:
    pay(buy(furnish()))
    other = application(database_url, tmp_path)
    ages = ("bonsoir_worker_silent_seconds", "bonsoir_reconcile_age_seconds", "bonsoir_stripe_event_oldest_seconds")
    ours, theirs = (
        {name: value for name, value in told(app).items() if not name.startswith(ages)} for app in (watched, other)
    )
    assert ours == theirs
    with other.app_context():
        db.engine.dispose()


def test_asking_costs_few_queries_however_much_there_is(watched: Flask) -> None:
    world = furnish()
    for _ in range(6):
        pay(buy(world))
    statements: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    told(watched)
    asked = [statement for statement in statements if statement.startswith("SELECT")]
    assert 0 < len(asked) <= MOST_QUERIES


def test_nobody_is_named(watched: Flask) -> None:
    paid = buy(furnish())
    pay(paid)
    order = db.session.get_one(Order, paid)
    answer = ask(watched, Authorization=f"Bearer {TOKEN}")
    names = (
        BUYER.name,
        BUYER.email,
        order.code,
        order.token,
        "lanterns",
        "dinner",
        SETTINGS["SECRET_KEY"],
        "sk_test",
        TOKEN,
    )
    assert [name for name in names if name in answer.text] == []
    assert answer.headers["Cache-Control"] == "no-store"
