"""`kill -9` at every commit and every call of a provider while somebody pays, is given money back, is written to.

The table is the whole truth: a test compares it with what web server and worker really do. They may die before the
first of a story's calls, and after each of them (which is as good as before the next one). Every bell of Stripe's that
the story does not ring itself is lost; one reconcile after the restart must do.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
from sqlalchemy import select

from events.core import jobs
from events.core.db import db, transaction
from events.door import pairing
from payments.auditing import audit_against
from payments.gateway.stripe_api import current_gateway
from payments.orders.models import Order
from tests.faults.calls import IN_THE_WORKER, TABLE
from tests.support.crowd import many_before
from tests.support.desk import Treasurer, lines_of
from tests.support.evening import open_evening
from tests.support.fairness import complaints, sessions_of
from tests.support.mortal import DEAD, Mortal, mortal
from tests.support.shopping import Purchase, Shop, new_email

POINTS = [(story, number) for story, calls in TABLE.items() for number in range(len(calls) + 1)]
"""Story, and after how many of its calls the end comes."""
ROUNDS = int(os.environ.get("BONSOIR_ROUNDS", "50"))
FEW = [
    *(("turn", 2), ("turn", 3)),
    *(("order", 1), ("order", 2), ("door", 1), ("door", 2), ("return", 1), ("paid", 3), ("paid", 4), ("paid", 16)),
    *(("given back", 4), ("given back", 11)),
]


@dataclass
class Scene:
    """A story just before its act."""

    shop: Shop
    act: Callable[[], object] = lambda: None


def orders(mortal: Mortal) -> Scene:
    """Somebody presses the button of the order form."""
    shop = Shop(mortal.system, open_evening(mortal.system))
    form = shop.filled(2, gift="500")
    return Scene(shop, lambda: shop.send(form))


def sells_at_the_door(mortal: Mortal) -> Scene:
    """A volunteer sells to a guest who pays by card."""
    shop = Shop(mortal.system, open_evening(mortal.system))
    with mortal.system.looking(), transaction():
        code = pairing.new_code(shop.evening.id, "Door A", None, selling=pairing.Selling(sell=True))
    with mortal.system.looking(), transaction():
        paired = pairing.pair(code, "A phone", "a test")
    assert paired is not None
    headers = {"Authorization": f"Bearer {paired.token}"}
    sale = {"sale_id": str(uuid4()), "way": "card", "seller": "Noi", "email": new_email(), "name": "Claire Fontaine"}
    body = sale | {"tickets": {shop.evening.seat: 2}}
    return Scene(shop, lambda: mortal.system.visitor().post_json("/door/api/sales", body, headers))


def paid(mortal: Mortal) -> tuple[Shop, Purchase]:
    """Somebody has paid, and we do not know of it."""
    shop = Shop(mortal.system, open_evening(mortal.system))
    bought = shop.buy(2, gift="500")
    bought.pay()
    return shop, bought


def rings(mortal: Mortal) -> Scene:
    shop, bought = paid(mortal)
    event = mortal.system.event_of(bought.session_id)
    return Scene(shop, lambda: mortal.system.ring(event))


def comes_back(mortal: Mortal) -> Scene:
    shop, bought = paid(mortal)
    return Scene(shop, bought.come_back)


def cancels(mortal: Mortal) -> Scene:
    shop = Shop(mortal.system, open_evening(mortal.system))
    bought, treasurer = shop.buy(1), Treasurer(mortal.system, shop.evening)
    csrf, address = treasurer.desk(bought).fields["csrf_token"], treasurer.address(bought)
    return Scene(shop, lambda: treasurer.visitor.post(f"{address}/cancel", {"csrf_token": csrf}))


def gives_back(mortal: Mortal) -> Scene:
    shop, bought = paid(mortal)
    bought.come_back()
    mortal.system.work()
    treasurer = Treasurer(mortal.system, shop.evening)
    form = treasurer.form(bought, **{lines_of(bought)[0]: "all"})
    return Scene(shop, lambda: treasurer.send(bought, form))


def worker_hears(mortal: Mortal) -> Scene:
    scene = rings(mortal)
    scene.act()
    return Scene(scene.shop)


def worker_gives_back(mortal: Mortal) -> Scene:
    scene = gives_back(mortal)
    scene.act()
    return Scene(scene.shop)


def worker_serves(mortal: Mortal) -> Scene:
    """Somebody's turn in line has come."""
    shop = Shop(mortal.system, open_evening(mortal.system))
    form = shop.filled(2, gift="500")
    many_before(mortal.system, 3)
    shop.send(form)
    mortal.system.go_on(4)
    return Scene(shop)


