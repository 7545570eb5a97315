"""Every bell lost, every answer lost, an old copy of the database: asking once brings our rows to what Stripe says."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from events.core import clock, jobs
from events.core.db import Base, changed, db, end_reading, transaction
from events.core.jobs import Job, TryLater
from events.core.trail import TrailEntry
from events.mail.models import Letter
from payments.checkout import watching
from payments.checkout.models import Attempt
from payments.gateway.answers import EventNotice
from payments.ledger.models import UNDER_REVIEW, BalanceTransaction, Reading, StrayPayment
from payments.orders.models import Payment
from payments.refunds.models import Refund
from payments.webhooks import catching_up, inbox, reconciling
from payments.webhooks.models import StripeEvent
from tests.support import world as w
from tests.support.linked import Linked

HOUR = timedelta(hours=1)


def count(model: type[Base]) -> int:
    """How many rows there are."""
    end_reading()
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    end_reading()
    return found


def statuses(linked: Linked, *order_ids: int) -> list[str]:
    """Of the orders, as they stand now."""
    return [linked.status(order_id) for order_id in order_ids]


@pytest.mark.both_engines
def test_an_outage_of_all_bells_is_healed_by_one_run(linked: Linked) -> None:
    paid, first = linked.buy(2)
    slow, second = linked.buy()
    failed, third = linked.buy()
    left, _never_paid = linked.buy()
    refunded, fifth = linked.buy()
    linked.pay(first)
    linked.pay(second, "later")
    linked.standin.control("complete-async", session=second)
    linked.pay(third, "later")
    linked.standin.control("complete-async", session=third, outcome="failed")
    linked.standin.control("refund", payment_intent=linked.pay(fifth))
    linked.standin.control("payout", currency="thb")
    linked.go_on(HOUR)
    reconciling.reconcile()
    assert statuses(linked, paid, slow, failed, left) == ["paid", "paid", "failed", "expired"]
    assert linked.status(refunded) in ("refunded", "partly_refunded")
    assert linked.violations() == []
    before = [count(model) for model in (Payment, Refund, Letter, StripeEvent, BalanceTransaction, Job)]
    reconciling.reconcile()
    assert [count(model) for model in (Payment, Refund, Letter, StripeEvent, BalanceTransaction, Job)] == before
    assert linked.violations() == []


@pytest.mark.both_engines
def test_missed_events_are_in_the_inbox_as_if_they_had_rung(linked: Linked) -> None:
    _order_id, session_id = linked.buy()
    linked.pay(session_id)
    assert catching_up.read_events() == 2
    rows = db.session.execute(select(StripeEvent.type, StripeEvent.object_id, StripeEvent.handled_at)).all()
    assert sorted(row.type for row in rows) == ["charge.updated", "checkout.session.completed"]
    assert session_id in {row.object_id for row in rows}
    assert {row.handled_at for row in rows} == {None}
    end_reading()
    linked.work("react_to_event", "read_payment")
    assert linked.kinds() == ["payment", "movement_beside"]
    assert catching_up.read_events() == 0


def test_the_reading_counts_only_when_all_is_stored(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(2):
        linked.pay(linked.buy()[1])
    stored: list[str] = []

    def dies(notice: EventNotice) -> bool:
        if stored:
            raise KeyboardInterrupt
        stored.append(notice.id)
        return True

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(inbox, "store", dies)
        catching_up.read_events()
    assert count(Reading) == 0
    assert catching_up.read_events() == 4


def test_events_are_listed_from_the_last_reading_on_and_thirty_days_at_most(linked: Linked) -> None:
    linked.pay(linked.buy()[1])
    reconciling.reconcile()
    linked.go_on(timedelta(days=31))
    order_id, session_id = linked.buy()
    linked.pay(session_id)
    with transaction():
        changed(text("DELETE FROM stripe_event"))
    assert catching_up.read_events() == 2  # the older ones are too old
    linked.go_on(timedelta(days=1))
    catching_up.read_events()
    with transaction():
        changed(text("DELETE FROM stripe_event"))
    assert catching_up.read_events() == 0  # what was read a day ago is not listed again
    assert linked.status(order_id) == "held"


@pytest.mark.both_engines
def test_a_session_whose_answer_was_lost_is_found_though_no_bell_rings(linked: Linked) -> None:
    """The key is long forgotten at Stripe, the session known to nobody: its list of sessions tells."""
    order_id, session_id = linked.buy()
    linked.pay(session_id)
    with transaction():
        changed(update(Attempt).values(status="creating", session_id=None, url=None))
    watching.read_sessions()
    assert linked.status(order_id) == "paid"
    reconciling.reconcile()
    assert linked.violations() == []


def test_what_stripe_does_not_know_keeps_nobody_waiting(linked: Linked) -> None:
    forgotten, _session_id = linked.buy()
    order_id, session_id = linked.buy()
    linked.pay(session_id)
    with transaction():
        changed(update(Attempt).where(Attempt.order_id == forgotten).values(session_id="cs_test_gone"))
    assert watching.reconcile() == {"refused": 1, "paid": 1}
    assert linked.status(order_id) == "paid"


@pytest.mark.both_engines
def test_a_paid_session_of_nobodys_order_is_looked_at_by_a_person(linked: Linked) -> None:
    order_id, session_id = linked.buy()
    intent = linked.pay(session_id)
    with linked.standin.books.lock:
        linked.standin.books.get("checkout.session", session_id).update(client_reference_id="77777")
    with transaction():
        changed(update(Attempt).values(session_id="cs_test_another", status="expired"))
    reconciling.reconcile()
    reconciling.reconcile()
    stray = db.session.scalars(select(StrayPayment)).one()
    assert (stray.reference, stray.session_id, stray.amount, stray.currency) == (intent, session_id, 150_000, "THB")
    assert stray.order_code == w.order(order_id).code
    notes = select(func.count()).select_from(TrailEntry).where(TrailEntry.action == "alert.stray_payment")
    assert db.session.scalar(notes) == 1
    assert linked.balances()[UNDER_REVIEW, "THB"] == -150_000
    assert [line for line in linked.violations() if not line.startswith("held_orders")] == []


def test_a_session_of_a_lost_order_is_not_given_to_another_with_its_number(linked: Linked) -> None:
    order_id, session_id = linked.buy()
    linked.pay(session_id)
    with linked.standin.books.lock:
        linked.standin.books.get("checkout.session", session_id)["metadata"]["code"] = "ZZZZZ"
    with transaction():
        changed(update(Attempt).values(status="creating", session_id=None, url=None))
    assert watching.read_sessions() == {"stray": 1}
    assert linked.status(order_id) == "held"


@pytest.mark.both_engines
def test_the_worker_keeps_one_reconciler_going(linked: Linked) -> None:
    for _ in range(2):
        with transaction():
            jobs.keep_going()
    order_id, session_id = linked.buy()
    linked.pay(session_id)
    linked.go_on(timedelta(minutes=11))  # its own watcher did not come
    linked.work("reconcile")
    assert linked.status(order_id) == "paid"
    job = db.session.scalars(select(Job).where(Job.kind == "reconcile")).one()
    assert job.status == "retry"
    assert timedelta(minutes=4) < job.run_at - clock.now() <= timedelta(minutes=5)
    with transaction():
        changed(update(Job).where(Job.kind == "reconcile").values(status="dead", failures=9))
    with transaction():
        jobs.keep_going()
    end_reading()
    job = db.session.scalars(select(Job).where(Job.kind == "reconcile")).one()
    assert (job.status, job.failures) == ("queued", 0)


def test_while_stripe_is_away_it_is_asked_every_minute(linked: Linked) -> None:
    linked.standin.stop()
    with pytest.raises(TryLater) as later:
        reconciling.reconcile_again({})
    assert timedelta(seconds=50) < later.value.at - clock.now() <= timedelta(minutes=1)
