"""What every answer has in common: headers that keep people safe, and errors said in the reader's language."""

import logging.config
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from events.core import assets, bodies, callers, clock, cookies, logs, migrating, squeezing
from events.core.db import db
from events.core.i18n import NAMES, language
from events.core.i18n import gettext as _
from events.core.jobs import Job
from events.core.refusal import Refusal
from events.core.settings import Settings
from events.core.typed import short_word

View = TypeVar("View", bound=Callable[..., Any])

THREADS = 4
"""Requests that each process of the web server answers at one time."""

PATIENCE = timedelta(minutes=1)
"""A living worker takes up what is due within this time."""

KEPT_FOR_GOOD = (200, 206, 304)
"""Answers about a static file that is there."""

SECRET_PATHS = ("/o/", "/t/", "/p/", "/pledges/", "/u/", "/w/", "/manage", "/treasury", "/sign-in", "/door")
STRIPE_PAY_PAGE = "https://checkout.stripe.com"


def init_app(app: Flask, settings: Settings) -> None:
    """Limits, cookies, headers and error pages."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        PUBLIC_URL=settings.public_url,
        BONSOIR_VAR=settings.var,
        TRUSTED_PROXIES=settings.trusted_proxies,
        METRICS_TOKEN=settings.metrics_token,
        TRUSTED_HOSTS=[settings.host.rsplit(":", 1)[0] if ":" in settings.host else settings.host],
        SESSION_COOKIE_NAME=f"{cookies.HOST if settings.is_https else ''}bonsoir",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        PERMANENT_SESSION_LIFETIME=timedelta(days=14),
        WTF_CSRF_TIME_LIMIT=None,  # a form left open over dinner must still be good
        PREFERRED_URL_SCHEME="https" if settings.is_https else "http",
    )
    app.session_interface = cookies.Sessions()
    if settings.log_format == "json":
        logging.config.dictConfig(logs.config())
        app.logger.addFilter(_without_address)
        app.before_request(_begin_line)
        app.after_request(_end_line)
    app.after_request(_headers(settings))
    bodies.init_app(app)
    squeezing.init_app(app)
    app.add_template_global(callers.app_around)
    app.add_template_filter(callers.openable)
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(HTTPException, failed)
    app.add_url_rule("/healthz", "healthz", healthz)
    app.add_url_rule("/readyz", "readyz", readyz)


def public(view: View) -> View:
    """Declare that strangers may call this view (the room `team` demands sign-in for all others)."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_json_address(path: str) -> bool:
    """Whether programs, not people, read what stands at this path."""
    return path.startswith(("/api/", "/door/api/", "/webhooks/")) or path.endswith(".json")


def refused(refusal: Refusal) -> ResponseReturnValue:
    """A page, or a problem+json with the stable code (RFC 9457)."""
    if is_json_address(request.path):
        return problem(refusal.code, refusal.sentence, refusal.status)
    return render_template("error.html", status=refusal.status, sentence=refusal.sentence), refusal.status


def failed(error: HTTPException) -> ResponseReturnValue:
    """What the framework refuses, in the same form. Redirects pass."""
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, SecurityError):  # a Host that is not ours: no page of ours, and no link, is made for it
        return Response("This address is not served here.\n", status, mimetype="text/plain")
    code = error.name.lower().replace(" ", "_")
    if is_json_address(request.path):
        told = make_response(problem(code, sentence_of(status), status))
        if isinstance(error, MethodNotAllowed):
            told.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return told
    if status >= 500:
        return sorry(code, sentence_of(status), status)
    return render_template("error.html", status=status, sentence=sentence_of(status)), status


def sorry(code: str, sentence: str, status: int) -> ResponseReturnValue:
    """What can be said while nothing else works: the page asks the database nothing, not even who reads it."""
    if is_json_address(request.path):
        return problem(code, sentence, status)
    page = current_app.jinja_env.get_template("error.html")
    return page.render(status=status, sentence=sentence, lang=language(), languages=NAMES), status


