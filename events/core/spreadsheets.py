"""Text that no spreadsheet takes for a program."""

import re
from typing import Final

# Full-width and small forms are folded to the plain signs by some spreadsheets.
_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫"
_UNSEEN: Final = "[\\s\\x00-\\x1f\u00ad\u200b-\u200f\u2060\ufeff]*"
_FORMULA: Final = re.compile(f"{_UNSEEN}[{_SIGNS}]| *[\\t\\r\\n]")
_HIDDEN_FORMULA: Final = re.compile(f"([;,|\\t\\r\\n]{_UNSEEN})([{_SIGNS}])")
_SUSPECT: Final = re.compile(f"[{_SIGNS}\\t\\r\\n]")


def neutralised(text: str) -> str:
    """The text, harmless in a spreadsheet: an apostrophe before whatever could be taken for a formula.

    That is a cell which begins with = + - @ or TAB, CR, LF, be it after spaces or in full width; and the same after a
    separator inside the cell, for a spreadsheet of another country may split there.
    """
    if not _SUSPECT.search(text):
        return text
    inside = _HIDDEN_FORMULA.sub(r"\1'\2", text)
    return f"'{inside}" if _FORMULA.match(text) else inside
