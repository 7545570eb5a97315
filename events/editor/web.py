"""What the editor's views share: forms that lose nothing, whoever saved first, and the page around them."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.accent import shades
from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core.db import transaction
from events.core.i18n import LANGUAGES, NAMES, colon
from events.core.refusal import Refusal
from events.editor import sheets
from events.editor.fields import Item, Raw, Reading, Setting
from events.editor.saving import Mistaken, Overtaken
from events.team.access import MANAGERS


@dataclass
class Sheet:
    """A form as it is shown: what stands in its fields, what is wrong, and what somebody else saved meanwhile."""

    raw: Raw
    version: int = 1
    mistakes: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    meanwhile: Raw = field(default_factory=dict)
    count: int = 0  # rows of a part
    status: int = 200
    labels: Mapping[str, Any] = field(default_factory=dict)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Every mistake with the field it stands in; without one where this page has no such field.

        There it stands alone, far from its field: so the field is named, unless the sentence names its language.
        """
        return [
            (name if self._has(name) else "", self._named(name, sentence)) for name, sentence in self.mistakes.items()
        ]

    def _named(self, name: str, sentence: str) -> str:
        language = NAMES.get(name.rpartition("-")[2], "")
        known = name not in self.labels or (language and language in sentence)
        return sentence if known else f"{colon(str(self.labels[name]))} {sentence}"

    @property
    def first_language(self) -> str:
        """The language of the first mistake or difference: on a telephone its fields are the ones to show."""
        different = [name for name in self.meanwhile if self.now(name) is not None]
        marked = (name.rpartition("-")[2] for name in (*self.mistakes, *different))
        return next((code for code in marked if code in ("fr", "en", "th")), "")

    def now(self, name: str) -> str | None:
        """What stands in a field meanwhile, where that is not what was typed."""
        there = self.meanwhile.get(name)
        return str(there) if there is not None and there != self.raw.get(name) else None

    def _has(self, name: str) -> bool:
        return name in self.raw


def managed(slug: str) -> Event:
    """The evening, if the signed-in account may edit it; else NotFound."""
    return get_managed_event(slug, MANAGERS)


def setting_of(event: Event) -> Setting:
    """What this evening's forms are read in."""
    return Setting(event.languages, event.currency, event.time_zone)


def typed_version() -> int:
    """The version that the form was made of; 0, which never was, for anything else."""
    return typed_number("version")


def typed_number(name: str) -> int:
    """A whole number that a hidden field carries; 0 for anything else."""
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def uploads(name: str) -> list[tuple[str, bytes]]:
    """The files that were sent in one field, with their names; their copies on the disk are gone at once."""
    read = []
    for sent in request.files.getlist(name):
        with closing(sent):
            read.append(((sent.filename or "")[-60:], bytes(sent.read())))
    return [(known_as, body) for known_as, body in read if body]


def attempt(reading: Reading, save: Callable[[], Any], now: Callable[[], tuple[Raw, int]]) -> Sheet | None:
    """Save in one transaction; None when that went well, else the form as it must be shown again.

    `now` reads, afterwards, what is stored and its version.
    """
    if reading.mistakes:
        return Sheet(reading.raw, typed_version(), reading.mistakes, status=422, labels=reading.labels)
    try:
        with transaction():
            save()
    except Mistaken as wrong:
        return Sheet(reading.raw, typed_version(), wrong.mistakes, status=wrong.status, labels=reading.labels)
    except Overtaken as late:
        there, version = now()
        return Sheet(reading.raw, version, {}, late.sentence, there, status=late.status)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return Sheet(reading.raw, typed_version(), {refusal.field or "": refusal.sentence}, status=refusal.status)
    return None


def page(template: str, event: Event | None, sheet: Sheet | None = None, **context: Any) -> ResponseReturnValue:
    """One of the editor's pages, with the answer's status."""
    body = render_template(
        f"events/editor/{template}",
        event=event,
        sheet=sheet,
        tongues=event.languages if event else LANGUAGES,
        zones=zones(),
        swatches=swatches(),
        said=request.args.get("said"),
        **context,
    )
    return body, sheet.status if sheet else 200


@lru_cache
def zones() -> tuple[str, ...]:
    """Time zones to choose from, by name."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


@lru_cache
def swatches() -> Mapping[str, str]:
    """The colour of each accent on its buttons by day."""
    own = {key: key.split("-") for key in sheets.ACCENTS if key}
    return {key: shades(int(hue), int(chroma))["hour"] for key, (hue, chroma) in own.items()}


def with_options(groups: Sequence[sheets.Group], name: str, options: list[tuple[str, Any]]) -> list[sheets.Group]:
    """The groups, one of their fields offering these choices."""

    def offering(item: Item) -> Item:
        return replace(item, options=lambda: options) if item.name == name else item

    return [replace(group, items=tuple(offering(item) for item in group.items)) for group in groups]
