"""What buyers said with their gifts, for whoever runs the evening: whom to thank by name, and who may be written to."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import short_moment
from events.core.spreadsheets import neutralised
from events.guests import asking
from events.guests.asking import Asked, Put
from events.guests.models import Answer, Party, PartyAnswer
from events.tickets.models import Ticket
from payments.giving.models import Anonymity, Consent
from payments.orders.models import Order

KEPT = ("paid", "partly_refunded")


@dataclass(frozen=True)
class Giver:
    """One paid order. `answers` are questions to whoever ordered, those that were answered."""

    order: Order
    answers: Sequence[Asked]

    @property
    def says_something(self) -> bool:
        """Whether there is more to read than a name."""
        return bool(self.answers or self.order.dedication or self.order.anonymity)


def givers(event: Event) -> list[Giver]:
    """Everybody whose order stands, by name."""
    around = (joinedload(Order.party), selectinload(Order.dedication), selectinload(Order.anonymity))
    query = select(Order).join(Party, Party.id == Order.party_id).where(Order.event_id == event.id)
    orders = db.session.scalars(query.where(Order.status.in_(KEPT)).order_by(Party.name, Order.id).options(*around))
    answers = _answers(event)
    return [Giver(order, answers.get(order.party_id, ())) for order in orders]


def _answers(event: Event) -> Mapping[int, list[Asked]]:
    """By party, in the order of the questions."""
    found: dict[int, list[Asked]] = {}
    for question in asking.questions(event.id, "order"):
        for row in db.session.scalars(select(PartyAnswer).where(PartyAnswer.question_id == question.id)):
            value = row.words if row.choice is None else str(row.choice)
            found.setdefault(row.party_id, []).append(Asked(question, value))
    return found


def guest_answers(event: Event) -> list[tuple[Put, list[tuple[str, list[str]]]]]:
    """Each question to guests with what was answered, most often first, and by whom: name on the ticket and number."""
    mine = (Ticket.event_id == event.id, Ticket.status == "valid")
    found = []
    for question in asking.questions(event.id, "ticket"):
        query = select(Answer, Ticket).join(Ticket, Ticket.id == Answer.ticket_id).where(*mine)
        said: dict[str, list[str]] = {}
        for row, ticket in db.session.execute(query.where(Answer.question_id == question.id).order_by(Ticket.number)):
            value = row.words if row.choice is None else str(row.choice)
            who = " ".join(filter(None, (ticket.guest_name, ticket.short_number)))
            said.setdefault(Asked(question, value).shown, []).append(who)
        found.append((question, sorted(said.items(), key=lambda item: -len(item[1]))))
    return found


def thanked(event: Event) -> list[str]:
    """Names that may be told when donors are thanked, each once: on a screen, in a speech. None unless that is done."""
    if not event.names_givers:
        return []
    hidden = select(Anonymity.order_id).where(Anonymity.order_id == Order.id).exists()
    mine = (Order.event_id == event.id, Order.status.in_(KEPT), Order.total > 0, ~hidden, Party.name != "")
    return list(db.session.scalars(select(Party.name).join(Order).where(*mine).distinct().order_by(Party.name)))


def consents(event: Event, organiser: str) -> list[Consent]:
    """Who allowed this organiser to write and has not taken it back, by the day they did."""
    mine = (Order.event_id == event.id, Order.status.in_(KEPT), Consent.organiser == organiser)
    alive = (Consent.withdrawn_at.is_(None), Party.email != "")
    query = select(Consent).join(Order, Order.id == Consent.order_id).join(Party, Party.id == Order.party_id)
    return list(db.session.scalars(query.where(*mine, *alive).order_by(Consent.id)))


def write_csv(event: Event, organiser: str) -> Iterator[bytes]:
    """Their names and addresses, with when and in which words: UTF-8 with BOM, CRLF. Nobody else's are in it."""
    yield "\ufeff".encode()
    yield _row([_("Name"), _("E-mail"), _("Language"), _("Agreed"), _("In these words"), _("Wording")])
    for one in consents(event, organiser):
        party, when = one.order.party, short_moment(one.given_at, event.time_zone, "en")
        yield _row([party.name, party.email, party.language, when, one.wording, one.version])


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([neutralised(cell) for cell in cells])
    return text.getvalue().encode()


def organisers(event: Event) -> list[tuple[str, str, int]]:
    """(key, name, how many agreed) of those who ask this evening, or have asked."""
    known = [("own", event.organisation.name), ("co", event.co_organiser or _("Co-organiser"))]
    counted = [(key, name, len(consents(event, key))) for key, name in known]
    asks = {"own": event.asks_news, "co": bool(event.co_organiser)}
    return [(key, name, count) for key, name, count in counted if count or asks[key]]
