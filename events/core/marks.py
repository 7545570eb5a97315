"""Marks of rows: another one after every change, so that whoever kept something made of a row knows when it is old.

A number counted up would come again after a restore, or where a row was taken away and another took its number; what
is drawn never does.
"""

from sqlalchemy.orm import Mapped, mapped_column

from events.core import tokens


def _draw() -> str:
    return tokens.new_token(9)


class Marked:
    """A row whose every INSERT and UPDATE, the ORM's or a plain statement, writes a new mark."""

    mark: Mapped[str] = mapped_column(default=_draw, onupdate=_draw)
