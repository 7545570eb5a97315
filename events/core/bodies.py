"""What comes with a request: no more than is sensible, and no less than was said."""

from flask import Flask, request

LARGEST = 1024 * 1024
"""Bytes of a request; nobody's order is longer. The few views that take more say so."""


def init_app(app: Flask) -> None:
    """For every request; a view may set `request.max_content_length`."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST
    app.before_request(_demand_all)


def _demand_all() -> None:
    """A body that ends before its Content-Length is refused (400) by whoever reads it.

    The web server ends a body quietly where the line breaks, and tells Werkzeug to trust that end: half a form would be
    taken for a whole one, with the last digits of a gift or of an address missing.
    """
    if request.content_length is not None:
        request.environ.pop("wsgi.input_terminated", None)
