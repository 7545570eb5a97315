"""A late guest of the demonstration's past evening pays in cash at the door; afterwards two people count the drawer."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, end_reading, transaction
from events.door import check_in, codes, devices, pairing
from events.door.check_in import Shown
from events.door.pairing import Selling
from events.team.models import Account, Membership
from events.tickets.models import Ticket
from payments.box_office import banking, closing, drawers, record, selling
from payments.box_office.banking import Brought
from payments.box_office.models import DoorSale
from payments.box_office.selling import Asked
from payments.checkout.begin import Buyer
from payments.orders.pricing import Wish

CHANGE = 200_000
"""Satang that were brought: notes of a hundred and twenty baht."""
SALE, SCAN = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
LATE_GUEST = Buyer("Mali Sommut", "", "", "th")
WHY = "Invented for the demonstration: a twenty-baht note too few came back as change"
MISSING = 2_000


def sell_and_close(event_id: int) -> None:
    """One seat in cash, let in at once; then the treasurer and a volunteer count, find too little, and sign."""
    with transaction() as session:
        treasurer = _account("treasurer")
        drawers.set_float(session.get_one(Event, event_id), CHANGE, f"account:{treasurer}")
    _sell(event_id)
    counters = (treasurer, _account("door"))
    end_reading()
    with transaction() as session:
        drawers.begin_count(session.get_one(Event, event_id), f"account:{treasurer}")
    for one in counters:
        with transaction() as session:
            drawers.count(session.get_one(Event, event_id), one, _pieces(event_id))
    for one in counters:
        with transaction() as session:
            _sign(session.get_one(Event, event_id), one)
    _issue(event_id)
    _bring(event_id, treasurer)


def _bring(event_id: int, treasurer: int) -> None:
    """Most of it goes to the bank the same night; the rest is left for whoever tries the page."""
    with transaction() as session:
        event = session.get_one(Event, event_id)
        today = clock.now().astimezone(ZoneInfo(event.organisation.time_zone)).date()
        amount = (_taken(event_id) - MISSING) // 200_000 * 100_000
        banking.bring(event, Brought("the-demonstration-s-own", amount, today, "Mint"), f"account:{treasurer}")


def _sell(event_id: int) -> None:
    with transaction():
        code = pairing.new_code(event_id, "Box office", None, selling=Selling(sell=True))
    with transaction():
        paired = pairing.pair(code, "Demo box office", "demo")
    if paired is None:
        raise RuntimeError("the box office's phone could not be paired")
    with transaction() as session:
        badge, event = devices.get_badge(paired.token), session.get_one(Event, event_id)
        wish = Wish({selling.offered(event)[0].public_id: 1})
        party_id = selling.sell(badge, Asked(SALE, wish, "cash", "Mint", LATE_GUEST)).order.party_id
        ticket = session.scalars(select(Ticket).filter_by(party_id=party_id)).one()
        check_in.check_in(badge, Shown(SCAN, codes.typed(ticket.code)))


def _account(role: str) -> int:
    return db.session.scalars(select(Account.id).join(Membership).where(Membership.role == role).limit(1)).one()


def _pieces(event_id: int) -> dict[int, int]:
    """What the two find: one small note less than the ledger says."""
    drawer = drawers.find_drawer(event_id)
    if drawer is None:
        raise RuntimeError("the box office has sold nothing")
    left, found = drawer.float_amount + _taken(event_id) - MISSING, dict[int, int]()
    for value in (100_000, 50_000, 10_000, 2_000):
        found[value], left = divmod(left, value)
    return found


def _taken(event_id: int) -> int:
    return sum(sale.order.total for sale in db.session.scalars(select(DoorSale).filter_by(event_id=event_id)))


def _sign(event: Event, account_id: int) -> None:
    drawer = drawers.find_drawer(event.id)
    statement = closing.find_statement(drawer) if drawer else None
    if statement is None:
        raise RuntimeError("the counts of the demonstration do not agree")
    closing.sign(event, account_id, statement.digest, WHY)


def _issue(event_id: int) -> None:
    event, drawer = db.session.get_one(Event, event_id), drawers.find_drawer(event_id)
    if drawer is None:
        raise RuntimeError("the box office has sold nothing")
    paper = record.print_record(event, drawer)
    with transaction():
        record.keep(drawer, paper)
