"""What pages behind somebody's own link share.

That one was opened is a time on its row, and nothing about who or with what; and a file has the reader's name.
"""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import request
from sqlalchemy import or_, update
from werkzeug.http import dump_options_header

from events.core import away, clock
from events.core.db import changed
from events.team import access

AGAIN = timedelta(minutes=5)
"""So soon after an opening the next one is not written down: a page that waits for money loads itself often."""


def note_opening(model: Any, row_id: int, opened_at: datetime | None) -> None:  # noqa: ANN401 - Ticket, or one above
    """Note that a person's own page was opened now; `opened_at` is when it was before. A transaction of its own.

    Staff who look, and programs that ask for the headers alone, open nothing.
    """
    moment = clock.now()
    if request.method != "GET" or (opened_at and opened_at > moment - AGAIN) or access.find_account() is not None:
        return
    before = or_(model.opened_at.is_(None), model.opened_at < moment)
    mine = update(model).where(model.id == row_id, before).values(opened_at=moment)
    away.note_in_passing(lambda: changed(mine))


def shown_as(name: str) -> str:
    """The Content-Disposition of a file that is shown, and kept under this name: a Thai one as RFC 8187 has it."""
    plain = name.encode("ascii", "ignore").decode().lstrip("-")
    words = {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name)}"}
    return dump_options_header("inline", words)
