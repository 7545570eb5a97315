from collections.abc import Callable
from typing import Any

import pytest

from payments.gateway.answers import CheckoutSession, RefundResult
from payments.gateway.failures import ProviderRefused
from payments.gateway.parameters import refund_params
from payments.gateway.sandbox.server import RunningSandbox
from payments.gateway.stripe_api import Gateway


def give_back(gateway: Gateway, session: CheckoutSession, amount: int, key: str = "r1", **more: Any) -> RefundResult:  # noqa: ANN401
    assert session.payment_intent
    params = refund_params(
        payment_intent=session.payment_intent, amount=amount, currency="THB", refund_id=f"ref_{key}", **more
    )
    return gateway.create_refund(params, key)


def charged(gateway: Gateway, session: CheckoutSession) -> tuple[int, bool]:
    charge = gateway.get_charge(gateway.get_payment_intent(session.payment_intent or "").latest_charge or "")
    return charge.amount_refunded, charge.refunded


def test_a_part_is_given_back_and_the_fee_is_not(gateway: Gateway, paid: CheckoutSession) -> None:
    refund = give_back(gateway, paid, 250000)
    assert (refund.status, refund.amount, refund.order_metadata) == ("succeeded", 250000, {"refund": "ref_r1"})
    assert gateway.get_refund(refund.id) == refund
    assert charged(gateway, paid) == (250000, False)
    booked = gateway.get_balance_transaction(refund.balance_transaction or "")
    assert (booked.amount, booked.fee, booked.net, booked.reporting_category) == (-250000, 0, -250000, "refund")
    assert gateway.get_balance().pending == {"THB": 450000}
    assert [notice.type for notice in gateway.list_events()][-2:] == ["refund.created", "charge.refunded"]


def test_the_same_refund_is_made_once(gateway: Gateway, paid: CheckoutSession) -> None:
    assert give_back(gateway, paid, 250000) == give_back(gateway, paid, 250000)
    assert charged(gateway, paid)[0] == 250000


def test_more_than_is_left_is_refused_without_a_code(gateway: Gateway, paid: CheckoutSession) -> None:
    give_back(gateway, paid, 700000)
    with pytest.raises(ProviderRefused, match="greater than unrefunded amount") as refused:
        give_back(gateway, paid, 27557, "r2")
    assert refused.value.code is None
    give_back(gateway, paid, 27556, "r3")
    with pytest.raises(ProviderRefused) as refused:
        give_back(gateway, paid, 1, "r4")
    assert refused.value.code == "charge_already_refunded"
    assert charged(gateway, paid) == (727556, True)


def test_a_refund_may_fail_after_it_succeeded(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    refund = give_back(gateway, paid, 250000)
    standin.control("refund", refund=refund.id, status="failed")
    failed = gateway.get_refund(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert charged(gateway, paid) == (0, False)
    back = gateway.get_balance_transaction(failed.failure_balance_transaction or "")
    assert (back.amount, back.reporting_category) == (250000, "refund_failure")
    assert gateway.get_balance().pending == {"THB": 700000}


def test_a_refund_may_be_pending_first(gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession) -> None:
    standin.control("faults", refund_status="pending")
    refund = give_back(gateway, paid, 250000)
    assert refund.status == "pending"
    standin.control("refund", refund=refund.id, status="succeeded")
    assert gateway.get_refund(refund.id).status == "succeeded"


def test_a_promptpay_refund_waits_for_the_customer(
    gateway: Gateway, standin: RunningSandbox, opened: Callable[..., CheckoutSession]
) -> None:
    session = opened()
    standin.control("pay", session=session.id, outcome="promptpay")
    standin.control("complete-async", session=session.id)
    session = gateway.get_session(session.id)
    with pytest.raises(ProviderRefused) as refused:
        give_back(gateway, session, 250000)
    assert refused.value.param == "instructions_email"
    refund = give_back(gateway, session, 250000, "r2", instructions_email="buyer@example.org")
    assert (refund.status, refund.id[:4]) == ("requires_action", "pyr_")
    assert gateway.get_balance_transaction(refund.balance_transaction or "").type == "payment_refund"
    standin.control("refund", refund=refund.id, status="succeeded")
    assert gateway.get_refund(refund.id).status == "succeeded"


def test_a_refund_made_in_the_dashboard_is_listed(
    gateway: Gateway, standin: RunningSandbox, paid: CheckoutSession
) -> None:
    made = standin.control("refund", payment_intent=paid.payment_intent, amount=100000)
    (found,) = gateway.list_refunds(payment_intent=paid.payment_intent)
    assert (found.id, found.amount, found.order_metadata) == (made["id"], 100000, {})


def test_an_unpaid_session_has_nothing_to_give_back(
    gateway: Gateway, standin: RunningSandbox, opened: Callable[..., CheckoutSession]
) -> None:
    session = opened()
    standin.control("pay", session=session.id, outcome="decline")
    with pytest.raises(ProviderRefused, match="does not have a successful charge"):
        give_back(gateway, gateway.get_session(session.id), 1000)