SCENES = {
    "order": orders,
    "door": sells_at_the_door,
    "bell": rings,
    "return": comes_back,
    "cancel": cancels,
    "refund": gives_back,
    "paid": worker_hears,
    "turn": worker_serves,
    "given back": worker_gives_back,
}


@pytest.fixture(scope="module")
def house(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    """A system of these tests' own, whose web server dies more than once."""
    folder = tmp_path_factory.mktemp("mortal")
    path = shutil.copyfile(sqlite_template, folder / "bonsoir.sqlite")
    with mortal(f"sqlite:///{path}", folder) as made:
        yield made


@pytest.fixture
def ready(house: Mortal, monkeypatch: pytest.MonkeyPatch) -> Mortal:
    """Alive, on the same clock as the test."""
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(house.system.clock_file))
    return house


@pytest.fixture
def new(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mortal]:
    """A system for one point alone: an audit takes longer, the more there is."""
    with mortal(database_url, tmp_path) as made:
        monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(made.system.clock_file))
        yield made


def at_rest(mortal: Mortal) -> None:
    """No job is due but those of the story that begins now."""
    with mortal.system.looking(), transaction():
        jobs.keep_going()
    mortal.system.work()


def dies(mortal: Mortal, story: str, scene: Scene, number: int, when: Literal["before", "after"]) -> int | None:
    """The story's act with its end at a call; the exit code of whoever did it."""
    if story in IN_THE_WORKER:
        return mortal.in_the_worker(number, when)
    return mortal.in_the_server(scene.act, number, when)


def survives(mortal: Mortal, story: str, number: int) -> None:
    """Die there, start again, reconcile once: all is well, and nobody has lost money or ticket."""
    at_rest(mortal)
    scene = SCENES[story](mortal)
    code = dies(mortal, story, scene, number or 1, "after" if number else "before")
    assert code == DEAD, f"it lives ({code}) after {mortal.calls()}"
    mortal.recover(lambda: everybody_pays(scene.shop))
    with mortal.system.looking():
        beside = audit_against(current_gateway())
    assert [*mortal.system.violations(), *beside, *complaints(scene.shop)] == []


def everybody_pays(shop: Shop) -> None:
    """Whose pay page is open, pays there."""
    with shop.system.looking():
        orders = list(db.session.scalars(select(Order.id).filter_by(event_id=shop.evening.id)))
    for session in (one for order_id in orders for one in sessions_of(shop, order_id)):
        if session["status"] == "open":
            shop.system.standin.control("pay", session=session["id"])


def test_the_table_names_every_commit_and_every_call(ready: Mortal) -> None:
    assert len(POINTS) >= 20
    for story, calls in TABLE.items():
        at_rest(ready)
        scene = SCENES[story](ready)
        assert dies(ready, story, scene, 0, "before") in (None, 0)
        assert ready.calls() == [call.partition(":")[0] for call in calls], story


@pytest.mark.parametrize(("story", "number"), FEW)
def test_a_kill_loses_neither_money_nor_tickets(ready: Mortal, story: str, number: int) -> None:
    survives(ready, story, number)


@pytest.mark.soak
@pytest.mark.both_engines
@pytest.mark.parametrize(("story", "number"), POINTS)
def test_fifty_kills_at_every_point(new: Mortal, story: str, number: int) -> None:
    for _ in range(ROUNDS):
        survives(new, story, number)
