"""Orders: listed, read, and entered as the treasurer's page enters them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from events.catalogue.models import Event, TicketType
from events.core import clock, trail
from events.core.db import db
from events.core.i18n import LANGUAGES
from events.core.i18n import gettext as _
from events.core.money import LARGEST
from events.core.refusal import Refusal
from events.core.typed import find_address, one_line
from payments.api import paging, shapes
from payments.api.operations import BY_EVENT, CODE, SLUG, Answer, Asked, Operation, get_event, missing, paged, within
from payments.checkout.begin import Buyer
from payments.offline import arranging
from payments.orders.models import STATUSES, WAYS, Order, OrderLine
from payments.orders.pricing import Wish

LINE = shapes.fields(
    id=shapes.whole(),
    kind=shapes.one_of(("ticket", "gift", "fee_cover")),
    name=shapes.words(),
    ticket_type=shapes.maybe(shapes.text(60)),
    ticket=shapes.maybe(shapes.whole()),
    amount=shapes.amount(),
    benefit=shapes.amount(),
    gift=shapes.amount(),
    went_back=shapes.amount(),
)
ORDER = shapes.fields(
    code=CODE,
    event=SLUG,
    status=shapes.one_of(STATUSES),
    way=shapes.one_of(WAYS),
    currency=shapes.text(3),
    total=shapes.amount(),
    created_at=shapes.moment(),
    paid_at=shapes.maybe(shapes.moment()),
    lines=shapes.many(LINE),
)
BUYER = shapes.fields(
    order=CODE,
    name={"type": "string"},
    email={"type": "string"},
    phone={"type": "string"},
    language=shapes.one_of(LANGUAGES),
)
EMAIL = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
NEW = shapes.fields(
    ("tickets", "gift", "keep_days", "phone", "language", "note"),
    event=SLUG,
    way=shapes.one_of(("comp", "cash", "transfer"), description="Invited, paid in cash, or by bank transfer."),
    name=shapes.text(120, shortest=1, examples=["Ann Example"]),
    email=shapes.text(254, EMAIL, examples=["ann@example.org"]),
    tickets=shapes.many(shapes.fields(type=shapes.text(60, shortest=1), count=shapes.whole(1, 50)), 20),
    gift=shapes.whole(0, LARGEST, description="Minor units."),
    keep_days=shapes.whole(1, 90, description="How long the seats of a bank transfer are kept.", default=14),
    phone=shapes.text(40),
    language=shapes.one_of(LANGUAGES, description="Of the letters; else the evening's own."),
    note=shapes.text(300, description="For colleagues."),
)
EXAMPLE = {
    "event": "dinner",
    "way": "comp",
    "name": "Ann Example",
    "email": "ann@example.org",
    "tickets": [{"type": "seat-dinner", "count": 1}],
}
USUAL_DAYS = 14


def list_orders(asked: Asked) -> Answer:
    """Orders within reach, the oldest first."""
    mine = (
        select(Order).where(within(asked, Order.event_id)).options(joinedload(Order.event), selectinload(Order.lines))
    )
    if "status" in asked.query:
        mine = mine.where(Order.status == asked.query["status"])
    return paging.turn(mine, Order.id, asked.page).told(_writer(asked))


def read_order(asked: Asked) -> Answer:
    """One."""
    return _writer(asked)(_get(asked))


def read_buyer(asked: Asked) -> Answer:
    """Who bought; the trail notes who wanted to know."""
    order = _get(asked)
    trail.note(asked.holder.actor, "buyer.read", order.code, order.organisation_id)
    party = order.party
    told = {"name": party.name, "email": party.email, "phone": party.phone, "language": party.language}
    return {"order": order.code, **told}


def enter(asked: Asked) -> Answer:
    """A new order. Raises Refusal: what the treasurer's page is refused."""
    body = asked.body
    event = get_event(asked, body["event"])
    counts: dict[str, int] = {}
    for one in body.get("tickets", ()):
        counts[one["type"]] = counts.get(one["type"], 0) + one["count"]
    wish = Wish(counts, body.get("gift", 0))
    order = arranging.enter(event, wish, _buyer(event, body), _terms(event, body), asked.holder.actor)
    db.session.flush()
    db.session.expire(order, ["lines"])
    return _writer(asked)(order)


