"""Endpoints as their owners handle them: made, listed, tested, switched on again, taken away."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, func, select, update

from events.core import clock, tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from payments.hooks import reaching, telling
from payments.hooks.delivering import is_demo
from payments.hooks.kinds import KINDS, TEST
from payments.hooks.models import Delivery, Endpoint

MOST = 20
"""Endpoints of one organisation: each fact becomes a message for every one of them."""


def add(organisation_id: int, event_id: int | None, url: str, kinds: Sequence[str], actor: str) -> Endpoint:
    """A new endpoint, in the caller's transaction. Raises Refusal: bad_address, no_kinds, known, too_many."""
    reaching.check(url, demo=is_demo())
    wanted = [kind for kind in KINDS if kind in kinds]
    if not wanted:
        raise Refusal("no_kinds", _("Choose at least one thing to be told."), field="kinds")
    mine = Endpoint.organisation_id == organisation_id
    if db.session.scalar(select(Endpoint.id).where(mine, Endpoint.url == url)) is not None:
        raise Refusal("known", _("This address is told already."), status=409, field="url")
    if (db.session.scalar(select(func.count()).where(mine)) or 0) >= MOST:
        raise Refusal("too_many", _("There are %(most)d addresses already.", most=MOST), status=409, field="url")
    endpoint = Endpoint(
        organisation_id=organisation_id,
        event_id=event_id,
        url=url,
        kinds=wanted,
        nonce=tokens.new_token(),
        made_by=actor,
        created_at=clock.now(),
        failures=0,
    )
    db.session.add(endpoint)
    db.session.flush()
    trail.note(actor, "webhook.added", f"webhook:{endpoint.id}", organisation_id, kinds=wanted)
    return endpoint


def get(endpoint_id: int, reach: ColumnElement[bool]) -> Endpoint:
    """The endpoint, if it is within reach; raises NotFound."""
    found = db.session.scalar(select(Endpoint).where(Endpoint.id == endpoint_id, reach))
    if found is None:
        raise NotFound(_("There is no such address."))
    return found


def within(organisation_id: int, event_id: int | None) -> ColumnElement[bool]:
    """The endpoints of an organisation, or of one evening of it alone."""
    whole = Endpoint.organisation_id == organisation_id
    return whole if event_id is None else whole & (Endpoint.event_id == event_id)


def ping(endpoint: Endpoint) -> int:
    """Send a message that means nothing; the id of its delivery. Raises Refusal `is_off`."""
    _demand_on(endpoint)
    return telling.put(endpoint.id, TEST, {"webhook": endpoint.id})


def get_delivery(endpoint: Endpoint, delivery_id: int) -> Delivery:
    """A message of this endpoint; raises NotFound."""
    mine = (Delivery.id == delivery_id, Delivery.endpoint_id == endpoint.id)
    found = db.session.scalar(select(Delivery).where(*mine))
    if found is None:
        raise NotFound(_("There is no such message."))
    return found


def send_again(endpoint: Endpoint, delivery_id: int) -> Delivery:
    """The same message once more, under the same id. Raises NotFound, Refusal `is_off` or `waits`."""
    delivery = get_delivery(endpoint, delivery_id)
    _demand_on(endpoint)
    now = clock.now()
    over = update(Delivery).where(Delivery.id == delivery.id, Delivery.state != "waiting")
    if not changed(over.values(state="waiting", put_at=now, tries=0)):
        raise Refusal("waits", _("This message waits to be sent already."), status=409)
    telling.queue(delivery.id, now)
    db.session.refresh(delivery)
    return delivery


def switch_on(endpoint: Endpoint, actor: str) -> None:
    """It is told again from now on; what was given up meanwhile can be sent again one by one."""
    on = {"off_at": None, "failures": 0, "failing_since": None, "rests_until": None}
    changed(update(Endpoint).where(Endpoint.id == endpoint.id).values(on))
    trail.note(actor, "webhook.on", f"webhook:{endpoint.id}", endpoint.organisation_id)


def remove(endpoint: Endpoint, actor: str) -> None:
    """It is told nothing any more, and its messages are gone."""
    trail.note(actor, "webhook.removed", f"webhook:{endpoint.id}", endpoint.organisation_id)
    changed(delete(Delivery).where(Delivery.endpoint_id == endpoint.id))
    changed(delete(Endpoint).where(Endpoint.id == endpoint.id))
    db.session.expunge(endpoint)


def _demand_on(endpoint: Endpoint) -> None:
    if endpoint.off_at is not None:
        raise Refusal("is_off", _("This address is switched off: switch it on first."), status=409)
