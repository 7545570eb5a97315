"""Messages to the people of an evening: written, tried, sent or scheduled, watched and stopped."""

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page, trail
from events.core.db import end_reading, transaction
from events.core.i18n import LANGUAGES, in_language, ngettext
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.editor.fields import Raw, Setting, read, show
from events.editor.web import Sheet, attempt, setting_of, typed_version
from events.mail import delivery
from events.messages import board, forms, letters, segments, sending, texts, words, writing
from events.messages.board_routes import blueprint as deliveries
from events.messages.models import GuestMessage
from events.messages.unsubscribing_routes import unsubscribe
from events.team.access import MANAGERS, actor, current_account

blueprint = Blueprint("messages", __name__)
blueprint.register_blueprint(deliveries)
blueprint.add_url_rule("/u/<token>", "unsubscribe", unsubscribe, methods=["GET", "POST"])

NAMES = ("segment", "purpose", "subject", "text")
# A letter brings its own style and nothing else; our fonts stand in for those of a machine that knows no Thai.
PAPER = (
    "default-src 'none'; style-src 'unsafe-inline' 'self'; font-src 'self'; form-action 'none'; frame-ancestors 'none'"
)
FONTS = '<head><link rel="stylesheet" href="/static/css/fonts.css">'


@blueprint.get("/manage/<slug>/messages")
def index(slug: str) -> ResponseReturnValue:
    """Every message of the evening."""
    event = get_managed_event(slug, MANAGERS)
    found = [(message, segments.words_of(event, message.segment)) for message in writing.of_event(event)]
    return render_template("events/messages/index.html", event=event, messages=found, words=words, said=_said())


