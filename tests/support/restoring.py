"""The drill: people buy, the machine is lost at a moment nobody chose, a copy is brought back, Stripe is asked."""

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from app import create_app
from events.core.db import db, end_reading
from payments.ledger import books
from payments.ledger.models import StrayPayment
from payments.orders.models import Payment
from payments.webhooks import reconciling
from tests.support import hurrying
from tests.support.evening import System, open_evening
from tests.support.rush import Rush, rush
from tests.support.serving import let_go, served
from tests.support.shopping import Shop

Environment = dict[str, str]
PAUSE = 0.25
"""Seconds between two orders of a buyer: few enough come that most have their pay page at once."""


@dataclass
class Lost:
    """What is left after the loss: what buyers were told."""

    crowd: Rush
    copied: list[str]
    """Acknowledged before the copy was begun."""
    paid: list[str]
    """Pay pages that were paid, and nobody told us."""


@dataclass(frozen=True)
class Machine:
    """What a loss takes with it: the web server, and what copies its disk."""

    system: System
    environment: Environment
    folder: Path
    chance: random.Random
    copier: subprocess.Popen[bytes] | None = None

    def sell_and_lose(self, copy: Callable[[], object]) -> Lost:
        """Buyers, a copy while they buy, more buyers, `kill -9` in the middle of them; every bell of Stripe is lost."""
        self.system.standin.control("faults", events={"hold": True})
        shop = Shop(self.system, open_evening(self.system, 5000))
        with served(self.system, self.environment, self.folder) as web, rush(shop, pause=PAUSE) as crowd:
            time.sleep(0.5 + self.chance.random())
            copied = list(crowd.acknowledged)
            copy()
            time.sleep(0.2 + self.chance.random() * 1.5)
            if self.copier:
                self.copier.kill()
            os.killpg(web.pid or 0, signal.SIGKILL)
        let_go(self.system)
        return Lost(crowd, copied, pay_some(self.system, crowd, self.chance))


def pay_some(system: System, crowd: Rush, chance: random.Random) -> list[str]:
    """About every other buyer pays, and we do not hear of it; whose pay pages these are."""
    opened = [session for session in crowd.acknowledged if session.startswith("cs_")]
    paid = [session for session in opened if chance.random() < 0.5] or opened[:1]
    for session in paid:
        system.standin.control("pay", session=session)
    return paid


def elsewhere(system: System, environment: Environment, url: str) -> System:
    """The same house on another database: Stripe, mail and clock are those of before."""
    environment["DATABASE_URL"] = url
    known = {name: value for name, value in environment.items() if name.isupper()}
    return replace(system, app=hurrying.hurried(create_app(known), known))


def replay(system: System) -> list[str]:
    """Ask Stripe once, as docs/running.md says, and look; let everything due be done, and look again; what is wrong."""
    with system.looking():
        reconciling.reconcile()
    found = _wrong(system)
    system.work()
    system.go_on(2 * 3600)
    system.work()
    with system.looking():
        books.read_movements()
    return [*found, *_wrong(system)]


def _wrong(system: System) -> list[str]:
    """Money that nobody speaks of, or two do, and what the audit finds.

    It may say that money came for orders that are lost: a person must look at that, on the treasurer's page.
    """
    with system.looking():
        known = set(db.session.scalars(select(Payment.reference)))
        strays = set(db.session.scalars(select(StrayPayment.reference)))
        end_reading()
    with system.standin.books.lock:
        paid = {row["payment_intent"] for row in system.standin.books.all("charge") if row["paid"]}
    return [
        *(f"nobody speaks of the money {intent}" for intent in sorted(paid - known - strays)),
        *(f"{intent} is both of an order and of nobody" for intent in sorted(known & strays)),
        *(one for one in system.violations() if not any(stray in one for stray in strays)),
    ]
