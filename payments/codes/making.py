"""A new code of an evening, checked before anybody can use it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from events.catalogue.codes import DiscountCode, find_code
from events.catalogue.models import Event, TicketType
from events.core import clock, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from payments.orders.prices import check_code_prices


@dataclass(frozen=True)
class Draft:
    """A code to be: basis points or minor units, or neither where it only opens hidden tickets."""

    code: str
    percent_bp: int | None
    amount: int | None
    use_limit: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    opens_hidden: bool
    ticket_types: tuple[TicketType, ...]
    note: str


def make(event: Event, draft: Draft, actor: str) -> DiscountCode:
    """The code as a row. Raises Refusal: code_taken, code_does_nothing, ends_before, price_refused."""
    _check(event, draft)
    code = DiscountCode(
        event_id=event.id,
        code=draft.code,
        percent_bp=draft.percent_bp,
        amount=draft.amount,
        use_limit=draft.use_limit,
        starts_at=draft.starts_at,
        ends_at=draft.ends_at,
        opens_hidden=draft.opens_hidden,
        note=draft.note,
        created_at=clock.now(),
        ticket_types=list(draft.ticket_types),
    )
    if sentences := check_code_prices(event, code):
        raise Refusal("price_refused", " ".join(sentences), field="off")
    db.session.add(code)
    db.session.flush()
    trail.note(actor, "code.made", f"code:{code.id}", event.organisation_id, event=event.id)
    return code


def end(event: Event, code_id: int, actor: str) -> None:
    """Nobody can use the code from now on; orders that hold it keep it. Raises NotFound."""
    moment = clock.now()
    ours = update(DiscountCode).where(DiscountCode.id == code_id, DiscountCode.event_id == event.id)
    if not changed(ours.values(ends_at=moment)):
        raise NotFound(_("There is no such code."))
    trail.note(actor, "code.ended", f"code:{code_id}", event.organisation_id, event=event.id)


def _check(event: Event, draft: Draft) -> None:
    if find_code(event.id, draft.code) is not None:
        raise Refusal("code_taken", _("This evening has a code of this name already."), field="code")
    if not (draft.percent_bp or draft.amount or draft.opens_hidden):
        raise Refusal(
            "code_does_nothing", _("Say by how much it lowers the price, or which tickets it opens."), field="off"
        )
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise Refusal("ends_before", _("The end comes before the beginning."), field="ends_at")
