"""One thing that programs may ask: where, with which scope, in which shape, and the function that does it.

Routes, checks and the OpenAPI document are made of the same rows, so that none can say what another does not.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from events.catalogue.models import Event
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from payments.api import paging, shapes
from payments.api.keys import Holder
from payments.api.shapes import Shape

SLUG = shapes.text(60, r"^[a-z0-9]+(-[a-z0-9]+)*$", examples=["dinner"])
CODE = shapes.text(12, r"^[A-Z0-9]+$", examples=["A7K2Q"])
BY_EVENT: Mapping[str, Shape] = {"event": {**SLUG, "description": "Of this evening alone."}}

PLACES: Mapping[str, Shape] = {
    "event": SLUG,
    "code": CODE,
    **{name: shapes.whole() for name in ("ticket", "guest", "payment", "refund", "receipt", "webhook", "delivery")},
}
"""What stands between braces in an address."""


@dataclass(frozen=True)
class Asked:
    """A request that was looked at: who asks, and what, in the shapes of its operation."""

    holder: Holder
    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> paging.Page:
        """Of a long list."""
        return paging.asked(self.query)


Answer = Mapping[str, Any] | None


@dataclass(frozen=True)
class Operation:
    """`answer` is None where there is nothing to say (204). `writes`: it runs in one transaction. `once`: it wants an
    Idempotency-Key. `refuses` are statuses of its own, beside those of all. `links`: operations that go on from here,
    each with the place of its argument in the answer; the first of one that makes something is its Location."""

    method: str
    path: str
    name: str
    scope: str
    summary: str
    answer: Shape | None
    act: Callable[[Asked], Answer]
    query: Mapping[str, Shape] = field(default_factory=dict)
    body: Shape | None = None
    status: int = 200
    writes: bool = False
    once: bool = False
    refuses: tuple[int, ...] = ()
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def places(self) -> tuple[str, ...]:
        """Names between braces."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


def paged(
    path: str, name: str, scope: str, summary: str, item: Shape, act: Callable[[Asked], Answer], **more: Any
) -> Operation:
    """A list that is read a page at a time."""
    query = {**more.pop("query", {}), **paging.QUERY}
    return Operation("GET", path, name, scope, summary, paging.listed(item), act, query=query, **more)


def evenings(holder: Holder) -> ColumnElement[bool]:
    """The events within a token's reach."""
    whole = Event.organisation_id == holder.organisation_id
    return whole if holder.event_id is None else whole & (Event.id == holder.event_id)


def get_event(asked: Asked, slug: str) -> Event:
    """An evening within reach; raises NotFound."""
    event = db.session.scalar(select(Event).where(Event.slug == slug, evenings(asked.holder)))
    if event is None:
        raise missing()
    return event


def within(asked: Asked, event_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The rows of evenings within reach, of one alone where the address says so. Raises NotFound."""
    if "event" in asked.query:
        return event_id == get_event(asked, asked.query["event"]).id
    return event_id.in_(select(Event.id).where(evenings(asked.holder)))


def missing() -> NotFound:
    """What is not within reach is not there."""
    return NotFound(_("There is nothing here, or it is not for this token."))
