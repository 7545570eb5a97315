"""The name that others see: an alias where a guest chose one, on cards, lists and at the door.

The name on the ticket stays for the guest, whoever invited, and the office.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, func, select

from events.core.db import table_of
from events.core.i18n import LANGUAGES, in_language
from events.core.i18n import gettext as _
from events.guests.models import Guest, Party
from events.tickets.models import Ticket


def placeholder() -> str:
    """What stands for the name of somebody who bought at the door and gave none, in the language of the moment."""
    return _("Guest at the door")


def told(name: str | None) -> str:
    """A name for the reader: one that is a `placeholder` in any language is said in theirs."""
    return placeholder() if stands_in(name) else name or ""


def stands_in(name: str | None) -> bool:
    """Whether it is a `placeholder`, in any language: nobody is called so."""
    return name in _placeholders()


@cache
def _placeholders() -> frozenset[str]:
    words = set()
    for one in LANGUAGES:
        with in_language(one):
            words.add(placeholder())
    return frozenset(words)


def shown(alias: Any = Guest.alias, name: Any = Ticket.guest_name) -> ColumnElement[str | None]:  # noqa: ANN401
    """Of a guest in a query, who may be joined from outside; None while nobody is named."""
    return func.coalesce(func.nullif(alias, ""), name)


def host(party_id: Any = Party.id, name: Any = Party.name) -> ColumnElement[str]:  # noqa: ANN401
    """Of whoever booked, in a query with their party: who comes under an alias is not given away by their guests."""
    # Tables, not rows of ours: statements are made with it while importing, when not every room is there.
    guest, ticket = table_of(Guest).alias(), table_of(Ticket).alias()
    mine = (guest.c.party_id == party_id, guest.c.alias != "", ticket.c.guest_name == name)
    own = select(func.min(guest.c.alias)).join(ticket, ticket.c.id == guest.c.ticket_id).where(*mine)
    return func.coalesce(own.scalar_subquery(), name)
