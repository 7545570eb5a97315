"""Codes of an evening: one or many new ones, checked before anybody can use them; other terms; the end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select, true, update
from sqlalchemy.exc import IntegrityError

from events.catalogue.codes import DiscountCode, find_code, list_codes
from events.catalogue.models import Event, TicketType
from events.core import clock, tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from payments.orders.prices import check_code_prices

MOST: Final = 500
"""So many codes are made at once."""
TAIL: Final = 8
"""Letters after the word of such a code: 31 to the 8th, far more than anybody can try."""


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
    """The code as a row. Raises Refusal: code_taken, code_does_nothing, ends_before, over_already, price_refused."""
    _check_new(draft)
    try:
        with db.session.begin_nested():
            (code,) = _rows(event, draft, [draft.code])
    except IntegrityError as taken:  # perhaps in this very moment
        if find_code(event.id, draft.code) is None:
            raise
        raise Refusal("code_taken", _("This evening has a code of this name already."), field="code") from taken
    trail.note(actor, "code.made", f"code:{code.id}", event.organisation_id, event=event.id)
    return code


def make_many(event: Event, draft: Draft, count: int, key: str, actor: str) -> None:
    """So many codes of the same terms: the draft's word and letters nobody guesses, each for one order unless told.

    Up to MOST. The letters follow from `key`, a secret of the form that was sent: sent twice, the codes are there
    already, and stay as they are. Raises what `make` raises but code_taken.
    """
    _check_new(draft)
    word = draft.code.rstrip("-_")
    names = sorted({f"{word}-{tail}" for tail in tokens.references_of(key, count, TAIL)})
    try:
        with db.session.begin_nested():
            _rows(event, replace(draft, use_limit=draft.use_limit or 1), names)
    except IntegrityError:
        if find_code(event.id, names[0]) is None:
            raise
    else:
        trail.note(actor, "codes.made", f"event:{event.id}", event.organisation_id, name=word, codes=len(names))


def change(event: Event, code_id: int, draft: Draft, actor: str) -> None:
    """Other terms for whoever orders from now on; orders keep what they were promised.

    Raises NotFound, and Refusal: limit_below, code_does_nothing, ends_before, price_refused.
    """
    _check(draft)
    code = get(event, code_id)
    enough = true() if draft.use_limit is None else DiscountCode.uses <= draft.use_limit
    ours = update(DiscountCode).where(DiscountCode.id == code.id, enough)
    if not changed(ours.values(**_terms(draft))):
        raise Refusal("limit_below", _("Orders use it more often than that already."), status=409, field="use_limit")
    db.session.refresh(code)
    code.ticket_types = list(draft.ticket_types)
    db.session.flush()
    _check_prices(event, code)
    trail.note(actor, "code.changed", f"code:{code.id}", event.organisation_id, event=event.id)


def get(event: Event, code_id: int) -> DiscountCode:
    """The evening's code of this id; raises NotFound."""
    query = select(DiscountCode).where(DiscountCode.id == code_id, DiscountCode.event_id == event.id)
    if (code := db.session.scalar(query)) is None:
        raise NotFound(_("There is no such code."))
    return code


def end(event: Event, code_id: int, actor: str, *, together: bool = False) -> None:
    """Nobody can use the code from now on, nor those made together with it; orders keep theirs. Raises NotFound."""
    code, moment = get(event, code_id), clock.now()
    ids = [one.id for one in made_with(event, code)] if together else [code.id]
    still = or_(DiscountCode.ends_at.is_(None), DiscountCode.ends_at > moment)
    changed(update(DiscountCode).where(DiscountCode.id.in_(ids), still).values(ends_at=moment))
    trail.note(actor, "code.ended", f"code:{code_id}", event.organisation_id, event=event.id)


def made_with(event: Event, code: DiscountCode) -> list[DiscountCode]:
    """The code and those that were made together with it, the newest first."""
    return [one for one in list_codes(event.id) if batch(one) == batch(code)]


def batch(code: DiscountCode) -> tuple[datetime, str]:
    """What codes that were made together have in common: the moment, and their word."""
    word, _dash, tail = code.code.rpartition("-")
    return code.created_at, word if len(tail) == TAIL else code.code


def _rows(event: Event, draft: Draft, names: Sequence[str]) -> list[DiscountCode]:
    """One moment for all of them: by it one knows what was made together (`batch`)."""
    moment = clock.now()
    codes = [
        DiscountCode(
            event_id=event.id, code=name, created_at=moment, ticket_types=list(draft.ticket_types), **_terms(draft)
        )
        for name in names
    ]
    _check_prices(event, codes[0])
    db.session.add_all(codes)
    db.session.flush()
    return codes


def _terms(draft: Draft) -> dict[str, Any]:
    names = ("percent_bp", "amount", "use_limit", "starts_at", "ends_at", "opens_hidden", "note")
    return {name: getattr(draft, name) for name in names}


def _check(draft: Draft) -> None:
    if not (draft.percent_bp or draft.amount or draft.opens_hidden):
        raise Refusal(
            "code_does_nothing", _("Say by how much it lowers the price, or which tickets it opens."), field="off"
        )
    if draft.starts_at and draft.ends_at and draft.ends_at <= draft.starts_at:
        raise Refusal("ends_before", _("The end comes before the beginning."), field="ends_at")


def _check_new(draft: Draft) -> None:
    """A code that there is may be over; one that is made now and good for nobody was a slip of the pen."""
    _check(draft)
    if draft.ends_at and draft.ends_at <= clock.now():
        raise Refusal("over_already", _("This end is over already: nobody could use the code."), field="ends_at")


def _check_prices(event: Event, code: DiscountCode) -> None:
    if sentences := check_code_prices(event, code):
        raise Refusal("price_refused", " ".join(sentences), field="off")
