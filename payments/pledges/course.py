"""The course of a pledge: made once, then moved along the table of transitions by conditional updates."""

from dataclasses import dataclass

from sqlalchemy import select, update

from events.core import clock, tokens, trail
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.mail import outbox
from events.table_codes.models import TableCode
from payments.checkout.begin import Buyer
from payments.orders.models import Order
from payments.pledges import appeals
from payments.pledges.models import OWED, TRANSITIONS, Pledge, PledgeStatus

GUEST = "guest"
_ALLOWED = {(before, after) for before, after, _trigger in TRANSITIONS}


@dataclass(frozen=True)
class Promise:
    """What somebody promises: minor units, who it is, and whether the room may read the name."""

    amount: int
    giver: Buyer
    is_shown: bool = False
    paddle: str = ""


def promise(code: TableCode, wanted: Promise, form_key: str, actor: str = GUEST) -> Pledge:
    """A new pledge, or the one that this form has made already; in the caller's transaction. A letter goes with it."""
    giver, event = wanted.giver, code.event
    who = {"name": giver.name, "email": giver.email, "phone": giver.phone, "language": giver.language}
    what = {"amount": wanted.amount, "currency": event.currency, "paddle": wanted.paddle, "is_shown": wanted.is_shown}
    about = {"event_id": event.id, "code_id": code.id, "made_by": actor, "made_at": clock.now()}
    fixed = {"token": tokens.new_token(), "form_key": form_key, "status": "promised", "reminders": 0}
    is_new = insert_once(Pledge, who | what | about | fixed | {"withdrawn_why": ""}, ["form_key"])
    pledge = db.session.scalars(select(Pledge).where(Pledge.form_key == form_key)).one()
    if is_new:
        appeals.ensure(event.id)  # they say when it is remembered
        _remember(pledge, None, "promised", "promised", actor)
        trail.note(actor, "pledge.made", f"pledge:{pledge.id}", event.organisation_id, amount=pledge.amount)
        write(pledge, "pledge_made", f"pledge-made:{pledge.id}")
    return pledge


def write(pledge: Pledge, kind: str, key: str) -> bool:
    """A letter about the pledge to whoever made it; False where no address is known."""
    who = {"name": pledge.name, "email": pledge.email, "language": pledge.language}
    return outbox.put(kind, key, **who, pledge_id=pledge.id, event_id=pledge.event_id)


def get_by_token(token: str) -> Pledge:
    """The pledge behind a pay link; raises NotFound."""
    pledge = db.session.scalar(select(Pledge).where(Pledge.token == token))
    if pledge is None:
        raise NotFound(_("This promise does not exist."))
    return pledge


def get(event_id: int, pledge_id: int) -> Pledge:
    """The evening's pledge, newly read; raises NotFound."""
    query = select(Pledge).where(Pledge.event_id == event_id, Pledge.id == pledge_id)
    pledge = db.session.scalar(query, execution_options={"populate_existing": True})
    if pledge is None:
        raise NotFound(_("This promise does not exist."))
    return pledge


def move(pledge: Pledge, to_status: str, trigger: str, actor: str = "service", **values: object) -> bool:
    """Take one step of TRANSITIONS if the pledge still stands where it was read; False when someone was faster.

    Raises ValueError for a step that the table does not have.
    """
    before = pledge.status
    if (before, to_status) not in _ALLOWED:
        raise ValueError(f"a pledge does not go from {before} to {to_status}")
    here = (Pledge.id == pledge.id, Pledge.status == before)
    if not changed(update(Pledge).where(*here).values(status=to_status, **values)):
        return False
    db.session.refresh(pledge)
    _remember(pledge, before, to_status, trigger, actor)
    return True


def withdraw(pledge: Pledge, why: str, actor: str) -> None:
    """promised, lapsed -> withdrawn, in the caller's transaction. Raises Refusal: no_reason, not_owed."""
    if not why:
        raise Refusal("no_reason", _("Please say why, for whoever reads this later."), field="why")
    stands = pledge.status in OWED
    if not stands or not move(pledge, "withdrawn", "withdrawn by staff", actor, withdrawn_why=why):
        raise Refusal("not_owed", _("This promise has been paid or withdrawn meanwhile."), status=409)
    trail.note(actor, "pledge.withdrawn", f"pledge:{pledge.id}", pledge.event.organisation_id, why=why)


def order_paid(order: Order) -> None:
    """Hears of every order that has just become paid, in its transaction: the pledge it pays is paid as well."""
    mine = select(Pledge).where(Pledge.order_id == order.id)
    pledge = db.session.scalar(mine, execution_options={"populate_existing": True})
    while pledge is not None and pledge.status != "paid":
        if move(pledge, "paid", "its order is paid"):
            return
        db.session.refresh(pledge)  # somebody moved it at the same moment: money comes last, and wins


def _remember(pledge: Pledge, before: str | None, after: str, trigger: str, actor: str) -> None:
    step = {"from_status": before, "to_status": after, "at": clock.now(), "trigger": trigger, "actor": actor}
    db.session.add(PledgeStatus(pledge_id=pledge.id, **step))
    db.session.flush()
