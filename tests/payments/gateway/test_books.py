from collections.abc import Callable
from typing import Any

import pytest
import stripe

from payments.gateway.answers import CheckoutSession
from payments.gateway.failures import ProviderRefused
from payments.gateway.parameters import refund_params
from payments.gateway.sandbox.remote import SwitchRefused
from payments.gateway.sandbox.server import RunningSandbox
from payments.gateway.stripe_api import Gateway

Opened = Callable[..., CheckoutSession]


def types(gateway: Gateway) -> list[str]:
    return [notice.type for notice in gateway.list_events()]


def test_a_dispute_takes_the_money_and_winning_brings_it_back(
    gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession
) -> None:
    opened = standin.control("dispute", payment_intent=paid.payment_intent)
    dispute = gateway.get_dispute(opened["id"])
    assert (dispute.status, dispute.amount, dispute.payment_intent) == ("needs_response", 727556, paid.payment_intent)
    (taken,) = dispute.balance_transactions
    booked = gateway.get_balance_transaction(taken)
    assert (booked.amount, booked.fee, booked.reporting_category) == (-727556, 1500, "dispute")
    assert gateway.get_charge(dispute.charge).disputed
    standin.control("dispute", dispute=dispute.id, outcome="won")
    won = gateway.get_dispute(dispute.id)
    assert (won.status, len(won.balance_transactions)) == ("won", 2)
    assert gateway.get_balance().pending == {"THB": 700000 - 1500}
    assert [name for name in types(gateway) if "dispute" in name] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_a_lost_dispute_may_still_be_won_and_no_other_way_round(
    gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession
) -> None:
    dispute = standin.control("dispute", payment_intent=paid.payment_intent)
    standin.control("dispute", dispute=dispute["id"], outcome="lost")
    assert gateway.get_balance().pending == {"THB": -27556 - 1500}
    standin.control("dispute", dispute=dispute["id"], outcome="won")
    with pytest.raises(SwitchRefused):
        standin.control("dispute", dispute=dispute["id"], outcome="lost")


def test_a_disputed_charge_is_not_refunded(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    standin.control("dispute", payment_intent=paid.payment_intent)
    params = refund_params(payment_intent=paid.payment_intent or "", amount=1000, currency="THB", refund_id="r")
    with pytest.raises(ProviderRefused) as refused:
        gateway.create_refund(params, "r")
    assert refused.value.code == "charge_disputed"


def test_a_fraud_warning_is_told(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    standin.control("fraud-warning", payment_intent=paid.payment_intent)
    assert types(gateway)[-1] == "radar.early_fraud_warning.created"


def test_the_members_of_a_payout_make_it_up(gateway: Gateway, standin: RunningSandbox, opened: Opened) -> None:
    for _ in range(3):
        standin.control("pay", session=opened().id)
    made = standin.control("payout", currency="thb")
    (payout,) = gateway.list_payouts()
    assert (payout.id, payout.status, payout.amount, payout.automatic) == (made["id"], "paid", 2100000, True)
    assert payout.reconciliation_status == "completed"
    members = list(gateway.list_balance_transactions(payout=payout.id))
    assert sum(row.net for row in members if row.type != "payout") == payout.amount
    assert [row.net for row in members if row.type == "payout"] == [-2100000]
    balance = gateway.get_balance()
    assert (balance.available, balance.pending) == ({"THB": 0}, {"THB": 0})
    standin.control("pay", session=opened().id)
    assert standin.control("payout", currency="thb")["amount"] == 700000


def test_nothing_is_not_paid_out(standin: RunningSandbox) -> None:
    with pytest.raises(SwitchRefused, match="nothing to pay out"):
        standin.control("payout", currency="thb")


def test_a_payout_may_come_back(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    payout = standin.control("payout", currency="thb", status="in_transit")
    assert gateway.get_payout(payout["id"]).status == "in_transit"
    standin.control("payout", payout=payout["id"], status="failed")
    failed = gateway.get_payout(payout["id"])
    assert (failed.status, failed.failure_code) == ("failed", "account_closed")
    back = gateway.get_balance_transaction(failed.failure_balance_transaction or "")
    assert (back.amount, back.type) == (700000, "payout_failure")
    assert gateway.get_balance().available == {"THB": 700000}


def test_money_becomes_available_after_days(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    assert gateway.get_balance().pending == {"THB": 700000}
    standin.control("advance-clock", seconds=2 * 86400)
    assert gateway.get_balance().available == {"THB": 700000}


def test_a_charge_may_be_booked_late(gateway: Gateway, standin: RunningSandbox, opened: Opened) -> None:
    standin.control("faults", late_balance=True)
    session = opened()
    standin.control("pay", session=session.id)
    intent = gateway.get_payment_intent(gateway.get_session(session.id).payment_intent or "")
    charge = gateway.get_charge(intent.latest_charge or "")
    assert charge.balance_transaction is None
    assert standin.control("book-balance") == {"booked": 1}
    assert gateway.get_charge(charge.id).balance_transaction
    assert types(gateway)[-1] == "charge.updated"


def test_references_are_expanded(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    client = stripe.StripeClient("sk_test_x", base_addresses={"api": standin.url})
    paths = ["payment_intent.latest_charge.balance_transaction", "line_items"]
    session: Any = client.v1.checkout.sessions.retrieve(paid.id, {"expand": paths})
    assert session.payment_intent.latest_charge.balance_transaction.net == 700000
    assert [line.description for line in session.line_items.data][-1] == "Frais de carte"
    listed: Any = client.v1.checkout.sessions.list({"expand": ["data.payment_intent"]})
    assert listed.data[0].payment_intent.status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(paid.id, {"expand": ["unicorn"]})


_CLASSES: dict[str, Any] = {
    "checkout.session": stripe.checkout.Session,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "dispute": stripe.Dispute,
    "payout": stripe.Payout,
    "balance_transaction": stripe.BalanceTransaction,
    "event": stripe.Event,
    "webhook_endpoint": stripe.WebhookEndpoint,
    "balance": stripe.Balance,
}


def test_the_stand_ins_objects_have_only_fields_that_stripes_have(
    gateway: Gateway, standin: RunningSandbox, opened: Opened, paid: CheckoutSession
) -> None:
    other = opened()
    standin.control("pay", session=other.id)
    standin.control("refund", payment_intent=paid.payment_intent, amount=100000)
    standin.control("dispute", payment_intent=gateway.get_session(other.id).payment_intent, amount=1000)
    standin.control("payout", currency="thb")
    books = standin.read()
    books["balance"] = [books["balance"]]
    for kind, known in _CLASSES.items():
        assert books[kind], kind
        for row in books[kind]:
            assert set(row) - set(known.__annotations__) == set(), kind


def test_switches_want_json_that_no_web_page_can_send(standin: RunningSandbox) -> None:
    client = stripe.RequestsClient(timeout=5)
    body, status, _ = client.request("post", f"{standin.url}/_control/faults", {"Content-Type": "text/plain"}, "{}")
    assert status == 415, body


@pytest.mark.parametrize("wanted", [{"unknown": 1}, {"requests": [{"kind": "magic"}]}, {"events": {"burn": 1}}])
def test_an_unknown_switch_is_refused(standin: RunningSandbox, wanted: dict[str, Any]) -> None:
    with pytest.raises(SwitchRefused):
        standin.control("faults", **wanted)
