"""What comes with a request: no more than is sensible, and no less than was said."""

from contextlib import suppress

from flask import Flask, Response, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream

from events.core.db import end_reading

LARGEST = 1024 * 1024
"""Bytes of a request; nobody's order is longer. The few views that take more say so."""
HEARD_OUT = 16 * 1024 * 1024
"""Bytes; up to this size a request is read to its end, whether or not anybody wants it."""
_PIECE = 64 * 1024


def init_app(app: Flask) -> None:
    """For every request; a view may set `request.max_content_length`."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.before_request(_demand_all)
    app.after_request(_hear_out)


def _demand_all() -> None:
    """A body that ends before its Content-Length is refused (400) by whoever reads it, and nobody reads past that.

    The web server ends a body quietly where the line breaks, and tells Werkzeug to trust that end: half a form would be
    taken for a whole one, with the last digits of a gift or of an address missing.
    """
    said, body = request.content_length, request.environ["wsgi.input"]
    if said is not None:
        request.environ["wsgi.input"] = LimitedStream(body, said)
        request.environ.pop("wsgi.input_terminated", None)
    elif request.method == "POST" and "wsgi.input_terminated" in request.environ:
        # It comes in pieces, and the server knows the last of them.
        request.environ["wsgi.input"] = LimitedStream(body, HEARD_OUT, is_max=True)


def _hear_out(response: Response) -> Response:
    """Read what nobody has read: who is still sending when the line is closed never hears the answer.

    A browser shows an error of its own then, a proxy a 502. Whoever refuses a request does so before reading it, for
    its size, its address or the token that is missing.
    """
    body = request.environ["wsgi.input"]
    if isinstance(body, LimitedStream) and body.limit <= HEARD_OUT and not body.is_exhausted:
        end_reading()  # it may take a while
        with suppress(ClientDisconnected, RequestEntityTooLarge):  # nobody is left, or there is no end to it
            while body.read(_PIECE):
                pass
    return response
