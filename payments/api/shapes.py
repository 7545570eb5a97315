"""Shapes of JSON: the same data describe them (JSON Schema, as OpenAPI 3.1 has it) and check what programs send.

Only the words used here are known: what describes a request is what is checked, nothing more and nothing less.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Shape = Mapping[str, Any]

LARGEST = 9_007_199_254_740_991
"""The largest whole number that every program's JSON keeps (2^53 - 1)."""
PRINTABLE = r"^[^\u0000-\u001f\u007f]*$"
_DIGITS = re.compile(r"-?(0|[1-9][0-9]{0,15})")


class Mismatch(Exception):  # noqa: N818 - an answer, told with the place it is about
    """What was sent has another shape; the message is the place: `tickets/0/count`."""


def text(longest: int, pattern: str = "", shortest: int = 0, **more: Any) -> Shape:
    """One line of text; `pattern` is anchored, in the part of the language that Python and ECMA share."""
    least = {"minLength": shortest} if shortest else {}
    return {"type": "string", "maxLength": longest, "pattern": pattern or PRINTABLE, **least, **more}


def whole(least: int = 1, most: int = LARGEST, **more: Any) -> Shape:
    """A whole number."""
    return {"type": "integer", "minimum": least, "maximum": most, **more}


def amount(**more: Any) -> Shape:
    """Money."""
    return whole(0, description="Minor units of `currency`.", **more)


def flag() -> Shape:
    """Yes or no."""
    return {"type": "boolean"}


def moment() -> Shape:
    """ISO 8601, UTC."""
    return {"type": "string", "format": "date-time"}


def one_of(words: Sequence[str], **more: Any) -> Shape:
    """One of some words."""
    return {"type": "string", "enum": list(words), **more}


def many(item: Shape, most: int | None = None, least: int = 0, **more: Any) -> Shape:
    """A list."""
    limits: dict[str, int] = {"maxItems": most} if most is not None else {}
    return {"type": "array", "items": item, **limits, **({"minItems": least} if least else {}), **more}


def maybe(shape: Shape) -> Shape:
    """The same, or null."""
    return {**shape, "type": [shape["type"], "null"], **({"enum": [*shape["enum"], None]} if "enum" in shape else {})}


def fields(optional: Sequence[str] = (), /, **shapes: Shape) -> Shape:
    """An object with these fields and no others."""
    needed = [name for name in shapes if name not in optional]
    return {
        "type": "object",
        "properties": shapes,
        "additionalProperties": False,
        **({"required": needed} if needed else {"minProperties": 1}),
    }


def words() -> Shape:
    """A text in each of its languages."""
    return {"type": "object", "additionalProperties": {"type": "string"}, "examples": [{"en": "The dinner"}]}


def read(shape: Shape, written: str, place: str) -> object:
    """A value out of an address. Raises Mismatch."""
    if shape["type"] == "integer":
        if not _DIGITS.fullmatch(written):
            raise Mismatch(place)
        return check(shape, int(written), place)
    return check(shape, written, place)


def check(shape: Shape, value: Any, place: str = "") -> object:  # noqa: ANN401 - whatever JSON holds
    """The value, whole numbers as such. Raises Mismatch."""
    return _CHECKS[shape["type"]](shape, value, place)


def _text(shape: Shape, value: object, place: str) -> object:
    if not isinstance(value, str) or ("enum" in shape and value not in shape["enum"]):
        raise Mismatch(place)
    if not shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", LARGEST):
        raise Mismatch(place)
    if value.endswith("\n") or not re.search(shape.get("pattern", ""), value):  # Python's $ lets one newline pass
        raise Mismatch(place)
    if any("\ud800" <= sign <= "\udfff" for sign in value):  # half a letter, which no database keeps
        raise Mismatch(place)
    return value


def _whole(shape: Shape, value: object, place: str) -> object:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # 1.0 is a whole number to JSON Schema
    if not isinstance(value, int) or isinstance(value, bool) or not shape["minimum"] <= value <= shape["maximum"]:
        raise Mismatch(place)
    return value


def _flag(_shape: Shape, value: object, place: str) -> object:
    if not isinstance(value, bool):
        raise Mismatch(place)
    return value


def _many(shape: Shape, value: object, place: str) -> object:
    if not isinstance(value, list) or not shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", LARGEST):
        raise Mismatch(place)
    found = [check(shape["items"], one, f"{place}/{number}") for number, one in enumerate(value)]
    if shape.get("uniqueItems") and any(one in found[:number] for number, one in enumerate(found)):
        raise Mismatch(place)
    return found


def _fields(shape: Shape, value: object, place: str) -> object:
    if not isinstance(value, dict) or len(value) < shape.get("minProperties", 0):
        raise Mismatch(place)
    known: Mapping[str, Shape] = shape["properties"]
    for name in (*(set(shape.get("required", ())) - set(value)), *(set(value) - set(known))):
        raise Mismatch(f"{place}/{name}".lstrip("/")[:100])
    return {name: check(known[name], one, f"{place}/{name}".lstrip("/")) for name, one in value.items()}


_CHECKS = {"string": _text, "integer": _whole, "boolean": _flag, "array": _many, "object": _fields}
