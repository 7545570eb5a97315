"""Addresses that are told what happens, as programs manage them."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from events.core.db import db
from payments.api import paging, shapes
from payments.api.operations import SLUG, Answer, Asked, Operation, get_event, paged
from payments.hooks import endpoints, signing
from payments.hooks.kinds import KINDS
from payments.hooks.models import STATES, Delivery, Endpoint
from payments.hooks.reaching import LONGEST_ADDRESS

_WANTED = shapes.many(shapes.one_of(list(KINDS)), len(KINDS), 1, uniqueItems=True)
_SEEN = {
    "id": shapes.whole(),
    "url": {"type": "string"},
    "event": shapes.maybe(SLUG),
    "kinds": shapes.many(shapes.one_of(list(KINDS))),
    "created_at": shapes.moment(),
    "failing_since": shapes.maybe(shapes.moment()),
    "off_at": shapes.maybe(shapes.moment()),
}
WEBHOOK = shapes.fields(**_SEEN)
MADE = shapes.fields(**_SEEN, secret={"type": "string", "description": "Shown this once: it signs every message."})
NEW = shapes.fields(
    ("event",),
    url=shapes.text(LONGEST_ADDRESS, r"^https?://[!-~]+$", examples=["https://hooks.example.org/bonsoir"]),
    kinds=_WANTED,
    event={**SLUG, "description": "Of this evening alone."},
)
DELIVERY = shapes.fields(
    id=shapes.whole(),
    message_id={"type": "string"},
    kind={"type": "string"},
    state=shapes.one_of(STATES),
    created_at=shapes.moment(),
    tries=shapes.whole(0),
    tried_at=shapes.maybe(shapes.moment()),
    code={"type": ["integer", "null"], "description": "HTTP status of the last answer."},
    error={"type": "string"},
    body={"type": "string", "description": "As it is signed and sent."},
)


def list_hooks(asked: Asked) -> Answer:
    """Those of the organisation; of one evening alone for a token of that evening."""
    mine = select(Endpoint).where(_reach(asked)).options(joinedload(Endpoint.event))
    return paging.turn(mine, Endpoint.id, asked.page).told(_write)


def add_hook(asked: Asked) -> Answer:
    """A new one, with its secret. Raises Refusal: bad_address, known, too_many."""
    event_id, named = asked.holder.event_id, asked.body.get("event")
    if named is not None:
        event_id = get_event(asked, named).id
    url, kinds = asked.body["url"], asked.body["kinds"]
    endpoint = endpoints.add(asked.holder.organisation_id, event_id, url, kinds, asked.holder.actor)
    db.session.refresh(endpoint)
    return {**_write(endpoint), "secret": signing.secret_of(endpoint.nonce)}


def read_hook(asked: Asked) -> Answer:
    """One."""
    return _write(_get(asked))


def remove_hook(asked: Asked) -> Answer:
    """It is told nothing more."""
    endpoints.remove(_get(asked), asked.holder.actor)
    return None


def ping(asked: Asked) -> Answer:
    """A message that means nothing."""
    endpoint = _get(asked)
    return _write_delivery(endpoints.get_delivery(endpoint, endpoints.ping(endpoint)))


def list_deliveries(asked: Asked) -> Answer:
    """Every message of the last thirty days."""
    mine = select(Delivery).where(Delivery.endpoint_id == _get(asked).id)
    return paging.turn(mine, Delivery.id, asked.page).told(_write_delivery)


def send_again(asked: Asked) -> Answer:
    """The same message once more."""
    return _write_delivery(endpoints.send_again(_get(asked), asked.path["delivery"]))


def _get(asked: Asked) -> Endpoint:
    return endpoints.get(asked.path["webhook"], _reach(asked))


def _reach(asked: Asked) -> Any:  # noqa: ANN401 - a condition
    return endpoints.within(asked.holder.organisation_id, asked.holder.event_id)


def _write(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "event": endpoint.event.slug if endpoint.event else None,
        "kinds": endpoint.kinds,
        "created_at": endpoint.created_at.isoformat(),
        "failing_since": endpoint.failing_since.isoformat() if endpoint.failing_since else None,
        "off_at": endpoint.off_at.isoformat() if endpoint.off_at else None,
    }


def _write_delivery(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "message_id": delivery.message_id,
        "kind": delivery.kind,
        "state": delivery.state,
        "created_at": delivery.created_at.isoformat(),
        "tries": delivery.tries,
        "tried_at": delivery.tried_at.isoformat() if delivery.tried_at else None,
        "code": delivery.code,
        "error": delivery.error,
        "body": delivery.body,
    }


_SCOPE, _ONE = "webhooks:write", "/webhooks/{webhook}"
_LISTED = {"webhook": "$response.body#/data/0/id"}
_HERE = {"webhook": "$request.path.webhook"}
_MADE = {"webhook": "$response.body#/id"}
OPERATIONS = (
    paged("/webhooks", "listWebhooks", _SCOPE, "Addresses", WEBHOOK, list_hooks, links={"readWebhook": _LISTED}),
    Operation(
        *("POST", "/webhooks", "addWebhook", _SCOPE, "A new address; the secret is shown this once", MADE, add_hook),
        body=NEW,
        status=201,
        writes=True,
        refuses=(409,),
        links={"readWebhook": _MADE, "removeWebhook": _MADE, "pingWebhook": _MADE, "listDeliveries": _MADE},
    ),
    Operation("GET", _ONE, "readWebhook", _SCOPE, "One address", WEBHOOK, read_hook),
    Operation("DELETE", _ONE, "removeWebhook", _SCOPE, "Take it away", None, remove_hook, status=204, writes=True),
    Operation(
        *("POST", f"{_ONE}/ping", "pingWebhook", _SCOPE, "Send a test message", DELIVERY, ping),
        status=202,
        writes=True,
        refuses=(409,),
        links={"sendAgain": {**_HERE, "delivery": "$response.body#/id"}},
    ),
    paged(f"{_ONE}/deliveries", "listDeliveries", _SCOPE, "Messages of the last days", DELIVERY, list_deliveries),
    Operation(
        *("POST", f"{_ONE}/deliveries/{{delivery}}/again", "sendAgain", _SCOPE, "Send a message again"),
        *(DELIVERY, send_again),
        status=202,
        writes=True,
        refuses=(409,),
    ),
)
