"""Words as people look for them: whatever the capitals and accents."""

import re
import unicodedata


def folded(text: str) -> str:
    """Without capitals and Latin accents; Thai and other scripts keep their marks, which are letters there."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    plain = re.sub("[\u0300-\u036f]", "", apart)
    return unicodedata.normalize("NFC", plain).replace("đ", "d").replace("œ", "oe").replace("’", "'")
