"""What each kind of part on an event page is made of: its own texts, and the rows below them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from events.core.i18n import LANGUAGES
from events.core.i18n import lazy_gettext as _l
from events.editor.fields import Form, Item, Raw, Reading, Setting, read, show

MOST_ROWS = 40


@dataclass(frozen=True)
class Shape:
    """A kind of part. `rows` is the key of its rows in the block's content; empty for a part without rows."""

    name: Any
    about: Any
    head: tuple[Item, ...]
    rows: str = ""
    row: tuple[Item, ...] = ()
    row_name: Any = ""


def _text(name: str, label: Any, kind: str = "text", hint: Any = "", needed: bool = False) -> Item:  # noqa: ANN401
    return Item(name, label, kind, hint, translated=True, needed=needed)


def _drawings() -> Iterable[tuple[str, Any]]:
    return (("", _l("None")), ("jasmine", _l("Jasmine")), ("letter", _l("A letter")))


_TITLE = _text("title", _l("Heading"), needed=True)
_INTRO = _text("intro", _l("A line below the heading"))
_URL = Item("url", _l("Link"), "web")
_MARKDOWN = _l("An empty line begins a new paragraph. **Bold**, *italic*, [words](https://example.org) for a link.")

SHAPES: Mapping[str, Shape] = {
    "story": Shape(
        _l("Story"), _l("A heading and a text."), (_TITLE, _text("text", _l("Text"), "long", _MARKDOWN)),
    ),
    "cause": Shape(
        _l("Cause"), _l("What the money is for, on a coloured ground before the prices."), (_TITLE, _INTRO), "articles",
        (
            _text("title", _l("Heading")),
            _text("text", _l("Text"), "long", _MARKDOWN),
            Item("drawing", _l("Drawing"), "choice", options=_drawings),
        ),
        _l("Purpose"),
    ),
    "programme": Shape(
        _l("Programme or menu"), _l("Hours and what happens, or courses and dishes."), (_TITLE,), "rows",
        (_text("time", _l("Hour or course")), _text("what", _l("What"))),
        _l("Line"),
    ),
    "figures": Shape(
        _l("Figures"), _l("Large numbers, each with a sentence and its source."), (_TITLE, _INTRO), "figures",
        (_text("value", _l("Figure")), _text("sentence", _l("Sentence")), _text("source", _l("Source")), _URL),
        _l("Figure"),
    ),
    "partners": Shape(
        _l("Partners"), _l("Who helps, and how."), (_TITLE,), "partners",
        (_text("name", _l("Name")), _text("role", _l("What they do")), _URL),
        _l("Partner"),
    ),
    "press": Shape(
        _l("Press"), _l("Links to what others wrote."), (_TITLE,), "links",
        (_text("title", _l("Heading")), _URL, _text("source", _l("Where it appeared"))),
        _l("Link"),
    ),
    "gallery": Shape(
        _l("Gallery"), _l("Photographs with a line below each: the room, food, hands; never those who are helped."),
        (_TITLE, _INTRO), "pictures",
        (
            Item("picture", _l("Picture"), "picture"),
            _text("alt", _l("What one sees"), hint=_l("Read aloud to those who cannot see it."), needed=True),
            _text("caption", _l("A line below the picture")),
        ),
        _l("Picture"),
    ),
    "questions": Shape(
        _l("Questions and answers"), _l("What guests ask each year."), (_TITLE,), "questions",
        (_text("question", _l("Question")), _text("answer", _l("Answer"), "long")),
        _l("Question"),
    ),
    "help": Shape(
        _l("Where to find help"), _l("Addresses and telephone numbers for those who need them."), (_TITLE, _INTRO),
        "contacts",
        (
            _text("name", _l("Name")),
            _text("address", _l("Address")),
            Item("phone", _l("Telephone"), "tel"),
            Item("email", _l("E-mail")),
            _URL,
        ),
        _l("Contact"),
    ),
}  # fmt: skip


def prefix(number: int) -> str:
    """What the field names of a row begin with; rows count from 0."""
    return f"row{number}-"


def read_block(shape: Shape, form: Form, setting: Setting) -> tuple[Reading, int]:
    """The whole form of a part, and how many rows it showed. Rows left empty are not among the values."""
    reading = read(shape.head, form, setting)
    count = _count(form)
    rows = []
    for number in range(count):
        row = read(shape.row, form, setting, prefix(number))
        reading.raw |= row.raw
        reading.mistakes |= row.mistakes
        reading.labels |= {name: f"{shape.row_name} {number + 1}, {label}" for name, label in row.labels.items()}
        if any(row.values.values()):
            rows.append(row.values)
    if shape.rows:
        reading.values[shape.rows] = rows
    return reading, count


def show_block(shape: Shape, content: Mapping[str, Any], setting: Setting) -> tuple[Raw, int]:
    """A stored part as form fields, and how many rows it has."""
    raw = show(shape.head, content, setting)
    rows = content.get(shape.rows) or [] if shape.rows else []
    for number, row in enumerate(rows):
        raw |= show(shape.row, row, setting, prefix(number))
    return raw, len(rows)


def with_pictures(raw: Raw, count: int, names: Iterable[str]) -> tuple[Raw, int]:
    """What was typed with a row more for each picture that was sent. Nothing is saved."""
    rows = {f"{prefix(number)}picture": name for number, name in enumerate(names, count)}
    return raw | rows, count + len(rows)


def rearranged(shape: Shape, raw: Raw, count: int, act: str) -> tuple[Raw, int]:
    """What was typed with a row more, one less, or one moved up: `act` is add, remove-2 or up-2. Nothing is saved."""
    verb, _dash, number = act.partition("-")
    order = list(range(count))
    at = int(number) if number.isascii() and number.isdigit() else -1
    if verb == "add" and count < MOST_ROWS:
        order.append(count)
    elif verb == "remove" and 0 <= at < count:
        order.remove(at)
    elif verb == "up" and 0 < at < count:
        order[at - 1], order[at] = at, at - 1
    rest = {name: value for name, value in raw.items() if not name.startswith("row")}
    return rest | _renumbered(shape, raw, order), len(order)


def _renumbered(shape: Shape, raw: Raw, order: list[int]) -> Raw:
    names = [name for item in shape.row for name in _names(item)]
    return {prefix(new) + name: raw.get(prefix(old) + name, "") for new, old in enumerate(order) for name in names}


def _names(item: Item) -> list[str]:
    return [f"{item.name}-{code}" for code in LANGUAGES] if item.translated else [item.name]


def _count(form: Form) -> int:
    typed = form.get("rows") or ""
    return min(int(typed), MOST_ROWS) if typed.isascii() and typed.isdigit() else 0
