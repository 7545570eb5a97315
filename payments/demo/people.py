"""The demonstration's invented guests: they buy at the stand-in as anybody would, and the past ones came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import db, transaction
from events.door import check_in, codes, devices, pairing
from events.guests.models import Guest
from events.guests.parties import name_guest
from events.tickets.models import Ticket
from payments.checkout import begin, watching
from payments.demo.catalogue import read
from payments.gateway.sandbox import remote
from payments.orders.models import Order
from payments.orders.pricing import Wish, quote

GIFTS = {1: 100_000, 2: 0, 3: 50_000, 4: 500_000}
"""Extra gifts of the invented orders, in satang."""

SOURCES = {1: "newsletter", 3: "newsletter", 4: "poster"}
"""Words of the links by which the invented orders came."""


@dataclass(frozen=True)
class Purchase:
    """One invented order: who, what of each ticket type (by the start of its public id), and the guests in order."""

    buyer: begin.Buyer
    wanted: Mapping[str, int]
    gift: int
    guests: Sequence[Mapping[str, Any]]


def purchases() -> Iterator[Purchase]:
    """The orders of the content file: its guests grouped by order."""
    people = read("guests")["guests"]
    for number, group in groupby(people, key=lambda guest: guest["order"]):
        guests = list(group)
        first = guests[0]
        bundled = first["ticket_type"] == "table"
        yield Purchase(
            begin.Buyer(first["name"], first["email"], "", first["language"], SOURCES.get(number, "")),
            {first["ticket_type"]: 1 if bundled else len(guests)},
            GIFTS.get(number, 0),
            guests,
        )


def buy(event_id: int, purchase: Purchase, stand_in: str) -> list[str]:
    """Hold, pay at the stand-in, settle, name the guests; returns the ticket codes."""
    with transaction():
        event = db.session.get_one(Event, event_id)
        order, attempt = begin.begin(event, quote(event, wish_of(event, purchase), clock.now()), purchase.buyer)
        order_id, attempt_id = order.id, attempt.id
    session = begin.open_session(attempt_id)
    if session is None:
        raise RuntimeError("the stand-in did not open a session")
    remote.control(stand_in, "pay", {"session": session.id, "outcome": "pay"})
    watching.poll(attempt_id)
    return _name(order_id, purchase)


def wish_of(event: Event, purchase: Purchase) -> Wish:
    """What a purchase is at this evening."""
    return Wish(_public_ids(event, purchase.wanted), purchase.gift)


def _public_ids(event: Event, wanted: Mapping[str, int]) -> dict[str, int]:
    """By public id; what this evening does not offer (any more) is bought as a plain seat."""
    offered = {kind.public_id.split("-")[0]: kind for kind in event.ticket_types if kind.on_sale(clock.now())}
    return {offered.get(name, offered["seat"]).public_id: count for name, count in wanted.items()}


def _name(order_id: int, purchase: Purchase) -> list[str]:
    with transaction():
        party_id = db.session.get_one(Order, order_id).party_id
        rows = db.session.execute(
            select(Ticket, Guest).join(Guest).where(Ticket.party_id == party_id).order_by(Ticket.number)
        )
        found: list[str] = []
        for (ticket, guest), person in zip(rows, purchase.guests, strict=False):
            name_guest(ticket, guest, person["name"], person["note"])
            guest.table_name = person["table"]
            found.append(ticket.code)
    return found


def let_in(event_id: int, ticket_codes: Sequence[str], first_at: datetime) -> None:
    """The evening itself: one phone at the door, a guest every forty seconds."""
    with transaction():
        code = pairing.new_code(event_id, "Door A", None)
    with transaction():
        paired = pairing.pair(code, "Demo phone", "demo")
    if paired is None:
        raise RuntimeError("the door's phone could not be paired")
    badge = devices.get_badge(paired.token)
    for place, ticket_code in enumerate(ticket_codes):
        moment = first_at + timedelta(seconds=40 * place)
        with transaction():
            check_in.check_in(badge, check_in.Shown(tokens.new_token(16), codes.typed(ticket_code), moment))
