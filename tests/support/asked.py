"""What the database is asked meanwhile, by whichever way the statements go."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPICursor

from events.core import direct


@contextmanager
def questions() -> Iterator[list[str]]:
    """Statements of all engines, in their order; begins that SQLAlchemy does not write itself are not among them."""
    asked: list[str] = []
    run = direct.Written.run

    def note(*call: object) -> None:
        asked.append(str(call[2]))

    def note_and_run(written: direct.Written, cursor: DBAPICursor, values: direct.Values) -> list[direct.Row]:
        asked.append(written.text)
        return run(written, cursor, values)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(direct.Written, "run", note_and_run)
            yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)
