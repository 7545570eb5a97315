"""Receipts on paper: as they were issued, byte for byte, in a zip named by their numbers; or together, to print."""

import re
import tempfile
import zipfile
from collections.abc import Iterator

from sqlalchemy import select

from events.core.db import db, end_reading
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.exports.rows import Scope, Told
from payments.orders.models import Order
from payments.receipts import papers
from payments.receipts.models import Receipt

AT_ONCE = 250
"""Receipts that one PDF holds."""
PIECE = 64_000
"""Bytes."""


def together(scope: Scope, _language: str, _told: Told) -> Iterator[bytes]:
    """One PDF of all of them; those that do not stand say so across the page. Raises Refusal: no_receipts, too_many."""
    ids = [receipt_id for receipt_id, _number, _state in _numbers(scope)]
    if len(ids) > AT_ONCE:
        sentence = _("One PDF holds %(most)s receipts. Choose fewer days, or the zip.", most=AT_ONCE)
        raise Refusal("too_many", sentence, status=409)
    yield from papers.in_bundles(ids)
    end_reading()


def zipped(scope: Scope, _language: str, told: Told) -> Iterator[bytes]:
    """Every kept PDF, R-2026-000001.pdf; cancelled and contested ones in folders of their own."""
    numbers = _numbers(scope)
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
            for done, (receipt_id, number, state) in enumerate(numbers, start=1):
                folder = "" if state == "issued" else f"{state}/"
                # Without a moment of its own each name has the same bytes every time.
                entry = zipfile.ZipInfo(f"{folder}{re.sub('[^A-Za-z0-9._-]', '_', number)}.pdf")
                bundle.writestr(entry, papers.keep(receipt_id).pdf)
                end_reading()
                told(done)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _numbers(scope: Scope) -> list[tuple[int, str, str]]:
    query = select(Receipt.id, Receipt.number, Receipt.state).join(Order, Order.id == Receipt.order_id)
    query = query.where(scope.condition(Receipt.issued_at.expression)).order_by(Receipt.series_id, Receipt.sequence)
    found = [(receipt_id, number, state) for receipt_id, number, state in db.session.execute(query)]
    end_reading()
    if not found:
        raise Refusal("no_receipts", _("No receipt was issued in these days."), status=409)
    return found
