"""Taking a ticket's right to come in, and giving it back while its seat is still kept."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from events.core import facts
from events.core.db import changed, db, plainly, table_of
from events.tickets.models import Ticket


def void(ticket_ids: Iterable[int]) -> list[int]:
    """valid -> void for each; returns those that this call made void. The door refuses them from now on."""
    return _told("ticket.void", [one for one in sorted(ticket_ids) if _step(one, "valid", "void")])


def restore(ticket_ids: Iterable[int]) -> list[int]:
    """void -> valid again, for a return that came to nothing before the seats were given to others."""
    return _told("ticket.issued", [one for one in sorted(ticket_ids) if _step(one, "void", "valid")])


def get_all(ticket_ids: Iterable[int]) -> Sequence[Ticket]:
    """The tickets with these ids, in their order."""
    query = select(Ticket).where(Ticket.id.in_(list(ticket_ids))).order_by(Ticket.id)
    return db.session.scalars(query, execution_options={"populate_existing": True}).all()


def _told(kind: str, ticket_ids: list[int]) -> list[int]:
    """The same ids, after whoever listens has heard of them."""
    if ticket_ids:
        ticket = table_of(Ticket).c
        query = select(ticket.id, ticket.number, ticket.event_id).where(ticket.id.in_(ticket_ids)).order_by(ticket.id)
        for found in plainly(query).all():
            facts.tell(kind, found.event_id, [{"ticket": found.id, "number": found.number}])
    return ticket_ids


def _step(ticket_id: int, before: str, after: str) -> bool:
    statement = update(Ticket).where(Ticket.id == ticket_id, Ticket.status == before).values(status=after)
    return changed(statement) == 1
