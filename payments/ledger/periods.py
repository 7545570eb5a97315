"""Periods of the books: to which one a day belongs, and which are closed.

A period is closed once and for ever. What happens (or is heard of) later counts from the first open day on.
"""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core.db import db, insert_once
from payments.ledger.models import Books, JournalEntry

DAY = timedelta(days=1)
CLOSING, OPENING = "closing", "opening"
"""The journals of the entries that end a fiscal year and begin the next."""


def fiscal_year(day: date, start: int) -> int:
    """The fiscal year of a day, named by the calendar year in which it begins; `start` is its first month, 1 to 12."""
    return day.year if day.month >= start else day.year - 1


def end_of_month(day: date) -> date:
    """The last day of its month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def ends_year(day: date, start: int) -> bool:
    """Whether a fiscal year ends with this day."""
    return (day + DAY).day == 1 and (day + DAY).month == start


def hold(organisation_ids: Sequence[int], *, alone: bool = False) -> dict[int, date | None]:
    """How far each organisation's books are closed, held until the transaction ends: shared, or by the closer alone."""
    for organisation_id in sorted(organisation_ids):
        if db.session.get(Books, organisation_id) is None:
            insert_once(Books, {"organisation_id": organisation_id, "closed_until": None}, ["organisation_id"])
    query = select(Books.organisation_id, Books.closed_until).where(Books.organisation_id.in_(organisation_ids))
    rows = db.session.execute(query.order_by(Books.organisation_id).with_for_update(read=not alone))
    return {organisation_id: closed_until for organisation_id, closed_until in rows}


def closed_until(organisation_id: int) -> date | None:
    """The last day that is closed, or None."""
    return db.session.scalar(select(Books.closed_until).where(Books.organisation_id == organisation_id))


def date_entries(entries: Sequence[JournalEntry]) -> None:
    """Give each entry the day and the fiscal year on which it counts. In the writing transaction, before numbering."""
    wanted = sorted({entry.organisation_id for entry in entries})
    closed = hold(wanted)
    starts = {wanted_id: db.session.get_one(Organisation, wanted_id).fiscal_year_start for wanted_id in wanted}
    for entry in entries:
        until = closed[entry.organisation_id]
        if until is not None and entry.happened_on <= until and entry.journal != CLOSING:
            entry.effective_on = until + DAY
        entry.fiscal_year = fiscal_year(entry.effective_on, starts[entry.organisation_id])
