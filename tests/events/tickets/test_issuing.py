"""Tickets: numbered on from the last one, with secrets of their own."""

import pytest
from flask import Flask
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import tokens
from events.core.db import db, transaction
from events.guests.parties import new_party
from events.tickets import issuing
from events.tickets.issuing import Place
from events.tickets.models import Ticket
from tests.support import world as w


def issue(world: w.World, count: int, bundle_id: str | None = None) -> list[int]:
    """The numbers of so many new tickets."""
    with transaction():
        kind = db.session.get_one(Event, world.event_id).ticket_types[0]
        party = new_party(world.event_id, "Noa", "noa@example.org", "", "en")
        tickets = issuing.issue(world.event_id, party.id, [Place(kind.id, bundle_id)] * count)
    return [ticket.number for ticket in tickets]


def test_numbers_go_on_from_the_last(house: Flask) -> None:
    world = w.furnish()
    assert issue(world, 2) == [1, 2]
    assert issue(world, 0) == []
    assert issue(world, 3) == [3, 4, 5]


@pytest.mark.both_engines
def test_no_number_is_given_twice_when_many_are_issued_at_once(house: Flask) -> None:
    world = w.furnish()
    given = w.in_threads(house, 8, lambda number: issue(world, number + 1))
    assert sorted(number for numbers in given for number in numbers) == list(range(1, 37))
    assert all(numbers == list(range(numbers[0], numbers[0] + len(numbers))) for numbers in given)


@pytest.mark.both_engines
def test_numbers_of_a_failed_sale_are_given_again(house: Flask) -> None:
    world = w.furnish()
    with pytest.raises(LookupError), transaction():
        party = new_party(world.event_id, "Noa", "noa@example.org", "", "en")
        issuing.issue(world.event_id, party.id, [Place(1, None)] * 4)
        raise LookupError
    assert issue(world, 1) == [1]


def test_secrets_differ_and_the_hash_is_that_of_the_code(house: Flask) -> None:
    issue(w.furnish(), 8, "a table")
    tickets = list(db.session.scalars(select(Ticket)))
    assert len({ticket.code for ticket in tickets} | {ticket.token for ticket in tickets}) == 16
    assert all(ticket.code_hash == tokens.digest(ticket.code) for ticket in tickets)
    assert {(ticket.status, ticket.bundle_id, ticket.guest_name) for ticket in tickets} == {("valid", "a table", None)}
    assert tickets[0].short_number == "0001"


def test_the_first_guest_of_a_party_bears_the_buyers_name(house: Flask) -> None:
    w.pay(w.buy(w.furnish(), {"seat": 3}))
    names = list(db.session.scalars(select(Ticket.guest_name).order_by(Ticket.number)))
    assert names == [w.BUYER.name, None, None]
