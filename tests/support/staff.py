"""Two charities, their evenings and their staff: who may see what of whom. Days and amounts are fixed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app import create_app
from events.catalogue.models import Event, Organisation, Quota, Raised, TicketType
from events.core.db import db, transaction
from events.guests.models import Guest, Party
from events.team import signing_in
from events.team.models import Account, Membership
from events.tickets import issuing
from events.tickets.models import Ticket
from payments.orders.models import Order, OrderLine, Payment
from payments.receipts.models import Receipt, ReceiptPart, ReceiptSeries

NOON = datetime(2026, 11, 14, 5, 0, tzinfo=UTC)
"""Noon in Bangkok."""


def make_app(database_url: str, **settings: str) -> Flask:
    """The whole application on a test database. CSRF is off; tests that mean it switch it on again."""
    app = create_app(
        {
            "SECRET_KEY": "a secret for tests only",
            "DATABASE_URL": database_url,
            "PUBLIC_URL": "http://localhost",
            "STRIPE_SECRET_KEY": "sk_test_for_tests",
            "STRIPE_WEBHOOK_SECRET": "whsec_for_tests",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_DEFAULT_SENDER": "Bonsoir <bonsoir@example.org>",
            **settings,
        }
    )
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


@dataclass
class Staff:
    """The cast: ids of accounts by name, and the events they stand for."""

    app: Flask
    accounts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def signed_in(self, who: str, language: str = "en") -> Iterator[FlaskClient]:
        """A browser in which this member of staff is signed in, by a real key."""
        with self.app.app_context(), transaction():
            (account := db.session.get_one(Account, self.accounts[who])).language = language
            token = signing_in.demo_key(account)
        with self.app.test_client() as client:
            client.set_cookie("lang", language)  # what they see of the pages for everybody
            assert client.post(f"/sign-in/{token}").status_code == 303
            yield client


def set_the_table(app: Flask) -> Staff:
    """The charity of the dinner with five members of staff, another charity with one, and who bought what."""
    staff = Staff(app)
    with app.app_context(), transaction():
        dinner = _event("dinner", "Dinner for all")
        ball = _event("ball", "Ball of the others")
        for role in ("owner", "organiser", "treasurer", "door"):
            staff.accounts[role] = _account(role, dinner, role)
        staff.accounts["stranger"] = _account("stranger", ball, "owner")
        staff.accounts["nobody"] = _account("nobody")
    return staff


def sell(
    slug: str,
    code: str,
    buyer: str,
    guests: list[tuple[str | None, str]],
    *,
    gift: int = 0,
    fee_cover: int = 0,
    paid_at: datetime | None = NOON,
    status: str = "paid",
) -> Order:
    """An order of seats at 2,500 (meal 1,200) with guests as (name, note); amounts in minor units. In a transaction."""
    event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
    seat = event.ticket_types[0]
    address = f"{code.lower()}@example.org"
    party = Party(event_id=event.id, name=buyer, email=address, phone="", language="fr", created_at=NOON)
    db.session.add(party)
    db.session.flush()
    places = [issuing.Place(seat.id, None)] * (len(guests) if paid_at else 0)
    tickets = issuing.issue(event.id, party.id, places)
    for ticket, (name, note) in zip(tickets, guests, strict=False):
        ticket.guest_name = name
        db.session.add(Guest(party_id=party.id, ticket_id=ticket.id, note=note))
    unmade: list[Ticket | None] = [None] * (len(guests) - len(tickets))
    lines = [_line("ticket", seat.price, seat.benefit, seat.name, ticket) for ticket in (*tickets, *unmade)]
    lines += [_line("gift", gift, 0, {"en": "Extra gift", "fr": "Don supplémentaire"})] if gift else []
    lines += [_line("fee_cover", fee_cover, 0, {"en": "Card fees", "fr": "Frais de carte"})] if fee_cover else []
    order = Order(
        organisation_id=event.organisation_id,
        event_id=event.id,
        party_id=party.id,
        code=code,
        token=f"token-of-{code}",
        status=status,
        currency=event.currency,
        total=sum(line.amount for line in lines),
        created_at=NOON,
        held_until=NOON,
        paid_at=paid_at,
        lines=lines,
    )
    db.session.add(order)
    db.session.flush()
    if paid_at:
        _money_came(order, paid_at)
    return order


def give_receipt(order: Order, sequence: int, *, state: str = "issued", replaces: Receipt | None = None) -> Receipt:
    """A receipt with a number of one's choice, of the day the order was paid. In a transaction."""
    key = {"organisation_id": order.organisation_id, "profile": "generic", "year": 2026}
    series = db.session.scalars(select(ReceiptSeries).filter_by(**key)).first() or ReceiptSeries(**key, last=0)
    series.last = sequence
    benefit = sum(line.benefit for line in order.lines)
    receipt = Receipt(
        series=series,
        sequence=sequence,
        number=f"R-2026-{sequence:06}",
        order_id=order.id,
        state=state,
        donor_name=order.party.name,
        received_at=order.paid_at or NOON,
        issued_at=order.paid_at or NOON,
        currency=order.currency,
        paid=order.total,
        benefit=benefit,
        eligible=order.total - benefit,
        rule_version="generic-1",
        seal=f"{sequence:012x}",
        retain_until=date(2036, 12, 31),
        replaces_id=replaces.id if replaces else None,
        parts=[ReceiptPart(order_id=order.id, received_at=NOON, paid=order.total, benefit=benefit, eligible=0)],
    )
    db.session.add(receipt)
    db.session.flush()
    return receipt


