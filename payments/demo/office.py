"""What else the office of the demonstration shows: a code, a token, an address that was told, a letter that came back.

The address is nobody's and switched off, so that nothing is ever sent to it; what it was told can be looked at.
"""

import json
from datetime import timedelta

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import db, transaction
from events.mail.models import Letter
from payments.api import keys
from payments.codes import making
from payments.codes.making import Draft
from payments.hooks.models import Delivery, Endpoint
from payments.orders.models import Order

ADDRESS = "https://programs.example.org/bonsoir"
TOLD = (("delivered", 204, ""), ("delivered", 204, ""), ("failed", 503, "it answered 503"))
"""How the messages about the first orders ended."""
BOUNCE = "550 5.1.1 no such mailbox (invented)"
FRIENDS = Draft("LANTERN", 1_000, None, 20, None, None, False, (), "Friends of the house, by telephone")


def furnish(event_id: int, account_id: int) -> None:
    """All of it for one evening, by the organiser's account."""
    with transaction():
        event = db.session.get_one(Event, event_id)
        making.make(event, FRIENDS, f"account:{account_id}")
        _let_come_back(event_id)
        _connect(event, account_id)


def _let_come_back(event_id: int) -> None:
    """The newest letter to a buyer never arrived: staff may correct the address and send it again."""
    mine = (Letter.event_id == event_id, Letter.kind == "order_paid", Letter.sent_at.is_(None))
    letter = db.session.scalars(select(Letter).where(*mine).order_by(Letter.id.desc()).limit(1)).first()
    if letter is not None:
        letter.bounced_at, letter.bounce = clock.now(), BOUNCE


def _connect(event: Event, account_id: int) -> None:
    """A token nobody holds, and an address with its messages."""
    now = clock.now()
    scopes = ["events:read", "tickets:read"]
    until = now + timedelta(days=90)
    draft = keys.Draft(event.organisation_id, event.id, "Seats left, on our website", scopes, until)
    keys.make(draft, account_id)
    endpoint = Endpoint(
        organisation_id=event.organisation_id,
        url=ADDRESS,
        kinds=["order.paid", "ticket.void"],
        nonce=tokens.new_token(),
        made_by=f"account:{account_id}",
        created_at=now,
        failures=9,
        failing_since=now,
        off_at=now,
    )
    db.session.add(endpoint)
    db.session.flush()
    _tell(endpoint, event)


def _tell(endpoint: Endpoint, event: Event) -> None:
    mine = select(Order).where(Order.event_id == event.id, Order.status == "paid").order_by(Order.id)
    for order, (state, code, error) in zip(db.session.scalars(mine), TOLD, strict=False):
        now = clock.now()
        data = {"event": event.slug, "order": order.code, "status": order.status}
        body = json.dumps({"type": "order.paid", "timestamp": now.isoformat(), "data": data}, separators=(",", ":"))
        message = Delivery(
            endpoint_id=endpoint.id,
            message_id=f"msg_{tokens.new_token()}",
            kind="order.paid",
            body=body,
            state=state,
            created_at=now,
            put_at=now,
            tries=1 if code < 300 else 9,
            tried_at=now,
            code=code,
            error=error,
        )
        db.session.add(message)
