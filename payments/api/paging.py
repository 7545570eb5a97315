"""Long lists a page at a time: ordered by row id, begun after a cursor that outlives whatever comes or goes."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

from events.core.db import db
from payments.api import shapes
from payments.api.shapes import Shape

USUAL, MOST = 25, 100
_CURSOR = r"^[A-Za-z0-9_-]{11}$"

QUERY: Mapping[str, Shape] = {
    "limit": shapes.whole(1, MOST, description="Rows of one page.", default=USUAL),
    "cursor": shapes.text(11, _CURSOR, description="`next_cursor` of the page before.", examples=["AAAAAAAAAAA"]),
}


@dataclass(frozen=True)
class Page:
    """Where to begin and how much to read."""

    limit: int = USUAL
    after: int = 0


def asked(query: Mapping[str, Any]) -> Page:
    """What an address says of it."""
    return Page(query.get("limit", USUAL), place_of(query["cursor"]) if "cursor" in query else 0)


@dataclass(frozen=True)
class Turned:
    """The rows of a page, and where the next one begins."""

    rows: Sequence[Any]
    next_cursor: str | None

    def told(self, write: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
        """The page as programs read it."""
        return {"data": [write(row) for row in self.rows], "next_cursor": self.next_cursor}


def turn(query: Select[Any], column: InstrumentedAttribute[int], page: Page) -> Turned:
    """The rows after the cursor, by `column`, which is the row's own id."""
    following = query.where(column > page.after).order_by(column).limit(page.limit + 1)
    rows = db.session.scalars(following).unique().all()
    shown = rows[: page.limit]
    return Turned(shown, cursor_at(getattr(shown[-1], column.key)) if len(rows) > page.limit else None)


def listed(item: Shape) -> Shape:
    """The shape of such a page."""
    cursor = {"type": ["string", "null"], "description": "null on the last page."}
    return shapes.fields(data=shapes.many(item), next_cursor=cursor)


def cursor_at(row_id: int) -> str:
    """Opaque to programs: eight bytes."""
    return base64.urlsafe_b64encode(row_id.to_bytes(8, "big")).decode().rstrip("=")


def place_of(cursor: str) -> int:
    """Every eleven letters are a place; beyond the last row there is nothing more."""
    number = int.from_bytes(base64.urlsafe_b64decode(cursor + "="), "big")
    return min(number, shapes.LARGEST)