def _money_came(order: Order, paid_at: datetime) -> None:
    payment = Payment(order_id=order.id, provider="stripe", reference=f"pi_{order.code}", received_at=paid_at)
    payment.amount, payment.currency = order.total, order.currency
    payment.outcome, payment.why = "fulfilled", "settled"
    db.session.add(payment)


def _line(kind: str, amount: int, benefit: int, name: dict[str, str], ticket: Ticket | None = None) -> OrderLine:
    return OrderLine(
        kind=kind,
        name=name,
        amount=amount,
        benefit=benefit,
        gift=0 if kind == "fee_cover" else amount - benefit,
        ticket_id=ticket.id if ticket else None,
    )


def _event(slug: str, title: str) -> Event:
    house = Organisation(
        bank_account="Bank of the river\nTH00 0000",
        slug=f"house-of-{slug}",
        name=f"House of the {slug}",
        legal_name=f"House of the {slug}",
        address="",
        tax_id=None,
        email=f"house@{slug}.example.org",
        phone="",
        language="fr",
        time_zone="Asia/Bangkok",
        accent_hue=None,
        accent_chroma=None,
        receipt_profile="generic",
        card_fee_bp=365,
        card_fee_fixed=1000,
        created_at=NOON,
    )
    quota = Quota(name="Seats", size=96, held=2, sold=3)
    event = Event(
        organisation=house,
        slug=slug,
        status="published",
        title={"en": title, "fr": title},
        **_evening(),
        quotas=[quota],
        ticket_types=[_seat(slug, quota)],
    )
    db.session.add(event)
    db.session.flush()
    db.session.add(Raised(event_id=event.id, gifts=850_000, benefits=360_000))
    return event


def _evening() -> dict[str, Any]:
    texts = ("kind", "hosts", "notice", "cause_link", "venue_address", "benefit_description")
    return {
        "currency": "THB",
        "time_zone": "Asia/Bangkok",
        "starts_at": datetime(2038, 2, 27, 12, 0, tzinfo=UTC),
        "ends_at": datetime(2038, 2, 27, 16, 0, tzinfo=UTC),
        "sales_end_at": datetime(2038, 2, 26, 12, 0, tzinfo=UTC),
        "language": "fr",
        "languages": ["fr", "en", "th"],
        "venue": "A garden by the river",
        "map_url": "",
        "info_url": "",
        "phone": "",
        "goal": 35_000_000,
        "gift_amounts": [50_000],
        "absent_gift": 100_000,
        **{name: {} for name in texts},
    }


def _seat(slug: str, quota: Quota) -> TicketType:
    return TicketType(
        public_id=f"seat-{slug}",
        position=1,
        name={"en": "A seat", "fr": "Une place"},
        description={},
        price=250_000,
        benefit=120_000,
        quotas=[quota],
    )


def _account(name: str, event: Event | None = None, role: str = "") -> int:
    account = Account(email=f"{name}@example.org", name=name.title(), language="en", created_at=NOON)
    db.session.add(account)
    db.session.flush()
    if event:
        db.session.add(
            Membership(account_id=account.id, organisation_id=event.organisation_id, role=role, created_at=NOON)
        )
    return account.id
