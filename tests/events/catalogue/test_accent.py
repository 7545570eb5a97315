"""Whatever hue an organisation chooses, its pages can be read."""

from itertools import product

import pytest

from events.catalogue.accent import MOST_CHROMA, shades, sheet

HUES = range(0, 360, 10)
CHROMAS = (20, 60, 100, 140)
INK, PAPER = "#171a2b", "#f6f5f1"
ASH = {False: "#545968", True: "#adb2c6"}
PAGE = {False: "#fbfbf9", True: "#0f1220"}

EVERY = [(hue, chroma, dark) for (hue, chroma), dark in product(product(HUES, CHROMAS), (False, True))]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 computes it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("what", "text", "ground", "least"),
    [
        ("buttons", "on-hour", "hour", 8.7),
        ("links on the page", "hour", None, 7.7),
        ("links on the tint", "hour", "hour-mist", 7.0),
        ("a pressed button", "on-hour", "hour-press", 8.7),
        ("lines on the cloth", "hour-line", "hour-cloth", 4.5),
    ],
)
def test_every_hue_keeps_its_contrasts(what: str, text: str, ground: str | None, least: float, dark: bool) -> None:
    found = [
        contrast(made[text], made[ground] if ground else PAGE[dark])
        for made in (shades(hue, chroma, dark) for hue, chroma in product(HUES, CHROMAS))
    ]
    assert min(found) >= least, what


def test_words_on_the_cover_and_quiet_words_on_the_tint_can_be_read() -> None:
    for hue, chroma, dark in EVERY:
        made = shades(hue, chroma, dark)
        assert contrast(PAPER, made["hour-cloth"]) >= 8.4
        assert contrast("#c9cee4", made["hour-cloth"]) >= 7.0
        assert contrast(ASH[dark], made["hour-mist"]) >= 6.0


def test_celadon_is_the_shade_the_look_was_drawn_with() -> None:
    assert shades(178, 75)["hour-mist"] == "#eaf2f0"
    assert shades(178, 75, dark=True)["hour"] == "#a6cec4"


def test_chroma_beyond_the_limit_changes_nothing() -> None:
    assert shades(20, 900) == shades(20, int(MOST_CHROMA * 1000))


def test_sheet_replaces_the_seven_raw_shades_by_day_and_by_night() -> None:
    made = sheet(20, 120)
    assert made.count("--hour") == 12
    assert made.count("--on-hour") == 2
    assert "prefers-color-scheme:dark" in made
