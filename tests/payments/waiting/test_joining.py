"""Who gets into the line and how: one place for each address, and what the organiser does by hand."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.core.refusal import NotFound, Refusal
from events.core.trail import TrailEntry
from events.tickets.holding import SoldOut
from payments.orders.models import Order
from payments.waiting import joining, offering, settings
from payments.waiting.joining import Wish
from payments.waiting.models import Waiting
from tests.payments.waiting.conftest import Line, assert_clean, let_go


@pytest.mark.parametrize(
    ("kind", "count", "code"),
    [
        ("nothing", 1, "unknown_ticket_type"),
        ("seat", 9, "too_many"),
        ("seat", 5, "too_large"),
        ("table", 1, "list_closed"),
    ],
)
def test_a_wish_that_could_never_come_true_is_refused(line: Line, kind: str, count: int, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        line.ask("anna", count, kind)
    assert refused.value.code == code


def test_who_can_still_buy_does_not_wait(line: Line, pending: Callable[[int], int]) -> None:
    let_go(pending(2))
    with pytest.raises(Refusal) as refused:
        line.ask("anna", 2)
    assert refused.value.code == "places_left"
    line.join("bao", 3)
    assert line.event().ticket_types[0].left == 2  # what is on sale stays on sale


def test_one_place_for_each_address(line: Line) -> None:
    line.join("anna", 1)
    line.ask("anna", 4)
    assert [(group.count, group.status) for group in db.session.scalars(select(Waiting))] == [(1, "waiting")]
    line.ask("anna", 3)
    with pytest.raises(Refusal, match="too often"):
        line.ask("anna")


def test_until_it_is_confirmed_the_last_wish_counts(line: Line) -> None:
    secret = line.ask("anna", 1)
    line.ask("anna", 2)
    with transaction():
        joining.confirm(secret)
    assert (line.of("anna").count, line.states()) == (2, {"anna": "waiting"})


def test_one_network_asks_for_so_many_letters_an_hour(line: Line) -> None:
    with pytest.raises(Refusal, match="too often"):
        for number in range(joining.PER_NETWORK + 1):
            with transaction():
                wish = Wish("seat", 1, "Somebody", f"guest-{number}@example.org", "en", "203.0.113.7")
                joining.join(line.event(), wish)
    assert number == joining.PER_NETWORK


def test_nobody_waits_for_a_ticket_that_is_not_shown(line: Line) -> None:
    with transaction():
        line.event().ticket_types[0].hidden = True
    with pytest.raises(Refusal) as refused:
        line.ask("anna")
    assert refused.value.code == "unknown_ticket_type"


def test_who_confirms_when_the_list_is_closed_does_not_stand_in_it(line: Line) -> None:
    secret = line.ask("anna")
    with transaction():
        settings.change(line.event(), 2, False, "account:7")
    with pytest.raises(Refusal, match="closed"), transaction():
        joining.confirm(secret)
    assert line.states() == {"anna": "unconfirmed"}


def test_nobody_gets_in_by_a_link_that_was_never_mailed(line: Line) -> None:
    line.ask("anna")
    with pytest.raises(NotFound), transaction():
        joining.confirm("nonsense")


def test_staff_offer_out_of_turn_and_it_is_written_down(line: Line, pending: Callable[[int], int]) -> None:
    line.join("anna", 2)
    line.join("bao", 3)
    with pytest.raises(SoldOut), transaction():
        offering.offer_by_hand(line.event(), line.of("bao").id, "account:7")
    let_go(pending(3))
    with transaction():
        offering.offer_by_hand(line.event(), line.of("bao").id, "account:7")
    assert line.states() == {"anna": "waiting", "bao": "offered"}
    with transaction():
        offering.remove(line.event(), line.of("bao").id, "account:7")
    assert line.states() == {"anna": "offered", "bao": "removed"}
    actions = db.session.scalars(select(TrailEntry.action).where(TrailEntry.actor == "account:7")).all()
    assert actions == ["waiting.offered", "waiting.removed"]
    assert_clean()


def test_a_closed_list_takes_nobody_and_serves_who_is_in_it(line: Line, pending: Callable[[int], int]) -> None:
    line.join("anna", 1)
    with transaction():
        settings.change(line.event(), 2, False, "account:7")
    with pytest.raises(Refusal, match="closed"):
        line.ask("bao")
    let_go(pending(1))
    line.work()
    until = line.of("anna").offered_until
    assert until is not None
    assert until - clock.now() <= timedelta(hours=2)
    assert db.session.get_one(Event, line.world.event_id).waiting_list is False
    assert db.session.scalar(select(Order.id).where(Order.status == "held")) is None
