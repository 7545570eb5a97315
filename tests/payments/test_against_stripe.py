"""The audit beside the stand-in's books; all eighteen invariants have their question."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner

from app import cli
from events.core.db import db
from payments import auditing
from payments.gateway.stripe_api import current_gateway
from payments.webhooks import reconciling
from tests.support import world as w
from tests.support.linked import Linked


@pytest.fixture
def busy(linked: Linked) -> Linked:
    """A sale, a sale given back in the dashboard, and quiet since."""
    for back in (False, True):
        _order_id, session_id = linked.buy()
        intent = linked.pay(session_id)
        if back:
            linked.standin.control("refund", payment_intent=intent)
    reconciling.reconcile()
    linked.go_on(timedelta(minutes=5))
    return linked


def said() -> list[str]:
    """What is found by asking: rule and sentence, ids left out."""
    found = auditing.audit_against(current_gateway())
    return sorted(f"{row['rule']}: {re.sub(r'[a-z]+_[A-Za-z0-9]{9,}', '...', row['what'])}" for row in found)


def first_charge(linked: Linked) -> dict[str, object]:
    """As the stand-in remembers it."""
    return linked.standin.books.all("charge")[0]


def test_equal_books_say_nothing(busy: Linked) -> None:
    assert busy.violations() == []


def test_money_that_we_do_not_know_of_is_named(busy: Linked) -> None:
    with busy.standin.books.lock:
        charge = first_charge(busy)
        busy.standin.books.add({**charge, "id": "ch_of_nobody", "payment_intent": "pi_of_nobody"})
    assert said() == [
        "charges: pi_of_nobody was captured at Stripe, and neither order nor refund nor review knows of it"
    ]


def test_money_that_stripe_never_took_is_named(busy: Linked) -> None:
    with busy.standin.books.lock:
        del busy.standin.books.kinds["charge"][str(first_charge(busy)["id"])]
    assert said() == ["charges: payment ... stands in our rows, and Stripe never took it"]


def test_another_amount_is_named(busy: Linked) -> None:
    with busy.standin.books.lock:
        first_charge(busy)["amount"] = 149_999
    assert said() == ["charges: ...: Stripe took 149999 THB, our rows say (150000, 'THB')"]


def test_a_refund_that_we_do_not_know_of_is_named_once_it_is_quiet(busy: Linked) -> None:
    busy.standin.control("refund", payment_intent=first_charge(busy)["payment_intent"], amount=50_000)
    assert said() == []
    busy.go_on(timedelta(minutes=2))
    assert said() == [
        "balance: movement ... of Stripe's balance (refund) is not among our rows",
        "given_back: refund ... was made at Stripe, and is not among our rows",
    ]
    reconciling.reconcile()
    assert busy.violations() == []


def test_a_refund_that_stripe_did_not_take_on_is_named(busy: Linked) -> None:
    with busy.standin.books.lock:
        busy.standin.books.kinds["refund"].clear()
    assert said() == ["given_back: refund ... stands in our rows, and Stripe did not take it on"]


def test_a_movement_that_changed_is_named(busy: Linked) -> None:
    with busy.standin.books.lock:
        busy.standin.books.all("balance_transaction")[0]["net"] += 5
    assert said() == ["balance: Stripe's balance is 137055 THB, its movements sum to 137050"]


def test_the_command_asks_the_stand_in_and_nobody_else(busy: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {**w.SETTINGS, "STRIPE_API_BASE": busy.standin.url, "DATABASE_URL": str(db.engine.url)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert _audit() == (0, True, 1)
    busy.standin.control("refund", payment_intent=first_charge(busy)["payment_intent"], amount=50_000)
    busy.go_on(timedelta(minutes=2))
    assert _audit() == (1, False, 1)
    busy.standin.stop()
    assert _audit() == (0, True, 0)
    monkeypatch.setenv("STRIPE_API_BASE", "")  # Stripe itself is not asked: nothing here could reach it
    assert _audit() == (0, True, None)


def _audit() -> tuple[int, bool, int | None]:
    """Exit code, verdict, and whether the stand-in was asked."""
    answer = CliRunner().invoke(cli, ["audit", "--json"])
    told = json.loads(answer.output)
    return answer.exit_code, told["ok"], told["checked"].get("stand-in")


def test_each_of_the_eighteen_invariants_has_its_question() -> None:
    rules = {**auditing.RULES, **auditing.AGAINST_STRIPE}
    numbers = {name: re.match(r"(\d+)[a-z]?\. \S", rule.__doc__ or "") for name, rule in rules.items()}
    assert [name for name, number in numbers.items() if number is None] == []
    assert {int(number.group(1)) for number in numbers.values() if number} >= set(range(1, 19))  # and more of our own
