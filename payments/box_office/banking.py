"""Counted cash goes to the bank: never more than lies there, and the books follow.

The change that was brought is not part of it: it belongs to whoever brought it, and never was in the books.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import aliased

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import money, plain_day
from events.core.refusal import NotFound, Refusal
from payments.box_office import drawers, expecting
from payments.box_office.models import CashDeposit, Drawer
from payments.ledger import posting
from payments.ledger.models import BANK, DOOR_CASH

BANKED, TAKEN_BACK = "cash_banked", "cash_banked_back"


@dataclass(frozen=True)
class Brought:
    """What a treasurer enters: minor units, the day at the bank, who carried it. `key` came with the form."""

    key: str
    amount: int
    on: date
    carrier: str


def standing(event_id: int) -> Sequence[CashDeposit]:
    """What was brought and not taken back, in the order of the days."""
    undone = aliased(CashDeposit)
    query = (
        select(CashDeposit)
        .outerjoin(undone, undone.takes_back == CashDeposit.id)
        .where(CashDeposit.event_id == event_id, CashDeposit.takes_back.is_(None), undone.id.is_(None))
    )
    return db.session.scalars(query.order_by(CashDeposit.banked_on, CashDeposit.id)).all()


def on_hand(drawer: Drawer) -> int:
    """What of a closed drawer is still to be brought, by the books, in minor units: without the change."""
    found = (drawer.counted or 0) - (drawer.expected or 0)
    sold = sum(one.total for one in expecting.by_device(drawer.event_id))
    return sold + found - sum(one.amount for one in standing(drawer.event_id))


def bring(event: Event, brought: Brought, actor: str) -> None:
    """Enter a deposit: from the door's cash to the bank. The same `key` again changes nothing.

    Raises Refusal: not_closed, wrong_day, too_much, nothing.
    """
    drawer = drawers.hold_closed(event.id)
    if db.session.scalar(select(CashDeposit.id).filter_by(event_id=event.id, key=brought.key)) is not None:
        return
    _demand_day(event, drawer, brought.on)
    there = on_hand(drawer)
    if brought.amount <= 0:
        raise Refusal("nothing", _("Say how much was brought."), field="amount")
    if brought.amount > there:
        left = money(max(there, 0), drawer.currency)
        raise Refusal("too_much", _("No more than %(left)s lies there, the change aside.", left=left), field="amount")
    deposit_id = _write(event, brought, actor, None)
    moved = {(BANK, drawer.currency): brought.amount, (DOOR_CASH, drawer.currency): -brought.amount}
    memo, noon = f"Cash of {event.slug} to the bank", _noon(event, brought.on)
    posting.enter(event.organisation_id, "cash", BANKED, f"deposit:{deposit_id}", memo, moved, effective=noon)
    details = {"amount": brought.amount, "on": brought.on.isoformat(), "carrier": brought.carrier}
    trail.note(actor, "drawer.banked", f"event:{event.id}", event.organisation_id, **details)


def take_back(event: Event, deposit_id: int, actor: str) -> None:
    """A deposit was entered by mistake: the cash lies there again. Once; a second time changes nothing.

    Raises NotFound, and Refusal not_closed.
    """
    drawer = drawers.hold_closed(event.id)
    wrong = db.session.scalars(select(CashDeposit).filter_by(id=deposit_id, event_id=event.id)).one_or_none()
    if wrong is None or wrong.takes_back is not None:
        raise NotFound(_("There is no such deposit."))
    if wrong not in standing(event.id):
        return
    made = _write(event, Brought(f"back:{wrong.id}", wrong.amount, wrong.banked_on, wrong.carrier), actor, wrong.id)
    moved = {(DOOR_CASH, drawer.currency): wrong.amount, (BANK, drawer.currency): -wrong.amount}
    memo, entry = f"Cash of {event.slug} was not brought to the bank", posting.entry_of(BANKED, f"deposit:{wrong.id}")
    posting.enter(event.organisation_id, "cash", TAKEN_BACK, f"deposit:{made}", memo, moved, reverses=entry)
    trail.note(actor, "drawer.banked_back", f"event:{event.id}", event.organisation_id, amount=wrong.amount)


def _write(event: Event, brought: Brought, actor: str, takes_back: int | None) -> int:
    made = CashDeposit(
        event_id=event.id,
        key=brought.key,
        amount=brought.amount,
        banked_on=brought.on,
        carrier=brought.carrier,
        entered_by=actor,
        entered_at=clock.now(),
        takes_back=takes_back,
    )
    db.session.add(made)
    db.session.flush()
    return made.id


def _demand_day(event: Event, drawer: Drawer, on: date) -> None:
    """Between the day of the close and today, where the house is."""
    zone = ZoneInfo(event.organisation.time_zone)
    now = clock.now()
    closed = (drawer.closed_at or now).astimezone(zone).date()
    if not closed <= on <= now.astimezone(zone).date():
        sentence = _("The day is between %(first)s, when the drawer was closed, and today.", first=plain_day(closed))
        raise Refusal("wrong_day", sentence, field="banked_on")


def _noon(event: Event, on: date) -> datetime:
    return datetime.combine(on, time(12), ZoneInfo(event.organisation.time_zone))
