"""Everybody at once, in any order: buyers, staff, Stripe's dashboard, banks, time and bad luck, over real HTTP.

Whatever they do, at the end everything arrives, our rows are reconciled once, and the audit must find nothing.
"""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, initialize, multiple, precondition, rule

from events.core import jobs
from payments.gateway.failures import GatewayError
from payments.webhooks import reconciling
from tests.support.desk import lines_of
from tests.support.fairness import charges_of, sessions_of
from tests.support.long_evening import Basket, LongEvening
from tests.support.roads import BadRoads
from tests.support.shopping import Purchase

AT_STRIPE = ("rate_limit", "server_error", "server_error_after", "drop", "answer_lost")
ASKED = (("POST", "/v1/checkout/sessions"), ("GET", "/v1/checkout/sessions"), ("POST", "/v1/refunds"), ("GET", "/v1/"))
LONGEST = timedelta(days=20)
"""So far time goes on in one run: Stripe lists its events for thirty days."""

Made = Purchase | MultipleResults[Purchase]
BASKETS = st.sampled_from([(1, 0, ""), (2, 0, "500"), (3, 0, "1234.56"), (0, 1, ""), (0, 0, "300"), (1, 0, "20.5")])
THEN = st.sampled_from(["return", "pay", "return", "pay", "promptpay", "decline", "leave"])
OUTCOME = st.sampled_from(["pay", "pay", "decline", "later", "promptpay"])
bought = Bundle("bought")


class MoneyMachine(LongEvening):
    """One evening with nine places."""

    @initialize(target=bought, seed=st.integers(0, 1 << 32), first=st.lists(st.tuples(BASKETS, THEN), min_size=1))
    def the_roads_are_bad_and_people_order(self, seed: int, first: list[tuple[Basket, str]]) -> Made:
        self.roads = BadRoads(self.system, seed)
        orders = [self.order(basket, then) for basket, then in first[:3]]
        return multiple(*(one for one in orders if one))

    # Buyers

    @rule(target=bought, basket=BASKETS, then=THEN)
    def somebody_orders(self, basket: Basket, then: str) -> Made:
        return self.order(basket, then) or multiple()

    @rule(purchase=bought, outcome=OUTCOME, tab=st.integers(0, 3))
    def goes_to_the_pay_page(self, purchase: Purchase, outcome: str, tab: int) -> None:
        self.press(purchase, outcome, tab)

    @rule(purchase=bought, comes=st.booleans())
    def slow_money_ends(self, purchase: Purchase, comes: bool) -> None:
        for session in sessions_of(self.shop, purchase.id):
            self.switch("complete-async", session=session["id"], outcome="succeeded" if comes else "failed")

    @rule(purchase=bought)
    def comes_back(self, purchase: Purchase) -> None:
        assert purchase.come_back().status == 302

    @rule(purchase=bought)
    def goes_to_pay_again(self, purchase: Purchase) -> None:
        answer = self.shop.visitor.get(f"/o/{purchase.token}/pay")
        assert answer.status in (302, 303)

    @rule(purchase=bought)
    def looks_at_the_order(self, purchase: Purchase) -> None:
        assert (purchase.page.status, self.treasurer.desk(purchase).status) == (200, 200)

    # Staff

    @rule(
        purchase=bought,
        how=st.sampled_from(["all", "keep_gift", "amount", "gift"]),
        which=st.integers(0, 3),
        amount=st.sampled_from(["1", "100", "600", "1500"]),
    )
    def staff_give_back(self, purchase: Purchase, how: str, which: int, amount: str) -> None:
        self.touched.add(purchase.id)
        lines = lines_of(purchase, "gift" if how == "gift" else "ticket")
        wanted = {"amount": amount} if how == "amount" or not lines else {}
        wanted = wanted or {lines[which % len(lines)]: "keep_gift" if how == "keep_gift" else "all"}
        page = self.treasurer.desk(purchase).fields
        if "key" in page:
            form = {"csrf_token": page["csrf_token"], "key": page["key"]} | wanted
            assert (self.treasurer.send(purchase, form)).status in (303, 409, 422)

    @rule(purchase=bought)
    def staff_try_a_refund_again(self, purchase: Purchase) -> None:
        self.try_again(purchase)

    @rule(purchase=bought)
    def staff_cancel(self, purchase: Purchase) -> None:
        if 'cancel"' in self.treasurer.desk(purchase).text:
            self.touched.add(purchase.id)
            assert self.treasurer.press(purchase, "cancel").status in (303, 409, 503)

    # Stripe's dashboard, and banks

    @rule(purchase=bought, amount=st.sampled_from([100, 50_000, 90_000, 150_000, None]))
    def somebody_refunds_in_the_dashboard(self, purchase: Purchase, amount: int | None) -> None:
        for charge in charges_of(self.shop, purchase.id):
            self.touched.add(purchase.id)
            given = {"amount": amount} if amount else {}
            self.switch("refund", charge=charge["id"], instructions_email=purchase.email, **given)

    @rule(purchase=bought, status=st.sampled_from(["succeeded", "succeeded", "failed"]))
    def a_refund_goes_on(self, purchase: Purchase, status: str) -> None:
        charges = {charge["id"] for charge in charges_of(self.shop, purchase.id)}
        for refund in self.at_stripe("refund"):
            if refund["charge"] in charges:
                self.touched.add(purchase.id)
                self.switch("refund", refund=refund["id"], status=status)

    @rule(purchase=bought, amount=st.sampled_from([70_000, None]))
    def a_buyer_disputes(self, purchase: Purchase, amount: int | None) -> None:
        for charge in charges_of(self.shop, purchase.id):
            left = charge["amount"] - charge["amount_refunded"]
            if left:
                self.touched.add(purchase.id)
                self.switch("dispute", charge=charge["id"], amount=min(amount or left, left))

    @rule(purchase=bought, outcome=st.sampled_from(["won", "lost"]))
    def a_bank_decides(self, purchase: Purchase, outcome: str) -> None:
        self.decide(purchase, outcome)

    @rule()
    def stripe_pays_out(self) -> None:
        self.switch("payout", currency="thb")

    # Time, the worker, and faults

    @precondition(lambda self: self.passed < LONGEST)
    @rule(minutes=st.sampled_from([1, 5, 31, 33, 40, 60, 24 * 60, 72 * 60]))
    def time_goes_on(self, minutes: int) -> None:
        self.passed += timedelta(minutes=minutes)
        self.system.go_on(minutes * 60)
        self.roads.bring()

    @rule()
    def the_worker_works(self) -> None:
        self.roads.bring()
        self.system.work()

    @rule()
    def the_recurring_reconciler_runs(self) -> None:
        with self.system.looking():
            try:
                reconciling.reconcile_again({})
            except (jobs.TryLater, GatewayError):
                return

    @rule(kind=st.sampled_from(AT_STRIPE), where=st.sampled_from(ASKED), count=st.sampled_from([1, 1, 3]))
    def stripe_stumbles(self, kind: str, where: tuple[str, str], count: int) -> None:
        method, path = where
        fault = {"kind": kind, "method": method, "path": path, "count": count}
        self.system.standin.control("faults", requests=[fault])

    @rule(on=st.booleans(), refunds=st.sampled_from(["succeeded", "pending", "failed"]))
    def stripe_is_slow_with_its_books(self, on: bool, refunds: str) -> None:
        self.system.standin.control("faults", late_balance=on, refund_status=refunds)
        self.switch("book-balance")
