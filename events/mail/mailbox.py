"""The mail catcher's pages, for demonstration and tests: what came, newest first, and how each letter looks."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request, send_from_directory

from events.core.settings import ROOT

_TEMPLATES = ROOT / "templates" / "mail" / "catcher"
_PAGE = "default-src 'self'; frame-src 'self'; frame-ancestors 'none'"
# A letter brings its own style and nothing else; its links open beside the page. The project's fonts stand in for those
# of the reader's machine: this one may know no Thai.
_LETTER = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; "
    "default-src 'none'; style-src 'unsafe-inline' 'self'; font-src 'self'"
)
_HEAD = '<head><base target="_blank"><link rel="stylesheet" href="/static/css/fonts.css">'


@dataclass(frozen=True)
class Caught:
    """One message as the SMTP server received it: who it was handed over for, and its bytes."""

    id: str
    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)
    received_at: datetime

    @cached_property
    def parsed(self) -> EmailMessage:
        """The message by the newer rules of Python's email package: headers decoded."""
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def subject(self) -> str:
        """The decoded subject; empty for none."""
        return str(self.parsed["Subject"] or "")

    @property
    def text(self) -> str:
        """The text part; empty for none."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty for none."""
        return self._part("html")

    @property
    def attachments(self) -> list[EmailMessage]:
        """The parts that are files, in order."""
        return [part for part in self.parsed.walk() if part.get_content_disposition() == "attachment"]

    def _part(self, kind: str) -> str:
        part = self.parsed.get_body((kind,))
        return str(part.get_content()) if part else ""


pages = Blueprint("pages", __name__)


def make_app(messages: Sequence[Caught]) -> Flask:
    """A small application of its own over `messages`, which may grow while it runs (oldest first)."""
    app = Flask(__name__, template_folder=str(_TEMPLATES), static_folder=str(ROOT / "static"))
    app.config["MESSAGES"] = messages
    app.register_blueprint(pages)
    return app


def _newest_first() -> list[Caught]:
    return list(current_app.config["MESSAGES"])[::-1]


def _get(message_id: str) -> Caught:
    return next((message for message in _newest_first() if message.id == message_id), None) or abort(404)


@pages.get("/")
def listing() -> str:
    return render_template("listing.html", messages=_newest_first())


@pages.get("/messages.json")
def index() -> Response:
    return jsonify([_row(message) for message in _newest_first()])


def _row(message: Caught) -> dict[str, str]:
    return {
        "id": message.id,
        "from": message.sender,
        "to": ", ".join(message.recipients),
        "subject": message.subject,
    }


@pages.get("/<message_id>.eml")
def raw(message_id: str) -> Response:
    return Response(_get(message_id).raw, mimetype="message/rfc822")


@pages.get("/<message_id>")
def letter(message_id: str) -> str:
    return render_template("letter.html", message=_get(message_id))


@pages.get("/<message_id>/letter.html")
def paper(message_id: str) -> Response:
    page = _get(message_id).html.replace("<head>", _HEAD, 1)
    return Response(page, headers={"Content-Security-Policy": _LETTER})


@pages.get("/<message_id>/files/<int:number>")
def attached(message_id: str, number: int) -> Response:
    files = _get(message_id).attachments
    return _download(files[number]) if number < len(files) else abort(404)


def _download(part: EmailMessage) -> Response:
    response = Response(part.get_payload(decode=True), content_type=part.get_content_type())
    response.headers.set("Content-Disposition", "attachment", filename=part.get_filename() or "attachment")
    return response


@pages.get("/mailbox.css")
def sheet() -> Response:
    return send_from_directory(_TEMPLATES, "mailbox.css")


@pages.after_app_request
def guard(response: Response) -> Response:
    """No letter may run anything, or reach for anything, in the page that shows it."""
    if request.endpoint == "static":
        response.headers["Access-Control-Allow-Origin"] = "*"  # the sandbox has no origin, and fonts ask for one
    response.headers.setdefault("Content-Security-Policy", _PAGE)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
