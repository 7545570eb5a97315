"""The words of the papers in three languages: they belong to the rule's version, not to the pages' catalogues."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


@cache
def text(lang: str) -> dict[str, Any]:
    """All words of one language, by key."""
    words: dict[str, Any] = json.loads((_HERE / f"{lang}.json").read_text(encoding="utf-8"))
    return words
