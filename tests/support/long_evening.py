"""One evening of the money machine (money_machine.py): what people can do in it, and how it ends."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from events.core import clock
from events.core.db import db
from payments import auditing
from payments.gateway.sandbox.books import Obj
from payments.gateway.sandbox.remote import SwitchRefused
from payments.gateway.stripe_api import current_gateway
from payments.refunds.models import ENDED, Refund
from payments.webhooks import reconciling
from tests.support.desk import Treasurer, refunds_of
from tests.support.evening import System, open_evening
from tests.support.fairness import charges_of, complaints, sessions_of
from tests.support.roads import LATE, BadRoads
from tests.support.shopping import Purchase, Shop, new_email

Basket = tuple[int, int, str]
"""Seats, tables, gift in baht."""


class Houses(Protocol):
    """Where runs take place."""

    def enter(self) -> System: ...

    def leave(self, system: System | None, figures: Mapping[str, int]) -> None: ...


class LongEvening(RuleBasedStateMachine):
    """One evening with nine places, bad roads, and a treasurer."""

    roads: BadRoads

    def __init__(self, houses: Houses) -> None:
        super().__init__()
        self.houses = houses
        self.system = houses.enter()
        starts = clock.now() + timedelta(days=90)
        times = {"starts_at": starts, "ends_at": starts + timedelta(hours=4), "sales_end_at": starts}
        self.shop = Shop(self.system, open_evening(self.system, places=9, **times))
        self.treasurer = Treasurer(self.system, self.shop.evening)
        self.blank = self.shop.filled()
        self.passed = timedelta()
        self.bought: list[Purchase] = []
        self.touched: set[int] = set()  # orders that staff, dashboard or bank had a hand in

    def order(self, basket: Basket, then: str) -> Purchase | None:
        """Send the form, and do something at the pay page or not; None when the evening is sold out."""
        seats, tables, gift = basket
        evening, email = self.shop.evening, new_email()
        chosen = {f"ticket-{evening.seat}": str(seats), f"ticket-{evening.table}": str(tables), "gift": gift}
        answer = self.shop.send(self.blank | chosen | {"email": email} | ({"cover_fees": "1"} if gift else {}))
        assert answer.status in (303, 409), answer.words
        if answer.status == 409:
            return None
        purchase = self.shop.purchase(answer, email)
        self.bought.append(purchase)
        if then != "leave":
            self.press(purchase, "pay" if then == "return" else then)
        if then == "return":
            assert purchase.come_back().status == 302
        return purchase

    def press(self, purchase: Purchase, outcome: str, tab: int = 0) -> None:
        """In any tab that was ever open, also one of long ago."""
        sessions = sessions_of(self.shop, purchase.id)
        if sessions:
            self.switch("pay", session=sessions[tab % len(sessions)]["id"], outcome=outcome)

    def try_again(self, purchase: Purchase) -> None:
        """Staff press that button of every refund."""
        for refund_id in refunds_of(purchase):
            assert self.treasurer.press(purchase, f"refunds/{refund_id}/again").status in (303, 409)

    def decide(self, purchase: Purchase, outcome: str) -> None:
        """The bank closes the order's disputes: won, lost."""
        charges = {charge["id"] for charge in charges_of(self.shop, purchase.id)}
        for dispute in self.at_stripe("dispute"):
            if dispute["charge"] in charges:
                self.switch("dispute", dispute=dispute["id"], outcome=outcome)

    def teardown(self) -> None:
        """Everything arrives; then one reconcile, and nothing may be wrong."""
        if not hasattr(self, "roads"):
            return
        self.system.standin.control("faults", reset=True)
        self.switch("book-balance")
        for _ in range(4):
            self._let_arrive(LATE / 3)
        self._finish_failed_refunds()
        with self.system.looking():
            reconciling.reconcile()
        self.system.work()
        wrong = self._wrong()
        for_a_person = [line for line in wrong if self._is_for_a_person(line)]
        assert wrong == for_a_person, "\n".join(wrong)
        self.houses.leave(None if for_a_person else self.system, self._figures())

    def _let_arrive(self, time: timedelta) -> None:
        self.system.go_on(time.total_seconds())
        self.roads.bring()
        self.system.work()

    def _finish_failed_refunds(self) -> None:
        """The audit demands that staff try them again; they can once no bank contests the payment any more."""
        with self.system.looking():
            failed = set(db.session.scalars(select(Refund.order_id).where(Refund.status.in_(ENDED))))
        owing = [purchase for purchase in self.bought if purchase.id in failed]
        for purchase in owing:
            self.decide(purchase, "won")
        self._let_arrive(LATE)
        for purchase in owing:
            self.try_again(purchase)
        self._let_arrive(LATE)

    def _figures(self) -> Mapping[str, int]:
        """What this run has seen."""
        charges = [charge["id"] for purchase in self.bought for charge in charges_of(self.shop, purchase.id)]
        refunds = [refund for refund in self.at_stripe("refund") if refund["charge"] in charges]
        disputes = [dispute for dispute in self.at_stripe("dispute") if dispute["charge"] in charges]
        roads = {"events": self.roads.events, "lost": self.roads.lost, "rung": self.roads.rung}
        counted = {"orders": self.bought, "payments": charges, "refunds": refunds, "disputes": disputes}
        return {"runs": 1, **{name: len(rows) for name, rows in counted.items()}, **roads}

    def _wrong(self) -> list[str]:
        found = self.system.violations()
        with self.system.looking():
            found += [f"{row['rule']}: {row['what']}" for row in auditing.audit_against(current_gateway())]
        return [*found, *complaints(self.shop, but=self.touched)]

    def _is_for_a_person(self, finding: str) -> bool:
        """A failed refund stays owed where the stand-in takes no other, because the payment was disputed once."""
        owing = [one for one in self.bought if finding.startswith("owed:") and f" {one.public['code']} " in finding]
        return any(charge["disputed"] for one in owing for charge in charges_of(self.shop, one.id))

    def switch(self, name: str, **wanted: Any) -> None:  # noqa: ANN401 - what the switch takes
        """Press it; what the stand-in cannot do now (paid already, nothing to pay out) does not happen."""
        try:
            self.system.standin.control(name, **wanted)
        except SwitchRefused:
            return

    def at_stripe(self, kind: str) -> list[Obj]:
        with self.system.standin.books.lock:
            return self.system.standin.books.all(kind)