def source_of(given: Mapping[str, str]) -> str:
    """The plain word in an address that says where a visitor found us: `from`, or what newsletters add."""
    return short_word(given.get("from") or given.get("utm_source"))


def come_by(word: str | None) -> dict[str, Any]:
    """That word for the next address: it travels in links alone, in no cookie."""
    return {"from": word} if word else {}


def problem(code: str, sentence: str, status: int) -> ResponseReturnValue:
    """application/problem+json."""
    response = jsonify({"type": "about:blank", "title": sentence, "status": status, "code": code})
    response.mimetype = "application/problem+json"
    return response, status


def sentence_of(status: int) -> str:
    """What a reader is told of an error that says nothing by itself."""
    sentences = {
        400: _("This request could not be understood. Please go back and try once more."),
        404: _("This page does not exist, or it is not for you."),
        405: _("This page cannot be used in this way."),
        413: _("This is larger than what can be sent here. Nothing was changed."),
        429: _("Too many tries in a short time. Please wait a moment."),
    }
    return sentences.get(status, _("Something went wrong on our side. Nothing was lost; please try again in a moment."))


def _headers(settings: Settings) -> Callable[[Response], Response]:
    policy = "; ".join(
        f"{name} {value}"
        for name, value in {
            "default-src": "'none'",
            "object-src": "'none'",
            "script-src": "'self'",
            "style-src": "'self'",
            "img-src": "'self' data:",
            "font-src": "'self'",
            "connect-src": "'self'",
            "media-src": "'self' blob:",
            "manifest-src": "'self'",
            "worker-src": "'self'",
            # A browser checks where a form's answer redirects to: the pay page is one such place.
            "form-action": f"'self' {_origin(settings.stripe_api_base) or STRIPE_PAY_PAGE}",
            "frame-ancestors": "'none'",
            "base-uri": "'none'",
        }.items()
    )

    always = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=()",
    }
    if settings.is_https:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    def add(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", policy)
        for name, value in always.items():
            response.headers.add(name, value)  # no view sets them; to look whether one did costs more
        if request.path.startswith(SECRET_PATHS):
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if request.endpoint == "static" and response.status_code in KEPT_FOR_GOOD:
            response.headers["Cache-Control"] = assets.FOR_GOOD
        # Whoever says nothing is kept by nobody; docs/scale.md has the table of those that say something.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return add


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _begin_line() -> None:
    g.request_id = logs.begin(request.headers.get("X-Request-Id") if callers.from_proxy() else None)
    g.began = clock.monotonic()


def _end_line(response: Response) -> Response:
    """The address is not told: in many of them stands a secret."""
    if "began" not in g:  # refused before anything began
        _begin_line()
    response.headers["X-Request-Id"] = g.request_id
    logs.note(
        "request",
        method=request.method,
        endpoint=request.endpoint,
        status=response.status_code,
        ms=round((clock.monotonic() - g.began) * 1000, 1),
    )
    return response


def _without_address(record: logging.LogRecord) -> bool:
    """Flask says "Exception on /the/address"."""
    record.msg, record.args = f"failed: {request.endpoint}" if request else "failed", ()
    return True


@public
def healthz() -> ResponseReturnValue:
    """Alive."""
    return jsonify(status="alive")


@public
def readyz() -> ResponseReturnValue:
    """Database, migrations and worker are there; 503 names what is not."""
    missing = [name for name, there in _readiness().items() if not there]
    return jsonify(status="waiting" if missing else "ready", missing=missing), 503 if missing else 200


def _readiness() -> dict[str, bool]:
    try:
        current = migrating.fits(db.engine)
        return {"database": True, "migrations": current, "worker": current and not _late_jobs()}
    except SQLAlchemyError:
        return {"database": False}


def _late_jobs() -> bool:
    """Whether work lies about that a living worker would have taken up long ago."""
    late = select(Job.id).where(Job.status.in_(("queued", "retry")), Job.run_at < clock.now() - PATIENCE)
    return db.session.scalar(late.limit(1)) is not None
