"""Everything on paper for one evening, bound in one click; and what is settled with the restaurant afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.core.i18n import capitalised, language, local, moment, money, number
from events.core.i18n import gettext as _
from events.door import lists
from events.door.models import ENTRANCE, Presence
from events.seating import kitchen, paper
from events.seating.models import Catering
from events.table_codes import paper as table_cards
from events.tickets.models import Ticket


@dataclass(frozen=True)
class Settlement:
    """Covers of an evening: what was agreed, who was expected, and who came."""

    guaranteed: int
    sold: int
    comps: int
    seated: int
    price: int  # minor units a cover; 0 where none is agreed

    @property
    def due(self) -> int:
        """Covers the restaurant is paid for: those who came, and never fewer than were guaranteed."""
        return max(self.guaranteed, self.seated)


def settle(event: Event, agreed: Catering) -> Settlement:
    """Count the covers. A ticket nobody paid for is an invitation; who was let in has been served."""
    here = and_(Presence.ticket_id == Ticket.id, Presence.check_list == ENTRANCE, Presence.scan_id.is_not(None))
    counting = (
        select(
            func.count(Ticket.id),
            func.coalesce(func.sum(case((Ticket.amount == 0, 1), else_=0)), 0),
            func.count(Presence.ticket_id),
        )
        .select_from(Ticket)
        .outerjoin(Presence, here)
        .where(Ticket.event_id == event.id, Ticket.status.in_(("valid", "unpaid")))
    )
    expected, comps, seated = db.session.execute(counting).one()
    return Settlement(agreed.guaranteed, expected - comps, comps, seated, agreed.cover_price)


def settlement_pdf(event: Event) -> bytes:
    """The settlement with the restaurant, for both to sign."""
    return paper.bind([_settlement(event)])


def print_all(event: Event, *, with_table_cards: bool = False) -> bytes:
    """Lists by name and by table, the tables, the kitchen's sheet, the settlement and the place cards, as one PDF.

    The cards with codes for giving come last, for tables that were given theirs, where somebody wants them.
    """
    guests = [{"kind": "guests", **lists.as_data(event, order)} for order in lists.ORDERS]
    sheet = paper.kitchen_sheet(event, kitchen.catering_of(event))
    last = [table_cards.cards(event)] if with_table_cards else []
    return paper.bind([*guests, paper.lists(event), sheet, _settlement(event), paper.cards(event), *last])


def _settlement(event: Event) -> dict[str, Any]:
    printed = _("Printed %(moment)s", moment=moment(clock.now(), event.time_zone))
    return {
        "kind": "settlement",
        "lang": language(),
        "title": _("Settlement with the restaurant"),
        "event": local(event.title),
        "when": capitalised(moment(event.starts_at, event.time_zone)),
        "printed": printed,
        "rows": _rows(event, settle(event, kitchen.catering_of(event))),
        "signatures": [_("For the organiser"), _("For the restaurant")],
    }


def _rows(event: Event, counts: Settlement) -> Sequence[dict[str, Any]]:
    rows = [
        _row(_("Covers guaranteed"), number(counts.guaranteed)),
        _row(_("Covers sold"), number(counts.sold)),
        _row(_("Covers given to invited guests"), number(counts.comps)),
        _row(_("Covers served"), number(counts.seated), _("Guests who were let in, whether sold or invited.")),
        _row(_("Covers to pay"), number(counts.due), _("Those served, and never fewer than guaranteed."), strong=True),
    ]
    if counts.price:
        each, due = money(counts.price, event.currency), money(counts.price * counts.due, event.currency)
        rows += [_row(_("Price of a cover"), each), _row(_("To pay"), due, strong=True)]
    return rows


def _row(name: str, value: str, hint: str = "", *, strong: bool = False) -> dict[str, Any]:
    return {"name": name, "value": value, "hint": hint, "strong": strong}
