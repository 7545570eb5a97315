"""The order of the golden lines: A7K2Q, a place at a gala, fee and payout; a refund; a British and a Thai donor."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from events.catalogue.models import Event, Organisation
from events.core import clock
from events.core.db import db, transaction
from events.table_codes import coding
from payments.checkout.begin import Buyer
from payments.exports import accounts
from payments.ledger import books, posting
from payments.ledger.models import BalanceTransaction, Payout
from payments.orders.models import Order, OrderLine, Payment
from payments.pledges import course
from payments.pledges.course import Promise
from payments.receipts.models import DonorDetails, Receipt, ReceiptPart, ReceiptSeries, ReceiptSettings
from payments.refunds.models import Refund, RefundLine
from tests.support.staff import NOON, Staff, give_receipt, sell

ARRIVAL = datetime(2026, 11, 18, 5, 0, tzinfo=UTC)
Turn = Callable[[timedelta], None]


def hold_gala(staff: Staff, turn: Turn, *, hostile: str = "") -> None:
    """Everything in the books: on the 14th at noon, and on the payout's day. `hostile` names a place."""
    turn(timedelta())
    turn(NOON - clock.now())
    with staff.app.app_context():
        _bookkeeping()
        _sell(hostile)
        _promise()
        turn(timedelta())
        turn(ARRIVAL - clock.now())
        _pay_out()
        _sell_another()
        _refund()
        db.session.remove()


def _bookkeeping() -> None:
    with transaction():
        event = db.session.scalars(select(Event).filter_by(slug="dinner")).one()
        event.title = {"fr": "Gala", "en": "Gala"}
        event.organisation.receipt_profile = "TH"
        db.session.add(ReceiptSettings(organisation_id=event.organisation_id, siren="732829320"))
        accounts.keep_currency(event.organisation_id, "EUR", "test")
        accounts.keep_rate(event.organisation_id, "THB", date(2026, 1, 1), Decimal("0.0263"), "test")
        ball = db.session.scalars(select(Event).filter_by(slug="ball")).one()
        ball.currency = "GBP"


def _sell(hostile: str) -> None:
    with transaction():
        order = sell("dinner", "A7K2Q", "Hélène Moreau", [("Hélène Moreau", "")])
        order.lines[0].name = {"fr": "Place au dîner de gala", "en": hostile or "Gala dinner seat"}
        posting.sale(order, "pi_A7K2Q")
        give_receipt(order, 1)
        _details(order, tax_id="1101700207030")
    with transaction():
        gift = sell("ball", "G1F7A", "Jane House Martin", [], gift=2_000)
        posting.sale(gift, "pi_G1F7A")
        _british_receipt(gift)
        _details(gift, title="Prof", first_name="Jane", last_name="House Martin", house="12a", postcode="S19 2BD")


def _promise() -> None:
    """Two promises from the room: one is owed, a raised paddle was a mistake."""
    with transaction():
        event = db.session.scalars(select(Event).filter_by(slug="dinner")).one()
        coding.give(event.id)
        room = coding.of_room(event.id)
        if room is None:
            raise LookupError("the room has no code")
        giver = Buyer("Ngô Thị Hương", "huong@example.org", "+84 24 0000 0000", "fr")
        course.promise(room, Promise(500_000, giver), "owed")
        mistaken = course.promise(room, Promise(70_000, Buyer("", "", "", "en"), paddle="27"), "mistaken", "account:1")
        course.withdraw(mistaken, "=72, not 27", "account:1")


def _british_receipt(gift: Order) -> None:
    series = ReceiptSeries(organisation_id=gift.organisation_id, profile="UK", year=2026, last=1)
    db.session.add(series)
    db.session.flush()
    amounts = {"paid": 2_000, "benefit": 0, "eligible": 2_000}
    part = ReceiptPart(order_id=gift.id, received_at=NOON, **amounts)
    db.session.add(
        Receipt(
            series_id=series.id, sequence=1, number="UK-2026-000001", order_id=gift.id, state="issued",
            donor_name="Jane House Martin", received_at=NOON, issued_at=NOON, currency="GBP", rule_version="UK-1",
            seal="0" * 12, retain_until=date(2032, 12, 31), parts=[part], **amounts,
        )
    )  # fmt: skip
    db.session.flush()


def _details(order: Order, **values: str) -> None:
    db.session.add(
        DonorDetails(
            order_id=order.id, declaration="As agreed.", declared_at=NOON, entered_by="test", entered_at=NOON, **values
        )
    )


def _pay_out() -> None:
    """Stripe takes 101.25 of A7K2Q and sends the rest to the bank."""
    house = db.session.scalars(select(Organisation.id).order_by(Organisation.id)).first()
    with transaction():
        payout = Payout(id="po_1", organisation_id=house, status="paid", amount=239_875, currency="THB", automatic=True)
        payout.reconciliation, payout.balance_transaction_id = "completed", "txn_2"
        payout.arrival_at = payout.created_at = ARRIVAL
        charge = _movement("txn_1", "charge", 250_000, 10_125, "ch_1", "pi_A7K2Q", NOON)
        sent = _movement("txn_2", "payout", -239_875, 0, "po_1", "po_1", ARRIVAL)
        for movement in (charge, sent):
            movement.organisation_id, movement.payout_id = int(house or 0), "po_1"
        db.session.add_all([payout, charge, sent])
    for movement_id in ("txn_1", "txn_2"):
        with transaction():
            books.book(movement_id)


def _movement(
    id_: str, kind: str, amount: int, fee: int, source: str, reference: str, moment: datetime
) -> BalanceTransaction:
    return BalanceTransaction(
        id=id_, category=kind, type=kind, amount=amount, fee=fee, net=amount - fee, currency="THB", source=source,
        reference=reference, created_at=moment, available_on=moment, exchange_rate=None, booked=None,
    )  # fmt: skip


def _sell_another() -> None:
    with transaction():
        second = sell("dinner", "B3M9T", "O'Brien, Ann", [("O'Brien", "")], gift=50_000, paid_at=ARRIVAL)
        posting.sale(second, "pi_B3M9T")


def _refund() -> None:
    """The extra gift of B3M9T goes back."""
    with transaction():
        order = db.session.scalars(select(Order).filter_by(code="B3M9T")).one()
        payment = db.session.scalars(select(Payment).filter_by(order_id=order.id)).one()
        line = db.session.scalars(select(OrderLine).filter_by(order_id=order.id, kind="gift")).one()
        line.back_gift = payment.refunded = 50_000
        order.status = "partly_refunded"
        refund = Refund(
            order_id=order.id, payment_id=payment.id, amount=50_000, currency="THB", why="lines", status="succeeded",
            idempotency_key="refund:1", params={}, stripe_id="re_1", created_at=clock.now(), accepted_at=clock.now(),
        )  # fmt: skip
        refund.lines = [RefundLine(order_line_id=line.id, benefit=0, gift=50_000, fee=0)]
        db.session.add(refund)
        amounts = {"income:donations": 50_000, "liabilities:refunds_due": -50_000}
        posting.post(order, "refunds", "refund_decided", "refund:1", "Order B3M9T: to be given back", amounts)
    with transaction():
        order = db.session.get_one(Order, order.id)
        posting.refunded(order, "re_1", "liabilities:refunds_due", 50_000, "THB")
