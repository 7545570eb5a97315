"""Closing a period: nothing is added to it any more, and a fiscal year hands its balances on to the next.

The last day moves by a conditional update, so the first writer wins; there is no way back, only later corrections.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, not_, select, update

from events.catalogue.models import Organisation
from events.core import clock, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.ledger import periods, posting
from payments.ledger.models import FUNDS, Books, ClosedPeriod, JournalEntry, Posting
from payments.ledger.periods import CLOSING, DAY, OPENING

Balances = dict[tuple[str, str], int]
"""Minor units by account and currency."""
CARRIED = ("assets:", "liabilities:", "equity:")
"""Accounts that go on in the next fiscal year; all others begin at nothing."""
NOON = time(12)


def close(organisation_id: int, until: date, seen: date | None, actor: str) -> ClosedPeriod:
    """Close the books up to a day, the last of a month. `seen` is how far they were closed when the actor looked.

    In the caller's transaction. Raises Refusal: not_offered, closed_meanwhile.
    """
    organisation = db.session.get_one(Organisation, organisation_id)
    held = periods.hold([organisation_id], alone=True)[organisation_id]
    if held != seen:
        raise Refusal("closed_meanwhile", _("Somebody else has just closed a period. Please look again."), status=409)
    if until not in choices(organisation):
        raise Refusal("not_offered", _("This period cannot be closed now."), field="until")
    mine = Books.organisation_id == organisation_id
    untouched = Books.closed_until.is_(None) if seen is None else Books.closed_until == seen
    if not changed(update(Books).where(mine, untouched).values(closed_until=until)):
        raise Refusal("closed_meanwhile", _("Somebody else has just closed a period. Please look again."), status=409)
    balances = balances_until(organisation_id, until)
    row = _row(organisation, until, balances, actor)
    if row.kind == "year":
        _carry_over(organisation, until, balances)
    trail.note(actor, "books.closed", f"period:{until}", organisation_id, kind=row.kind)
    return row


def choices(organisation: Organisation) -> list[date]:
    """The days up to which the books may be closed now: month ends that are over, a fiscal year at a time."""
    closed = periods.closed_until(organisation.id)
    begin = closed + DAY if closed else _first_day(organisation.id)
    today = clock.now().astimezone(ZoneInfo(organisation.time_zone)).date()
    found: list[date] = []
    while begin is not None and (end := periods.end_of_month(begin)) < today:
        found.append(end)
        begin = None if periods.ends_year(end, organisation.fiscal_year_start) else end + DAY
    return found


def history(organisation_id: int) -> Sequence[ClosedPeriod]:
    """What was closed, the latest first."""
    query = select(ClosedPeriod).where(ClosedPeriod.organisation_id == organisation_id)
    return db.session.scalars(query.order_by(ClosedPeriod.until.desc())).all()


def begin_years_in(organisation_id: int, month: int, actor: str) -> None:
    """Set the first month of the fiscal year. Raises Refusal: no_month, and books_closed once a period is closed."""
    if not 1 <= month <= 12:
        raise Refusal("no_month", _("Choose a month."), field="month")
    if periods.hold([organisation_id], alone=True)[organisation_id] is not None:
        sentence = _("A period is closed already: the fiscal year stays as it is.")
        raise Refusal("books_closed", sentence, status=409, field="month")
    mine = Organisation.id == organisation_id
    changed(update(Organisation).where(mine).values(fiscal_year_start=month))
    trail.note(actor, "books.fiscal_year", f"organisation:{organisation_id}", organisation_id, month=month)


def balances_until(organisation_id: int, until: date) -> Balances:
    """Every account at the end of a day that is not zero, before the entries that close a year on that very day."""
    total = func.sum(Posting.amount)
    ending = and_(JournalEntry.journal == CLOSING, JournalEntry.effective_on == until)
    counts = (JournalEntry.organisation_id == organisation_id, JournalEntry.effective_on <= until, not_(ending))
    query = select(Posting.account, Posting.currency, total).join(JournalEntry).where(*counts)
    rows = db.session.execute(query.group_by(Posting.account, Posting.currency).having(total != 0))
    return {(account, currency): int(amount) for account, currency, amount in rows}


def opening(balances: Balances) -> Balances:
    """What the next fiscal year begins with: assets and debts as they are, income less cost in the funds."""
    carried = {key: amount for key, amount in balances.items() if key[0].startswith(CARRIED)}
    for (account, currency), amount in balances.items():
        if not account.startswith(CARRIED):
            carried[FUNDS, currency] = carried.get((FUNDS, currency), 0) + amount
    return {key: amount for key, amount in carried.items() if amount}


def _row(organisation: Organisation, until: date, balances: Balances, actor: str) -> ClosedPeriod:
    row = ClosedPeriod(
        organisation_id=organisation.id,
        kind="year" if periods.ends_year(until, organisation.fiscal_year_start) else "month",
        until=until,
        closed_at=clock.now(),
        closed_by=actor,
        balances=[[account, currency, amount] for (account, currency), amount in sorted(balances.items())],
    )
    db.session.add(row)
    db.session.flush()
    return row


def _carry_over(organisation: Organisation, until: date, balances: Balances) -> None:
    """Two entries: every account to nothing on the last day, and on the first what goes on. Together they are nil."""
    zone, name = ZoneInfo(organisation.time_zone), f"{organisation.id}:{until}"
    last, first = (datetime.combine(day, NOON, zone).astimezone(UTC) for day in (until, until + DAY))
    to_nothing = {key: -amount for key, amount in balances.items()}
    posting.enter(organisation.id, CLOSING, CLOSING, name, f"Books closed on {until}", to_nothing, effective=last)
    begun = opening(balances)
    posting.enter(organisation.id, OPENING, OPENING, name, f"Balances after {until}", begun, effective=first)


def _first_day(organisation_id: int) -> date | None:
    mine = JournalEntry.organisation_id == organisation_id
    return db.session.scalar(select(func.min(JournalEntry.effective_on)).where(mine))
