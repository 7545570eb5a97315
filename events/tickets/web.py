"""That the page behind somebody's own link was opened: a time on its row, and nothing about who or with what."""

from datetime import datetime, timedelta
from typing import Any

from flask import request
from sqlalchemy import or_, update

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
