"""Evenings from a file: what a person writes down about an evening becomes rows, or sentences about what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from events.catalogue import checking, completeness
from events.catalogue.models import BLOCK_KINDS, Block, Event, Organisation, Quota, TicketType
from events.core import clock, tokens
from events.core.db import db

Content = Mapping[str, Any]

ORGANISATION_FIELDS = ("slug", "name", "legal_name", "address", "email", "phone", "language", "time_zone")
EVENT_FIELDS = (
    "slug", "currency", "time_zone", "language", "languages", "title", "kind", "hosts", "venue",
    "starts_at", "ends_at", "sales_end_at", "benefit_description",
)  # fmt: skip
TYPE_FIELDS = ("key", "name", "price", "benefit")
_BEGINNINGS = ("draft", "published")
_TIMES = ("starts_at", "ends_at", "sales_end_at")
_TEXTS = ("title", "kind", "hosts", "venue_address", "benefit_description")
_ORGANISATION_DEFAULTS = {
    "tax_id": None, "accent_hue": None, "accent_chroma": None, "receipt_profile": "generic",
    "card_fee_bp": 365, "card_fee_fixed": 1000,
}  # fmt: skip
_EVENT_DEFAULTS: dict[str, Any] = {
    "status": "published", "notice": {}, "cause_link": {}, "venue_address": {},
    "map_url": "", "info_url": "", "phone": "", "goal": 0, "gift_amounts": [], "absent_gift": 0,
}  # fmt: skip

_OFFER_DEFAULTS = {"bundle_size": 1, "min_per_order": 1, "max_per_order": 8}


class BadContent(Exception):
    """The file cannot become an evening; `problems` are sentences, all that were found."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


def add_organisation(content: Content) -> Organisation:
    """The organisation of this slug: found, or made; in the caller's transaction. Raises BadContent."""
    problems = [f"organisation: {name} is missing." for name in ORGANISATION_FIELDS if not content.get(name)]
    if problems:
        raise BadContent(problems)
    known = db.session.scalars(select(Organisation).where(Organisation.slug == content["slug"])).one_or_none()
    if known is not None:
        return known
    columns = _ORGANISATION_DEFAULTS | {name: content[name] for name in content if hasattr(Organisation, name)}
    organisation = Organisation(created_at=clock.now(), **columns)
    db.session.add(organisation)
    db.session.flush()
    return organisation


def add_event(organisation: Organisation, content: Content) -> Event:
    """A new evening with its blocks, quotas and ticket types; in the caller's transaction. Raises BadContent.

    What it raises may be found when rows are there already: the caller's transaction must then be rolled back.

    Amounts are minor units; times ISO 8601, in the evening's zone when they name none.
    """
    if found := list(problems(content)):
        raise BadContent(found)
    given = _EVENT_DEFAULTS | {name: value for name, value in content.items() if name in _columns()}
    times = {name: _moment(content, name) for name in _TIMES}
    event = Event(organisation=organisation, **(given | times))
    event.blocks = [_block(position, block) for position, block in enumerate(content.get("blocks", []))]
    quotas = {quota["key"]: Quota(name=quota["name"], size=quota["size"]) for quota in content["quotas"]}
    event.quotas = list(quotas.values())
    event.ticket_types = [
        _ticket_type(event, position, kind, quotas) for position, kind in enumerate(content["ticket_types"])
    ]
    db.session.add(event)
    db.session.flush()
    found = (
        [gap.sentence for gap in completeness.gaps(event)]
        if event.status == "published"
        else checking.complaints(event)
    )
    if found:
        raise BadContent(found)
    return event


def problems(content: Content) -> Iterator[str]:
    """Every fault of an evening's content, a sentence each."""
    missing = [name for name in EVENT_FIELDS if not content.get(name)]
    yield from (f"{name} is missing." for name in missing)
    if missing:
        return
    yield from _faults_of_event(content)
    for name in _TEXTS:
        yield from _untranslated(content, name, content.get(name, {}), needed=name in EVENT_FIELDS)
    keys = {quota.get("key") for quota in content.get("quotas", [])}
    for number, kind in enumerate(content.get("ticket_types", []), start=1):
        yield from _faults_of_type(content, number, kind, keys)
    if not content.get("ticket_types"):
        yield "There is no ticket type."
    for number, block in enumerate(content.get("blocks", []), start=1):
        yield from _faults_of_block(number, block)


def _faults_of_event(content: Content) -> Iterator[str]:
    if (status := content.get("status", "draft")) not in _BEGINNINGS:
        yield f"status: {status!r} is none of {', '.join(_BEGINNINGS)}."
    if not checking.is_zone(content["time_zone"]):
        yield f"time_zone: {content['time_zone']!r} is not known."
        return
    try:
        times = {name: _moment(content, name) for name in _TIMES}
    except (ValueError, TypeError) as error:
        yield f"A time cannot be read: {error}."
        return
    for fault in checking.faults_of_event({**content, **times}):
        yield f"{fault.field}: {fault.sentence}"


def _faults_of_type(content: Content, number: int, kind: Content, keys: set[Any]) -> Iterator[str]:
    missing = [name for name in TYPE_FIELDS if kind.get(name) in (None, "")]
    yield from (f"ticket type {number}: {name} is missing." for name in missing)
    if missing:
        return
    for fault in checking.faults_of_offer(_OFFER_DEFAULTS | dict(kind)):
        yield f"ticket type {number}: {fault.field}: {fault.sentence}"
    if not kind.get("quotas") or not set(kind["quotas"]) <= keys:
        yield f"ticket type {number}: it names no quota, or one that is not there."
    yield from _untranslated(content, f"ticket type {number}: name", kind["name"])


def _faults_of_block(number: int, block: Content) -> Iterator[str]:
    if block.get("kind") not in BLOCK_KINDS:
        yield f"block {number}: {block.get('kind')!r} is none of {', '.join(BLOCK_KINDS)}."
    if block.get("pictures") or (block.get("content") or {}).get("pictures"):
        yield f"block {number}: pictures are sent in the editor, not in a file."
    for address in checking.links_in(block):
        if not checking.is_web_address(address):
            yield f"block {number}: {address!r} is not a web address."


def _untranslated(content: Content, name: str, texts: object, *, needed: bool = True) -> Iterator[str]:
    if not isinstance(texts, Mapping):
        yield f"{name} must be given per language."
        return
    for language in completeness.untranslated(texts, content["languages"], needed=needed):
        yield f"{name} has no {language}."


def _columns() -> set[str]:
    ours = {"id", "organisation_id", "next_ticket_number", "mark", "cancelled_at"}
    return {column.key for column in Event.__table__.columns} - ours


def _moment(content: Content, name: str) -> datetime:
    value = content[name]
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(content["time_zone"]))


def _block(position: int, block: Content) -> Block:
    content = block.get("content", {name: value for name, value in block.items() if name != "kind"})
    return Block(position=position, kind=block["kind"], content=content)


def _ticket_type(event: Event, position: int, given: Content, quotas: Mapping[str, Quota]) -> TicketType:
    days = given.get("sales_end_days_before")
    return TicketType(
        public_id=f"{given['key']}-{tokens.new_reference(4).lower()}",
        position=position,
        quotas=[quotas[key] for key in given["quotas"]],
        name=given["name"],
        description=given.get("description", {}),
        price=given["price"],
        benefit=given["benefit"],
        **{name: given.get(name, usual) for name, usual in _OFFER_DEFAULTS.items()},
        hidden=given.get("hidden", False),
        refund_by_seat=given.get("refund_by_seat", False),
        sales_end_at=event.starts_at - timedelta(days=days) if days is not None else None,
    )
