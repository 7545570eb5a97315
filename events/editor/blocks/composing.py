"""The parts of an event page: written, put in order, taken away. In the caller's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from events.catalogue.models import Block, Event
from events.core import trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.editor import galleries, saving

MOST_BLOCKS = 40


def get_block(event: Event, block_id: int) -> Block:
    """A part of this evening's page; raises NotFound."""
    block = db.session.scalar(select(Block).where(Block.event_id == event.id, Block.id == block_id))
    if block is None:
        raise NotFound(_("This part is not there any more."))
    return block


def add_block(event: Event, kind: str, content: Mapping[str, Any], actor: str) -> Block:
    """A new part, the last of the page. Raises Mistaken, and Refusal when there are too many."""
    if len(event.blocks) >= MOST_BLOCKS:
        raise Refusal("too_many_parts", _("A page has at most %(most)s parts.", most=MOST_BLOCKS))
    last = max((one.position for one in event.blocks), default=-1)
    block = Block(kind=kind, content=_checked(event, kind, content), position=last + 1)
    with saving.guarded(event, "title"):
        event.blocks.append(block)
    saving.note_changes(actor, "block.added", f"block:{block.id}", event, {}, {"kind": kind, **content})
    return block


def save_block(event: Event, block: Block, content: Mapping[str, Any], version: int, actor: str) -> None:
    """Write the part anew; what its form does not show stays. Raises Overtaken, Mistaken."""
    before = block.content
    saving.claim(block, version, f"block:{block.id}")
    with saving.guarded(event, "title"):
        block.content = {**before, **_checked(event, block.kind, content)}
    if block.kind == "gallery":
        galleries.tidy(event)
    saving.note_changes(actor, "block.changed", f"block:{block.id}", event, before, block.content)


def move_block(event: Event, block: Block, way: str, actor: str) -> None:
    """One place up or down; at the end of the page nothing happens."""
    if not saving.shift(event.blocks, block, way):
        return
    trail.note(actor, "block.moved", f"block:{block.id}", event.organisation_id, event=event.id, way=way)


def remove_block(event: Event, block: Block, actor: str) -> None:
    """Take the part off the page; its texts stay in the trail."""
    trail.note(
        actor, "block.removed", f"block:{block.id}", event.organisation_id,
        event=event.id, kind=block.kind, content=block.content,
    )  # fmt: skip
    db.session.delete(block)


def _checked(event: Event, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A part's content; a gallery shows none but the evening's own pictures."""
    if kind != "gallery":
        return dict(content)
    return {**content, "pictures": galleries.known_only(event, content.get("pictures") or [])}