@blueprint.route("/manage/<slug>/messages/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """A new message; `?to=` chooses for whom."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    fields = forms.items(event)
    if request.method == "GET":
        empty = {"segment": request.args.get("to", "guests"), "purpose": "news"}
        return _form(event, Sheet(show(fields, empty, setting_of(event))))
    made: list[int] = []

    def save(values: dict[str, Any]) -> None:
        made.append(writing.begin(get_managed_event(slug, MANAGERS), values, who).id)

    reading = read(fields, request.form, setting_of(event))
    sheet = attempt(reading, lambda: save(reading.values), lambda: ({}, 0))
    if sheet is None:
        return redirect(url_for(".message", slug=slug, message_id=made[0], said="saved"), 303)
    return _form(get_managed_event(slug, MANAGERS), sheet)


@blueprint.route("/manage/<slug>/messages/<int:message_id>/edit", methods=["GET", "POST"])
def edit(slug: str, message_id: int) -> ResponseReturnValue:
    """Its words and readers, while it is a draft."""
    event = get_managed_event(slug, MANAGERS)
    fields, message = forms.items(event), writing.get(event, message_id)

    def now() -> tuple[Raw, int]:
        there = writing.get(get_managed_event(slug, MANAGERS), message_id)
        return show(fields, _values(there), setting_of(event)), there.version

    if request.method == "GET":
        if message.status != "draft":
            return redirect(url_for(".message", slug=slug, message_id=message_id))
        return _form(event, Sheet(*now()), message)
    reading, version = read(fields, request.form, setting_of(event)), typed_version()
    sheet = attempt(reading, lambda: _change(slug, message_id, reading.values, version), now)
    if sheet is None:
        return redirect(url_for(".message", slug=slug, message_id=message_id, said="saved"), 303)
    event = get_managed_event(slug, MANAGERS)
    return _form(event, sheet, writing.get(event, message_id))


@blueprint.get("/manage/<slug>/messages/<int:message_id>")
def message(slug: str, message_id: int) -> ResponseReturnValue:
    """One message: who gets it, how it looks, and what becomes of it."""
    event = get_managed_event(slug, MANAGERS)
    return _message(event, writing.get(event, message_id))


@blueprint.post("/manage/<slug>/messages/<int:message_id>")
def act(slug: str, message_id: int) -> ResponseReturnValue:
    """Try, send, schedule, take back, stop, copy or throw away: field `do`."""
    event, who, done = get_managed_event(slug, MANAGERS), actor(), request.form.get("do", "")
    own_page.demand()
    setting = setting_of(event)
    try:
        with transaction():
            event = get_managed_event(slug, MANAGERS)
            shown = _do(event, writing.get(event, message_id), done, who, setting)
    except Refusal as refusal:
        end_reading()
        event = get_managed_event(slug, MANAGERS)
        return _message(event, writing.get(event, message_id), refusal), refusal.status
    if shown is None:
        return redirect(url_for(".index", slug=slug, said=done), 303)
    return redirect(url_for(".message", slug=slug, message_id=shown, said=done), 303)


@blueprint.get("/manage/<slug>/messages/<int:message_id>/letter/<any(fr, en, th):code>")
def paper(slug: str, message_id: int, code: str) -> ResponseReturnValue:
    """The letter as its readers of one language see it."""
    event = get_managed_event(slug, MANAGERS)
    answer = make_response(_paper(writing.get(event, message_id), code).html.replace("<head>", FONTS, 1))
    answer.headers["Content-Security-Policy"] = PAPER
    return answer


def _do(event: Event, message: GuestMessage, done: str, who: str, setting: Setting) -> int | None:
    """The id of the message to show afterwards; None for the list."""
    version = typed_version()
    if done == "try":
        sending.try_out(message, current_account())
        trail.note(who, "message.tried", f"message:{message.id}", event.organisation_id, event=event.id)
    elif done == "send":
        sending.schedule(event, message, None, version, who)
    elif done == "schedule":
        sending.schedule(event, message, _hour(setting), version, who)
    elif done == "take_back":
        sending.take_back(event, message, version, who)
    elif done == "stop":
        sending.stop(event, message, who)
    elif done == "copy":
        return writing.copy(event, message, who).id
    elif done == "throw_away":
        writing.throw_away(event, message, version, who)
        return None
    return message.id


def _hour(setting: Setting) -> Any:  # noqa: ANN401 - a datetime
    reading = read((forms.SEND_AT,), request.form, setting)
    if reading.mistakes:
        raise Refusal("no_such_hour", reading.mistakes["send_at"], field="send_at")
    return reading.values["send_at"]


def _change(slug: str, message_id: int, values: dict[str, Any], version: int) -> None:
    writing.change(writing.get(get_managed_event(slug, MANAGERS), message_id), values, version)


def _values(message: GuestMessage) -> dict[str, Any]:
    return {name: getattr(message, name) for name in NAMES}


def _form(event: Event, sheet: Sheet, message: GuestMessage | None = None) -> ResponseReturnValue:
    context = {"event": event, "message": message, "sheet": sheet, "tongues": event.languages}
    return render_template("events/messages/edit.html", items=forms.items(event), **context), sheet.status


def _message(event: Event, message: GuestMessage, refusal: Refusal | None = None) -> str:
    is_open = message.status in ("draft", "scheduled")
    written = [code for code in LANGUAGES if code in segments.written_in(message)]
    return render_template(
        "events/messages/message.html",
        event=event,
        message=message,
        segment=segments.words_of(event, message.segment),
        purposes=forms.PURPOSES,
        words=words,
        looks={code: _look(message, code) for code in written},
        audience=sending.audience(event, message) if is_open else None,
        missing=list(sending.hindrances(event, message)) if is_open else [],
        counts={} if is_open else board.count(event, sending.of_message(message)),
        typed_hour=request.form.get("send_at", ""),
        refusal=refusal,
        said=_said(),
    )


def _paper(message: GuestMessage, code: str) -> delivery.Paper:
    name = current_account().name
    with in_language(code):
        return delivery.lay_out(letters.compose(message, letters.trial_places(message, name), "preview"), name)


def _look(message: GuestMessage, code: str) -> tuple[delivery.Paper, Markup]:
    """The letter, and its text as it is formatted."""
    with in_language(code):
        body = texts.html(message.text[code], letters.trial_places(message, current_account().name))
    return _paper(message, code), body


def _said() -> str:
    tongues = 3
    sentences = {
        "saved": _("Saved."),
        "try": ngettext("The test is on its way to you.", "The tests are on their way to you.", tongues),
        "send": _("It is on its way."),
        "schedule": _("It goes out by itself at that hour."),
        "take_back": _("It is a draft again."),
        "stop": _("Stopped. What had gone out before is sent."),
        "copy": _("This is the copy, a draft."),
        "throw_away": _("It is gone."),
    }
    return sentences.get(request.args.get("said", ""), "")
