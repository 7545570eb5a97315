"""Invoices and credit notes as papers."""

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.team.access import MONEY, actor, public
from payments.offline import crediting, invoicing, listing
from payments.orders import placing


def invoice(slug: str, code: str) -> ResponseReturnValue:
    """The order's invoice on paper, in the buyer's language."""
    order = listing.get_order(get_managed_event(slug, MONEY), code)
    found = invoicing.find_invoice(order.id)
    if found is None:
        raise NotFound(_("This order has no invoice."))
    return _paper(invoicing.print_invoice(found, order.party.language), found.number)


def issue_credit_note(slug: str, code: str) -> ResponseReturnValue:
    """What went back of an invoiced order, or was never paid, on a paper with a number of its own."""
    who = actor()
    with transaction():
        number = crediting.issue(get_managed_event(slug, MONEY), code, who).number
    return redirect(url_for(".transfers", slug=slug, said="credited", code=number, _anchor="h-invoices"), 303)


def credit_note(slug: str, number: str) -> ResponseReturnValue:
    """The credit note on paper, in the buyer's language."""
    found = crediting.get_credit_note(get_managed_event(slug, MONEY), number)
    return _paper(crediting.print_credit_note(found, found.invoice.order.party.language), found.number)


@public
def own_paper(token: str, number: str) -> ResponseReturnValue:
    """The buyer's invoice or credit note, in the order's language: letters get lost."""
    order = placing.get_by_token(token)
    found = invoicing.find_invoice(order.id)
    if found is not None and found.number == number:
        return _paper(invoicing.print_invoice(found, order.party.language), number)
    for credit in found.credits if found is not None else ():
        if credit.number == number:
            return _paper(crediting.print_credit_note(credit, order.party.language), number)
    raise NotFound(_("This order has no paper with this number."))


def _paper(pdf: bytes, number: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{number}.pdf"'}
    return Response(pdf, mimetype="application/pdf", headers=headers)


ADDRESSES = (
    ("/treasury/<slug>/orders/<code>/invoice.pdf", invoice, ("GET",)),
    ("/treasury/<slug>/orders/<code>/credit-note", issue_credit_note, ("POST",)),
    ("/o/<token>/papers/<number>.pdf", own_paper, ("GET",)),
    ("/treasury/<slug>/credit-notes/<number>.pdf", credit_note, ("GET",)),
)
