"""From a fact to a receiver: told with the fact or not at all, tried again, given up, sent again."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from events.catalogue.models import Event, Organisation
from events.core import clock, facts
from events.core.db import db, transaction
from events.core.jobs import Job
from events.core.trail import TrailEntry
from events.door import check_in, codes, undoing
from events.door.devices import Badge
from events.team.models import Account
from events.tickets import replacing, voiding
from events.tickets.models import Ticket
from payments.hooks import endpoints, signing
from payments.hooks.models import Delivery, Endpoint
from payments.orders import placing
from tests.payments.hooks.conftest import DAY, Receiver, Told, deliveries, work
from tests.support import world

SCAN = "6f1f3b0a-9d0c-4d8e-8a55-2f6f3c1d0e4b"
Turn = Callable[[timedelta], None]


@pytest.mark.both_engines
def test_a_paid_order_and_its_tickets_are_told_in_ids_and_codes(receiver: Receiver, told: Told) -> None:
    here = world.furnish()
    endpoint_id = told(here.organisation_id)
    order_id = world.buy(here, {"seat": 2})
    world.pay(order_id)
    assert work() == 3
    order = world.order(order_id)
    ticket_ids = sorted(db.session.scalars(select(Ticket.id)))
    assert receiver.facts == [
        ("order.paid", {"event": "dinner", "order": order.code, "status": "paid"}),
        ("ticket.issued", {"event": "dinner", "ticket": ticket_ids[0], "number": 1}),
        ("ticket.issued", {"event": "dinner", "ticket": ticket_ids[1], "number": 2}),
    ]
    secret = signing.secret_of(db.session.get_one(Endpoint, endpoint_id).nonce)
    for (headers, body), row in zip(receiver.heard, deliveries(), strict=True):
        assert (row.state, row.code, row.tries, row.body.encode()) == ("delivered", 204, 1, body)
        moment = row.tried_at
        assert moment is not None
        signed = signing.headers(secret, row.message_id, moment, body)
        assert headers["webhook-id"] == row.message_id
        assert abs(int(headers["webhook-timestamp"]) - int(signed["webhook-timestamp"])) <= 2
        assert headers["content-type"] == "application/json"
        assert not any(name in body.decode() for name in ("Claire", "claire@example.org", "+33"))


def test_a_fact_that_is_taken_back_is_told_to_nobody(house: Flask, told: Told) -> None:
    here = world.furnish()
    told(here.organisation_id)
    with pytest.raises(RuntimeError), transaction():
        facts.tell("order.paid", here.event_id, [{"order": "NEVER"}])
        raise RuntimeError
    assert deliveries() == []
    assert work() == 0


def test_each_hears_what_it_asked_for_of_its_own_house_and_evening(receiver: Receiver, told: Told) -> None:
    here = world.furnish()
    told(another(world.organisation(slug="others", name="Others"), "ball").organisation_id)
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "OURS1"}])
    assert deliveries() == []
    with transaction():
        db.session.execute(delete(Endpoint))
    told(here.organisation_id, here.event_id, ("order.paid", "ticket.void"))
    second = another(db.session.get_one(Event, here.event_id).organisation, "second")
    with transaction():
        for kind in ("order.paid", "order.cancelled"):
            facts.tell(kind, here.event_id, [{"order": "OURS1"}])
            facts.tell(kind, second.id, [{"order": "OURS2"}])
    assert [(one.kind, json.loads(one.body)["data"]["order"]) for one in deliveries()] == [("order.paid", "OURS1")]


def another(owner: Organisation, slug: str) -> Event:
    """One more evening."""
    event = world.evening(owner, slug=slug)
    for kind in event.ticket_types:
        kind.public_id = f"{kind.public_id}-{slug}"
    db.session.rollback()
    with transaction() as session:
        session.add(event)
    return event


def test_tickets_and_orders_that_end_are_told(receiver: Receiver, told: Told) -> None:
    here = world.furnish()
    told(here.organisation_id)
    order_id, left = world.buy(here), world.buy(here)
    world.pay(order_id)
    (ticket_id,) = db.session.scalars(select(Ticket.id))
    with transaction():
        voiding.void([ticket_id])
    with transaction():
        voiding.void([ticket_id])  # it is void already: nothing happened
        voiding.restore([ticket_id])
    with transaction():
        new = replacing.replace(ticket_id).id
    with transaction():
        placing.move(placing.lock(left), "cancelled", "called off before it was paid", "buyer")
        order = placing.lock(order_id)
        placing.move(order, "partly_refunded", "refund succeeded")
        placing.move(order, "refunded", "refund succeeded")
    work()
    assert [(kind, data.get("ticket", data.get("status"))) for kind, data in receiver.facts] == [
        ("order.paid", "paid"),
        ("ticket.issued", ticket_id),
        ("ticket.void", ticket_id),
        ("ticket.issued", ticket_id),
        ("ticket.void", ticket_id),
        ("ticket.issued", new),
        ("order.cancelled", "cancelled"),
        ("order.refunded", "partly_refunded"),
        ("order.refunded", "refunded"),
    ]


@pytest.mark.both_engines
def test_who_comes_in_and_who_is_let_out_again_is_told(receiver: Receiver, told: Told) -> None:
    here = world.furnish()
    world.pay(world.buy(here))
    told(here.organisation_id, None, ("admission.recorded",))
    ticket = db.session.scalars(select(Ticket)).one()
    badge, shown = at_the_door(here), check_in.Shown(SCAN, codes.typed(ticket.code))
    with transaction():
        assert check_in.check_in(badge, shown)["verdict"] == "admitted"
    with pytest.raises(check_in.AnsweredMeanwhile), transaction():
        check_in.check_in(badge, shown)  # the same scan once more is no second admission
    for _twice in range(2):
        with transaction():
            undoing.undo(badge, SCAN)
    work()
    assert [(kind, data["ticket"], data["scan_id"], data["undone"]) for kind, data in receiver.facts] == [
        ("admission.recorded", ticket.id, SCAN, False),
        ("admission.recorded", ticket.id, SCAN, True),
    ]
    assert not any(secret in str(receiver.heard) for secret in (ticket.code, ticket.token, ticket.code_hash, "Claire"))


def at_the_door(here: world.World) -> Badge:
    """A person who enters ticks from paper."""
    with transaction() as session:
        account = Account(email="door@example.org", name="Door", language="en", created_at=clock.now())
        session.add(account)
        session.flush()
        until = clock.now() + DAY
        return Badge(None, here.organisation_id, here.event_id, "main", "paper", until, entered_by=account.id)


def test_who_does_not_answer_rests_and_hears_the_same_message_later(
    receiver: Receiver, told: Told, turn_clock: Turn
) -> None:
    here = world.furnish()
    endpoint_id = told(here.organisation_id)
    receiver.answers = [500, 302]
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "FIRST"}, {"order": "SECOND"}])
    assert work() == 2
    assert len(receiver.heard) == 1  # the second message was not even tried: its endpoint rests
    assert [(one.state, one.tries, one.error) for one in deliveries()] == [
        ("waiting", 1, "it answered 500"),
        ("waiting", 0, ""),
    ]
    turn_clock(timedelta(seconds=15))
    work()
    assert db.session.get_one(Endpoint, endpoint_id, populate_existing=True).failures == 2
    turn_clock(timedelta(minutes=10))
    work()
    assert [one.state for one in deliveries()] == ["delivered", "delivered"]
    ids = [headers["webhook-id"] for headers, _body in receiver.heard]
    assert len(ids) == 4
    assert len(set(ids)) == 2
    assert db.session.get_one(Endpoint, endpoint_id, populate_existing=True).failing_since is None


def test_after_three_days_it_is_switched_off_and_the_trail_says_so(
    receiver: Receiver, told: Told, turn_clock: Turn
) -> None:
    here = world.furnish()
    endpoint_id = told(here.organisation_id)
    receiver.answers = [500] * 100
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "FIRST"}])
    for hours in (0, 1, 20, 40, 60, 71, 73):
        turn_clock(timedelta(hours=hours))
        work()
    assert db.session.get_one(Endpoint, endpoint_id, populate_existing=True).off_at is not None
    assert [one.state for one in deliveries()] == ["failed"]
    assert db.session.scalars(select(TrailEntry.actor).where(TrailEntry.action == "webhook.off")).all() == ["service"]
    heard = len(receiver.heard)
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "SECOND"}])
    turn_clock(5 * DAY)
    work()
    assert (len(receiver.heard), len(deliveries())) == (heard, 1)
    assert set(db.session.scalars(select(Job.status).where(Job.kind == "deliver_hook"))) == {"done"}


def test_a_message_is_sent_again_under_its_own_id(receiver: Receiver, told: Told) -> None:
    here = world.furnish()
    endpoint_id = told(here.organisation_id)
    with transaction():
        endpoints.ping(db.session.get_one(Endpoint, endpoint_id))
    work()
    with transaction():
        endpoints.send_again(db.session.get_one(Endpoint, endpoint_id), deliveries()[0].id)
    assert deliveries()[0].state == "waiting"
    work()
    first, second = receiver.heard
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]
    assert receiver.facts[0] == ("test.ping", {"webhook": endpoint_id})


def test_what_is_taken_away_is_told_nothing(receiver: Receiver, told: Told) -> None:
    here = world.furnish()
    endpoint_id = told(here.organisation_id)
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "FIRST"}])
    with transaction():
        endpoints.remove(db.session.get_one(Endpoint, endpoint_id), "account:1")
    assert work() == 1
    assert receiver.heard == []
    assert db.session.scalars(select(Delivery)).all() == []


def test_old_messages_are_forgotten(receiver: Receiver, told: Told, turn_clock: Turn) -> None:
    here = world.furnish()
    told(here.organisation_id)
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "FIRST"}])
    work()
    turn_clock(31 * DAY)
    with transaction():
        facts.tell("order.paid", here.event_id, [{"order": "SECOND"}])
    work()
    assert [json.loads(one.body)["data"]["order"] for one in deliveries()] == ["SECOND"]
