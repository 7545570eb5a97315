"""Which photographs of a gallery a page shows: those whose words are there in its language."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

SMALL: Final = 560
WIDE: Final = 1_280
"""The longer side of each file, in pixels."""
NAME: Final = re.compile(r"[0-9a-f]{16}-([0-9]{1,4})x([0-9]{1,4})")
"""What a photograph is called: a digest of its content, and the width and height of the wide file."""


@dataclass(frozen=True)
class Shown:
    """A photograph on the page: width and height of the wide file, the width of the small one, in pixels."""

    name: str
    width: int
    height: int
    small: int
    alt: str
    caption: str


def shown(rows: Iterable[Mapping[str, Any]] | None, lang: str) -> list[Shown]:
    """The photographs of a block that are described in this language. Without words a picture is nothing to some."""
    found = []
    for row in rows or ():
        sides, alt = sides_of(str(row.get("picture", ""))), (row.get("alt") or {}).get(lang, "")
        if sides and alt:
            width, height = sides
            small = round(width * min(1, SMALL / max(sides)))
            caption = (row.get("caption") or {}).get(lang, "")
            found.append(Shown(str(row["picture"]), width, height, small, alt, caption))
    return found


def sides_of(name: str) -> tuple[int, int] | None:
    """Width and height that a name tells; None for what is no name."""
    found = NAME.fullmatch(name)
    sides = (int(found[1]), int(found[2])) if found else (0, 0)
    return sides if min(sides) > 0 else None
