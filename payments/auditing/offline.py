"""Questions about money that no card brought: it is in the books where it lies, and was entered by somebody."""

from collections.abc import Iterator

from sqlalchemy import func, select

from events.core.db import db
from payments.ledger.models import BANK, CASH, COMPS, JournalEntry, Posting
from payments.ledger.periods import CLOSING, OPENING
from payments.offline.models import Arrangement, CreditNote, CreditNoteSeries, Invoice, InvoiceSeries
from payments.orders.models import Order, OrderLine, Payment
from payments.refunds.models import TAKEN, Refund

WHERE = {"cash": CASH, "transfer": BANK}


def offline_money() -> Iterator[str]:
    """4b. What came in cash and by transfer, less what went back, is what sales and refunds booked there."""
    query = select(Refund).join(Payment).where(Refund.status.in_(TAKEN), Payment.provider != "stripe")
    back = db.session.scalars(query).all()
    for provider, account in WHERE.items():
        came = select(Payment.currency, func.sum(Payment.amount)).where(Payment.provider == provider)
        sums = _sums(came.group_by(Payment.currency))
        for refund in back:
            if refund.way == provider:
                sums[refund.currency] = sums.get(refund.currency, 0) - refund.amount
        booked = select(Posting.currency, func.sum(Posting.amount)).join(JournalEntry)
        ours = booked.where(Posting.account == account, JournalEntry.journal.in_(("sales", "refunds")))
        held = _sums(ours.group_by(Posting.currency))
        for currency in sorted(sums.keys() | held.keys()):
            if sums.get(currency, 0) != held.get(currency, 0):
                yield f"{currency}: {provider} brought {sums.get(currency, 0)}, {account} holds {held.get(currency, 0)}"


def comps() -> Iterator[str]:
    """4c. What invited guests receive is booked as a cost, order by order."""
    value = func.sum(OrderLine.comped)
    given = select(Order.id, value).join(OrderLine).join(Payment, Payment.order_id == Order.id)
    invited = given.where(Payment.provider == "comp", Order.status != "cancelled").group_by(Order.id)
    paid = {f"comp:{row[0]}": int(row[1]) for row in db.session.execute(invited)}
    entries = select(JournalEntry.ext_id, func.sum(Posting.amount)).join(Posting).group_by(JournalEntry.ext_id)
    given_away = (Posting.account == COMPS, JournalEntry.journal.not_in((CLOSING, OPENING)))
    booked = {row[0]: int(row[1]) for row in db.session.execute(entries.where(*given_away))}
    for name in sorted(paid.keys() | booked.keys()):
        if paid.get(name, 0) != booked.get(name, 0):
            yield f"{name} invites for {paid.get(name, 0)}, the books say {booked.get(name, 0)}"


def arrangements() -> Iterator[str]:
    """7b. Money without a card was entered by somebody: each such order says by whom and how."""
    query = select(Order.code, Order.way).outerjoin(Arrangement, Arrangement.order_id == Order.id)
    for code, way in db.session.execute(
        query.where(Order.way.in_(("cash", "door", "transfer", "comp")), Arrangement.id.is_(None))
    ):
        yield f"order {code} is paid by {way}, and nobody entered it"


def invoices() -> Iterator[str]:
    """16d. Invoice numbers per series are 1..last without a gap, and ask for what the order costs.

    So are those of credit notes, which take no more from an invoice than it asks for.
    """
    highest = func.coalesce(func.max(Invoice.sequence), 0)
    query = select(InvoiceSeries.id, InvoiceSeries.last, func.count(Invoice.id), highest).outerjoin(Invoice)
    for series_id, last, count, top in db.session.execute(query.group_by(InvoiceSeries.id)):
        if not last == count == top:
            yield f"invoice series {series_id} ends at {last}, but holds {count} invoices up to {top}"
    asked = select(Invoice.number, Invoice.amount, Order.total).join(Order).where(Invoice.amount != Order.total)
    for number, amount, total in db.session.execute(asked):
        yield f"invoice {number} asks for {amount}, its order costs {total}"
    yield from _credit_notes()


def _credit_notes() -> Iterator[str]:
    highest = func.coalesce(func.max(CreditNote.sequence), 0)
    series = select(CreditNoteSeries.id, CreditNoteSeries.last, func.count(CreditNote.id), highest)
    joined = series.outerjoin(CreditNote).group_by(CreditNoteSeries.id)
    for series_id, last, count, top in db.session.execute(joined):
        if not last == count == top:
            yield f"credit note series {series_id} ends at {last}, but holds {count} up to {top}"
    credited = select(Invoice.number, Invoice.amount, func.sum(CreditNote.amount)).join(CreditNote)
    for number, amount, total in db.session.execute(
        credited.group_by(Invoice.id).having(func.sum(CreditNote.amount) > Invoice.amount)
    ):
        yield f"invoice {number} asks for {amount}, and {total} of it are credited"


def _sums(query: object) -> dict[str, int]:
    return {currency: int(total) for currency, total in db.session.execute(query)}  # type: ignore[call-overload]
