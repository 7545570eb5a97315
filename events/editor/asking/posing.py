"""A question of the organiser's own: asked in every language of the evening, and ended, never changed."""

from collections.abc import Mapping
from typing import Any

from events.catalogue.models import Event
from events.core import trail
from events.core.i18n import LANGUAGES, in_language
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.core.typed import one_line
from events.editor.saving import Mistaken
from events.guests import questions

FEWEST, MOST = 2, 12
LONGEST = 80
"""Letters of an answer to choose."""


def pose(event: Event, values: Mapping[str, Any], actor: str) -> None:
    """Ask it. In the caller's transaction; raises Mistaken."""
    choices = _choices(event, values)
    found = _missing(event, values["text"]) | choices.mistakes | _at_door(values)
    if found:
        raise Mistaken(found)
    how = {name: values[name] for name in ("at_door", "kind", "scope", "need")}
    question = questions.new_question(event.id, values["text"], choices.read, **how)
    trail.note(actor, "question.asked", f"question:{question.id}", event.organisation_id, event=event.id)


def end(event: Event, question_id: int, actor: str) -> None:
    """Ask it no longer; what was answered stays. Raises NotFound."""
    if not questions.end_question(event.id, question_id):
        raise NotFound(_("This question is not asked, or not any more."))
    trail.note(actor, "question.ended", f"question:{question_id}", event.organisation_id, event=event.id)


def _missing(event: Event, texts: Mapping[str, str]) -> dict[str, str]:
    """Nobody can translate it later: it is then answered already."""
    return {f"text-{code}": _("Please fill this in.") for code in event.languages if not texts.get(code)}


def _at_door(values: Mapping[str, Any]) -> dict[str, str]:
    if values["at_door"] and (values["scope"] != "ticket" or values["kind"] == "text"):
        return {"at_door": _("The door asks guests, and shows answers to choose from.")}
    return {}


class _Choices:
    """The answers of every language, side by side; mistakes by field."""

    def __init__(self) -> None:
        self.read: list[dict[str, str]] = []
        self.mistakes: dict[str, str] = {}


def _choices(event: Event, values: Mapping[str, Any]) -> _Choices:
    found = _Choices()
    if values["kind"] == "yes_no":
        found.read = [_yes_or_no(first=True), _yes_or_no(first=False)]
    if values["kind"] != "choice":
        return found
    rows = {code: _rows(values["choices"].get(code, "")) for code in event.languages}
    expected = len(rows[event.languages[0]])
    for code, answers in rows.items():
        if mistake := _mistake(answers, expected):
            found.mistakes[f"choices-{code}"] = mistake
    if not found.mistakes:
        found.read = [{code: rows[code][place] for code in rows} for place in range(expected)]
    return found


def _mistake(answers: list[str], expected: int) -> str:
    if not FEWEST <= len(answers) <= MOST:
        return _("Please write two to twelve answers, one on each line.")
    if len(answers) != expected:
        return _("Please write as many answers here as in the first language, in the same order.")
    return _("One of these answers is too long.") if any(len(one) > LONGEST for one in answers) else ""


def _rows(text: str) -> list[str]:
    return [row for row in map(one_line, text.splitlines()) if row]


def _yes_or_no(*, first: bool) -> dict[str, str]:
    words = {}
    for code in LANGUAGES:
        with in_language(code):
            words[code] = _("Yes") if first else _("No")
    return words
