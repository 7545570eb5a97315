"""Credit notes: what an invoice no longer asks for, numbered 1, 2, 3 without a gap per organisation and year.

A company that was invoiced and got money back, or never paid, needs a paper of its own for its books: the invoice stays
as it was.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import clock, trail
from events.core.db import count_on, db
from events.core.i18n import day, gettext, in_language, language, local, money
from events.core.i18n import gettext as _
from events.core.pdf import render
from events.core.refusal import NotFound, Refusal
from events.mail import outbox
from payments.offline import invoicing
from payments.offline.models import CreditNote, CreditNoteSeries, Invoice
from payments.orders import placing
from payments.orders.models import Order
from payments.refunds.models import Refund

OVER = ("expired", "cancelled")
"""Nothing came, and nothing is waited for."""


def open_amount(invoice: Invoice) -> int:
    """What went back of the invoice's order, or was never paid, and has no credit note yet; minor units."""
    order = invoice.order
    arrived = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.order_id == order.id, Refund.status == "succeeded", Refund.why != "duplicate"
    )
    due = invoice.amount if order.status in OVER else min(int(db.session.scalars(arrived).one()), invoice.amount)
    return max(due - sum(note.amount for note in invoice.credits), 0)  # a refund may have failed since


def issue(event: Event, code: str, actor: str) -> CreditNote:
    """A credit note over all that is open, with a letter to the buyer; in the caller's transaction.

    Raises NotFound without an invoice, Refusal nothing_to_credit.

    The series' counter is the last row that others wait for.
    """
    order = db.session.scalars(select(Order).where(Order.event_id == event.id, Order.code == code)).one_or_none()
    invoice = invoicing.find_invoice(placing.lock(order.id).id) if order else None
    if invoice is None:
        raise NotFound(_("This order has no invoice."))
    db.session.refresh(invoice)
    amount = open_amount(invoice)
    if amount < 1:
        raise Refusal(
            "nothing_to_credit", _("The invoice stands as it is: nothing of it is to be credited."), status=409
        )
    moment, house = clock.now(), event.organisation
    year = moment.astimezone(ZoneInfo(house.time_zone)).year
    trail.note(actor, "credit_note.issued", code, event.organisation_id, amount=amount, currency=invoice.currency)
    series = count_on(CreditNoteSeries, {"organisation_id": house.id, "year": year})
    note = CreditNote(
        series_id=series.id,
        sequence=series.last,
        number=f"C-{year}-{series.last:06}",
        invoice_id=invoice.id,
        amount=amount,
        currency=invoice.currency,
        issued_at=moment,
        issued_by=actor,
    )
    db.session.add(note)
    db.session.flush()
    to = invoice.order.party.letter_to
    outbox.put("credit_note", f"credit-note:{note.id}", **to, credit_note_id=note.id, event_id=event.id)
    return note


def get_credit_note(event: Event, number: str) -> CreditNote:
    """The evening's credit note of this number; raises NotFound."""
    query = select(CreditNote).join(Invoice).join(Order).where(CreditNote.number == number, Order.event_id == event.id)
    note = db.session.scalars(query).one_or_none()
    if note is None:
        raise NotFound(_("There is no such credit note."))
    return note


def print_credit_note(note: CreditNote, lang: str) -> bytes:
    """The PDF, in the buyer's language; the same bytes each time."""
    with in_language(lang):
        return render("invoice.typ", _data(note), made_at=note.issued_at)


def _data(note: CreditNote) -> Mapping[str, Any]:
    invoice = note.invoice
    order, house = invoice.order, invoice.order.event.organisation
    issued = day(invoice.issued_at, house.time_zone)
    of_it = gettext("Of invoice %(number)s of %(day)s", number=invoice.number, day=issued)
    return {
        "lang": language(),
        "number": note.number,
        "seller": invoicing.seller(house),
        "buyer": invoicing.buyer(invoice),
        "for": f"{local(order.event.title)}, {day(order.event.starts_at, order.event.time_zone)}",
        "facts": _facts(note),
        "lines": [[of_it, money(note.amount, note.currency)]],
        "total": money(note.amount, note.currency),
        "account": [],
        "split": [],
        "labels": {
            "title": gettext("Credit note %(number)s", number=note.number),
            "to": gettext("To"),
            "total": gettext("Credited"),
            "account": "",
        },
    }


def _facts(note: CreditNote) -> Sequence[Sequence[str]]:
    house = note.invoice.order.event.organisation
    return [
        [gettext("Date"), day(note.issued_at, house.time_zone)],
        [gettext("Invoice"), note.invoice.number],
        [gettext("Order"), note.invoice.order.code],
    ]