def _buyer(event: Event, body: Mapping[str, Any]) -> Buyer:
    name, email = one_line(body["name"]), find_address(body["email"])
    if not name:
        raise Refusal("name_needed", _("Who is it for?"), field="name")
    if email is None:
        raise Refusal("bad_email", _("This e-mail address is not complete."), field="email")
    language = body.get("language", event.language)
    if language not in event.languages:
        raise Refusal("other_language", _("This evening does not speak that language."), field="language")
    return Buyer(name, email, one_line(body.get("phone")), language)


def _terms(event: Event, body: Mapping[str, Any]) -> arranging.Terms:
    now, note = clock.now(), one_line(body.get("note"))
    if body["way"] != "transfer":
        return arranging.Terms(body["way"], now, note=note)
    if event.starts_at <= now:
        raise Refusal("too_late", _("The evening has begun: a transfer would come too late."), field="way")
    until = min(now + timedelta(days=body.get("keep_days", USUAL_DAYS)), event.starts_at)
    return arranging.Terms("transfer", until, note=note)


def _get(asked: Asked) -> Order:
    mine = (Order.code == asked.path["code"], within(asked, Order.event_id))
    order = db.session.scalar(select(Order).where(*mine).options(joinedload(Order.event), selectinload(Order.lines)))
    if order is None:
        raise missing()
    return order


def _writer(asked: Asked) -> Callable[[Order], dict[str, Any]]:
    """Writes orders; the public ids of ticket types are looked up once for all of them."""
    types = select(TicketType.id, TicketType.public_id).where(within(asked, TicketType.event_id))
    public = {row.id: row.public_id for row in db.session.execute(types)}

    def write(order: Order) -> dict[str, Any]:
        return {
            "code": order.code,
            "event": order.event.slug,
            "status": order.status,
            "way": order.way,
            "currency": order.currency,
            "total": order.total,
            "created_at": order.created_at.isoformat(),
            "paid_at": order.paid_at.isoformat() if order.paid_at else None,
            "lines": [_write_line(line, public) for line in order.lines],
        }

    return write


def _write_line(line: OrderLine, public: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "name": line.name,
        "ticket_type": public.get(line.ticket_type_id or 0),
        "ticket": line.ticket_id,
        "amount": line.amount,
        "benefit": line.benefit,
        "gift": line.gift,
        "went_back": line.back_benefit + line.back_gift + line.back_fee,
    }


_FIRST, _MADE = {"code": "$response.body#/data/0/code"}, {"code": "$response.body#/code"}
OPERATIONS = (
    paged(
        *("/orders", "listOrders", "orders:read", "Orders, without names", ORDER, list_orders),
        query={**BY_EVENT, "status": shapes.one_of(STATUSES)},
        links={"readOrder": _FIRST, "readBuyer": _FIRST},
    ),
    Operation(
        *("POST", "/orders", "enterOrder", "orders:write"),
        *("Enter an invitation, cash or a bank transfer", ORDER, enter),
        body={**NEW, "examples": [EXAMPLE]},
        status=201,
        writes=True,
        once=True,
        refuses=(409,),
        links={"readOrder": _MADE, "readBuyer": _MADE},
    ),
    Operation("GET", "/orders/{code}", "readOrder", "orders:read", "One order", ORDER, read_order),
    Operation(
        *("GET", "/orders/{code}/buyer", "readBuyer", "guests:read"),
        *("Who bought; written into the trail", BUYER, read_buyer),
        writes=True,
    ),
)
