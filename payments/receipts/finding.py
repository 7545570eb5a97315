"""Which receipts there are, and which orders still may have one."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select

from events.catalogue.models import Event, Organisation
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.guests.models import Party
from payments.orders.models import Order
from payments.receipts.judging import PAID
from payments.receipts.models import Receipt, ReceiptPart


def receipts_of(event: Event) -> Sequence[Receipt]:
    """The receipts of an evening's orders, newest number first."""
    query = select(Receipt).where(Receipt.id.in_(_ids_of(event))).order_by(Receipt.id.desc())
    return db.session.scalars(query).all()


def get_receipt(event: Event, number: str) -> Receipt:
    """One of them by its number. Raises NotFound."""
    query = select(Receipt).where(Receipt.id.in_(_ids_of(event)), Receipt.number == number)
    found = db.session.scalars(query.order_by(Receipt.id.desc()).limit(1)).first()
    if found is None:
        raise NotFound(_("There is no such receipt."))
    return found


def find_sealed(number: str, seal: str) -> Receipt | None:
    """The receipt that a paper shows by its number and seal."""
    return db.session.scalars(select(Receipt).where(Receipt.number == number, Receipt.seal == seal)).first()


def without_receipt(event: Event) -> Sequence[Order]:
    """Paid orders of an evening that have no standing receipt, in the order they were placed."""
    return db.session.scalars(_open_orders().where(Order.event_id == event.id).order_by(Order.id)).all()


def open_ids(organisation_id: int, event_id: int | None = None, since: datetime | None = None) -> Sequence[int]:
    """The ids of the same, of an evening or of the whole organisation, paid since then."""
    query = _open_orders().where(Order.organisation_id == organisation_id)
    query = query.where(Order.event_id == event_id) if event_id else query
    query = query.where(Order.paid_at >= since) if since else query
    return db.session.scalars(query.with_only_columns(Order.id).order_by(Order.id)).all()


def of_year(organisation: Organisation, year: int) -> dict[int, list[int]]:
    """Donor by donor (by mail address) the orders of that year without a standing receipt, named by the first one.

    Only donors with something to combine, in the order of those first orders.
    """
    zone = ZoneInfo(organisation.time_zone)
    first, last = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    query = _open_orders().join(Party, Party.id == Order.party_id).where(Order.organisation_id == organisation.id)
    query = query.where(Order.paid_at >= first, Order.paid_at < last, Party.email != "")
    columns = query.with_only_columns(Order.id, func.lower(Party.email), Order.currency)
    donors: dict[tuple[str, str], list[int]] = {}
    for order_id, email, currency in db.session.execute(columns.order_by(Order.id)):
        donors.setdefault((email, currency), []).append(order_id)
    return {ids[0]: ids for ids in donors.values()}


def _ids_of(event: Event) -> Select[int]:
    parts = select(ReceiptPart.receipt_id).join(Order, Order.id == ReceiptPart.order_id)
    return parts.where(Order.event_id == event.id)


def _open_orders() -> Select[Order]:
    standing = select(ReceiptPart.order_id).join(Receipt).where(Receipt.state != "cancelled")
    return select(Order).where(Order.status.in_(PAID), Order.total > 0, Order.id.not_in(standing))
