"""An organisation's accent: one hue and one chroma become seven shades by day and seven by night.

Lightness is fixed in OKLCH (https://bottosson.github.io/posts/oklab/), so that every contrast of the look holds
whatever the hue: chroma is scaled per shade, then lowered until the colour exists in sRGB.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from events.catalogue.models import Event

Rgb = tuple[float, float, float]

# Shade: lightness, share of the organisation's chroma.
LIGHT: Final = {
    "hour": (0.40, 1.0),
    "hour-press": (0.33, 1.0),
    "hour-mist": (0.955, 0.13),
    "on-hour": (1.0, 0.0),
    "hour-deep": (0.26, 0.7),
    "hour-cloth": (0.30, 0.75),
    "hour-line": (0.78, 0.45),
}
DARK: Final = {
    "hour": (0.82, 0.6),
    "hour-press": (0.90, 0.35),
    "hour-mist": (0.27, 0.4),
    "on-hour": (0.19, 0.4),
    "hour-deep": (0.245, 0.6),
    "hour-cloth": (0.28, 0.65),
    "hour-line": (0.70, 0.55),
}
MOST_CHROMA: Final = 0.14


@dataclass(frozen=True)
class Cover:
    """Three shades of a cover that is drawn on paper or in a picture, as #rrggbb: ground, table-cloth, drawn line."""

    deep: str = "#18204f"
    cloth: str = "#1f2861"
    line: str = "#a9b5dd"


def cover(event: Event) -> Cover:
    """The shades of this evening's cover: its own colour, else its organisation's, else the blue hour."""
    house = event.organisation
    hue, chroma = (event.accent_hue, event.accent_chroma) if event.accent_hue is not None else (
        house.accent_hue, house.accent_chroma
    )  # fmt: skip
    if hue is None:
        return Cover()
    found = shades(hue, chroma or 0)
    return Cover(found["hour-deep"], found["hour-cloth"], found["hour-line"])


@lru_cache(maxsize=256)
def sheet(hue: int, chroma: int) -> str:
    """The style sheet that replaces the raw shades of tokens.css. `hue` in degrees, `chroma` in thousandths."""
    light, dark = (_declarations(shades(hue, chroma, dark)) for dark in (False, True))
    return f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def shades(hue: int, chroma: int, dark: bool = False) -> dict[str, str]:
    """The seven shades as #rrggbb. Chroma above 0.14 is lowered to it: beyond, the pages would shout."""
    strength = min(max(chroma, 0) / 1000, MOST_CHROMA)
    return {
        name: to_hex(_fitting(lightness, strength * share, hue))
        for name, (lightness, share) in (DARK if dark else LIGHT).items()
    }


def to_hex(colour: Rgb) -> str:
    """Linear sRGB (0 to 1) as #rrggbb."""
    return "#" + "".join(f"{round(255 * _encode(min(max(part, 0.0), 1.0))):02x}" for part in colour)


def _declarations(values: dict[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())


def _fitting(lightness: float, chroma: float, hue: float) -> Rgb:
    """The colour, or the strongest of its hue and lightness that sRGB holds."""
    low, high = 0.0, chroma
    if _in_gamut(_linear(lightness, chroma, hue)):
        return _linear(lightness, chroma, hue)
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if _in_gamut(_linear(lightness, middle, hue)) else (low, middle)
    return _linear(lightness, low, hue)


def _linear(lightness: float, chroma: float, hue: float) -> Rgb:
    """OKLCH to linear sRGB, possibly outside 0 to 1."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(colour: Rgb) -> bool:
    return all(-0.0005 <= part <= 1.0005 for part in colour)


def _encode(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)
