"""Words as people look for them: whatever the capitals and accents."""

import re
import unicodedata
from collections.abc import Iterable, Sequence


def folded(text: str) -> str:
    """Without capitals and Latin accents; Thai and other scripts keep their marks, which are letters there."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub("[\u0300-\u036f]", "", apart)
    return unicodedata.normalize("NFC", plain).replace("đ", "d").replace("œ", "oe").replace("’", "'")


def folded_together(texts: Iterable[str]) -> Sequence[str]:
    """The same of many short texts, several times as quick as one by one. None of them holds U+0000."""
    return folded("\0".join(texts)).split("\0")
