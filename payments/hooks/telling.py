"""A fact becomes a message for each endpoint that wants to hear of it, in the transaction of the fact itself."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select

from events.catalogue.models import Event
from events.core import clock, jobs, tokens
from events.core.db import db, plainly, table_of
from events.core.facts import Fact
from payments.hooks.models import Delivery, Endpoint

JOB = "deliver_hook"

_ENDPOINT, _EVENT = table_of(Endpoint), table_of(Event)


def _hears(event_id: ColumnElement[int], organisation_id: ColumnElement[int]) -> ColumnElement[bool]:
    of_this = _ENDPOINT.c.event_id.is_(None) | (_ENDPOINT.c.event_id == event_id)
    return and_(_ENDPOINT.c.organisation_id == organisation_id, _ENDPOINT.c.off_at.is_(None), of_this)


def _who_hears(event_id: ColumnElement[int]) -> Select[int, list[str], str]:
    asked = select(_ENDPOINT.c.id, _ENDPOINT.c.kinds, _EVENT.c.slug)
    return asked.join(_EVENT, _hears(_EVENT.c.id, _EVENT.c.organisation_id)).where(_EVENT.c.id == event_id)


# Made once: to write it anew costs more than to ask it. Who takes an endpoint away waits until we have told.
_WHO_HEARS = _who_hears(bindparam("event")).with_for_update(read=True, key_share=True, of=_ENDPOINT)


def hears(event_id: ColumnElement[int], organisation_id: ColumnElement[int]) -> ColumnElement[bool]:
    """The condition "an endpoint wants to know of this evening" (events.core.facts)."""
    return select(_ENDPOINT.c.id).where(_hears(event_id, organisation_id)).exists()


def listen(kind: str, event_id: int, happened: Sequence[Fact]) -> None:
    """The listener (events.core.facts). Where nobody wants to hear, it costs one look at a small table."""
    for endpoint in plainly(_WHO_HEARS, {"event": event_id}).all():  # the story's unfinished rows are not flushed
        if kind in endpoint.kinds:
            for fact in happened:
                put(endpoint.id, kind, {"event": endpoint.slug, **fact})


def put(endpoint_id: int, kind: str, data: Mapping[str, Any]) -> int:
    """A message and the job that brings it, in the caller's transaction; the id of its row."""
    now = clock.now()
    body = json.dumps({"type": kind, "timestamp": now.isoformat(), "data": data}, separators=(",", ":"))
    values = {"endpoint_id": endpoint_id, "kind": kind, "body": body, "created_at": now, "put_at": now}
    usual = {"message_id": f"msg_{tokens.new_token()}", "state": "waiting", "tries": 0, "error": ""}
    table = table_of(Delivery)
    with db.session.no_autoflush:
        delivery_id = int(plainly(table.insert().values(values | usual).returning(table.c.id)).scalar_one())
        queue(delivery_id, now)
    return delivery_id


def queue(delivery_id: int, moment: datetime) -> None:
    """The job of a delivery that was put at `moment`."""
    jobs.put(JOB, f"hook:{delivery_id}:{moment.timestamp():.6f}", delivery_id=delivery_id)
