"""What the programs say about their work, as one JSON object on a line of stderr (LOG_FORMAT=json).

Nobody is named there: no address with its secret, no name, no e-mail, no code. Of an error its kind and the places in
the code are told, never its words, which quote what they choke on.
Without LOG_FORMAT=json only warnings are told, as plain lines.
"""

import json
import logging
import re
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from events.core import tokens

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Of the request, or of the one that put the job which runs now; empty while logs are plain."""

_log = logging.getLogger("bonsoir")
_GIVEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_ADDRESSES = re.compile(r"\S+@\S+")
_SECRETS = re.compile(r"[A-Za-z0-9_-]{16,}|/\S+")
"""What libraries say may hold a token, a code or an address: all that is long or begins with a slash."""
PLACES = 12
_OURS = Path(__file__).parents[2]


class JsonFormatter(logging.Formatter):
    """A record as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """time, level, logger and message, and what else is known."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": scrubbed(record.getMessage()),
        }
        if identifier := request_id.get():
            line["request_id"] = identifier
        line |= getattr(record, "facts", {})
        if record.exc_info and record.exc_info[1] is not None:
            line |= {"error": kind_of(record.exc_info[1]), "places": places(record.exc_info[1])}
        return json.dumps(line, ensure_ascii=False)


def config() -> dict[str, Any]:
    """For logging.config.dictConfig, and for the web server's own two loggers."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "bonsoir": {"level": "INFO"},
            "_granian": {"handlers": ["stderr"], "propagate": False},
            "granian.access": {"handlers": ["stderr"], "propagate": False},
        },
    }


def note(message: str, **facts: object) -> None:
    """One line about work that was done. The caller answers for it that `facts` name nobody."""
    _log.info(message, extra={"facts": facts})


def warn(what: str, error: BaseException, **facts: object) -> None:
    """One line about work that failed, without LOG_FORMAT=json, too: the error's kind and its place in our code."""
    ours = [place for place in map(_own_place, traceback.extract_tb(error.__traceback__)) if place]
    words = f"{what}: {kind_of(error)}" + (f" at {ours[-1]}" if ours else "")
    _log.warning(words, extra={"facts": {**facts, "error": kind_of(error), "places": places(error)}})


def begin(given: str | None) -> str:
    """The id of the request that begins: the one a proxy gave, if it looks like one, else a new one."""
    identifier = given if given and _GIVEN.fullmatch(given) else tokens.new_token(12)
    request_id.set(identifier)
    return identifier


def scrubbed(text: str) -> str:
    """Without what could be an address or a secret."""
    return _SECRETS.sub("...", _ADDRESSES.sub("...", text))


def kind_of(error: BaseException) -> str:
    """The error's class."""
    return type(error).__name__


def places(error: BaseException) -> list[str]:
    """Where it happened, innermost last: file, line, function; without the lines' text and without the values."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    return [f"{frame.filename.removeprefix(sys.prefix)}:{frame.lineno} {frame.name}" for frame in frames]


def _own_place(frame: traceback.FrameSummary) -> str:
    path = Path(frame.filename)
    own = path.is_relative_to(_OURS) and "site-packages" not in path.parts
    return f"{path.name}:{frame.lineno}" if own else ""
