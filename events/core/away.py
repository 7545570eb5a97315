"""What the database refuses, said in a sentence: it or the disk is away, full or asked by too many, or two wanted one.

503 is the truth for buyers, for a balancer, for Stripe (who rings again) and for phones at the door (which queue).
"""

import errno
import logging
from collections.abc import Callable

from flask import Flask, make_response
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from events.core import engines, logs
from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.web import sentence_of, sorry

RETRY_AFTER = 10
"""Seconds."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}
_log = logging.getLogger("bonsoir")


def init_app(app: Flask) -> None:
    """Answer 503 for what is nobody's mistake and will pass, and 409 for who came second."""
    app.register_error_handler(SQLAlchemyError, _met)
    app.register_error_handler(OSError, _met)
    app.register_error_handler(DataError, _unreadable)
    app.register_error_handler(IntegrityError, _crossed)


def is_passing(error: BaseException) -> bool:
    """Whether it lies with database or disk, and the same may be tried again later."""
    return engines.is_away(error) or (isinstance(error, OSError) and error.errno in _FULL)


def note_in_passing(act: Callable[[], object]) -> None:
    """Do it in a transaction of its own; where nothing can be written now it is left out, for it must stop no page."""
    try:
        with transaction():
            act()
    except (SQLAlchemyError, OSError) as error:
        if not is_passing(error):
            raise
        db.session.rollback()


def warn(error: BaseException, what: str) -> None:
    """One line for whoever runs the service; never the error's own words."""
    _log.warning("%s: database or disk cannot be used", what, extra={"facts": {"error": logs.kind_of(error)}})


def _unreadable(error: DataError) -> ResponseReturnValue:
    """What no column can hold, as U+0000 in a text of PostgreSQL: nobody types it, and no page need foresee it."""
    _log.warning("refused: no value for the database", extra={"facts": {"error": logs.kind_of(error)}})
    return sorry("bad_request", sentence_of(400), 400)


def _crossed(error: IntegrityError) -> ResponseReturnValue:
    """Between our look and our writing somebody took the same name, or removed what was meant.

    Where that is likely the rooms say what it was; this is for the milliseconds that none foresaw. It stays an error
    in the log: what always comes second is a mistake of ours.
    """
    if (clash := engines.clash_of(error)) is None:
        raise error
    _log.error("refused: somebody else was faster", extra={"facts": {"error": clash}})
    sentence = _(
        "Somebody changed the same thing at the same moment, so nothing was saved now. "
        "Please go back, load the page again, and look."
    )
    return sorry("conflict", sentence, 409)


def _met(error: Exception) -> ResponseReturnValue:
    """What will pass is said so; a mistake of ours is logged and answered as any other."""
    if not is_passing(error):
        raise error
    return _unavailable(error)


def _unavailable(error: Exception) -> ResponseReturnValue:
    warn(error, "refused")
    sentence = _(
        "Our records are out of reach at this moment. Whatever was confirmed to you before is safe. "
        "Please try again in a minute."
    )
    answer = make_response(sorry("unavailable", sentence, 503))
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer
