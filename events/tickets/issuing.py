"""Making tickets: a number that people can read out, a code that nobody can guess, a secret address."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from events.catalogue.models import Event
from events.core import clock, facts, tokens
from events.core.db import db
from events.tickets.models import Ticket


@dataclass(frozen=True)
class Place:
    """What one ticket is made for, and what was paid for it (minor units), of which `benefit` for the meal."""

    ticket_type_id: int
    bundle_id: str | None
    amount: int = 0
    benefit: int = 0


def issue(event_id: int, party_id: int, places: Sequence[Place]) -> list[Ticket]:
    """Valid tickets for `places`, in their order, numbered on from the event's last."""
    if not places:
        return []
    first = _reserve_numbers(event_id, len(places))
    tickets = [_ticket(event_id, party_id, place, first + offset) for offset, place in enumerate(places)]
    db.session.add_all(tickets)
    db.session.flush()
    facts.tell("ticket.issued", event_id, [{"ticket": one.id, "number": one.number} for one in tickets])
    return tickets


def _ticket(event_id: int, party_id: int, place: Place, number: int) -> Ticket:
    code = tokens.new_ticket_code()
    return Ticket(
        event_id=event_id,
        party_id=party_id,
        ticket_type_id=place.ticket_type_id,
        bundle_id=place.bundle_id,
        amount=place.amount,
        benefit=place.benefit,
        number=number,
        code=code,
        code_hash=tokens.digest(code),
        token=tokens.new_token(),
        status="valid",
        issued_at=clock.now(),
    )


def _reserve_numbers(event_id: int, count: int) -> int:
    """The first of `count` ticket numbers that nobody else gets.

    The evening keeps its mark: no page shows that number, and a new one would cost whoever orders next what is kept.
    """
    taken = db.session.scalars(
        update(Event)
        .where(Event.id == event_id)
        .values(next_ticket_number=Event.next_ticket_number + count, mark=Event.mark)
        .returning(Event.next_ticket_number),
        execution_options={"synchronize_session": False},
    ).one()
    return taken - count
