"""The gallery of the demonstration's past evening: three drawings, so that nobody is shown who was not there."""

from collections.abc import Callable
from io import BytesIO
from math import cos, pi, sin
from typing import Final

from PIL import Image, ImageDraw

from events.catalogue.models import Block, Event
from events.core.db import db, transaction
from events.editor import galleries
from payments.demo.catalogue import read

WIDTH: Final = 1280
HEIGHT: Final = 860
NIGHT, CLOTH, LINE, CANDLE, LINEN, LEAF, WARM = (
    "#18204f",
    "#1f2963",
    "#9aa6de",
    "#fdf4e1",
    "#f2f2ee",
    "#6d8f74",
    "#e0a95a",
)


def hang(event_id: int) -> None:
    """Put the drawings on the evening's page, behind its first part."""
    prepared, _wrong = galleries.prepare([("drawing", _png(draw)) for draw in (_table, _lanterns, _garland)])
    words = read("gallery")
    rows = [{"picture": one.name} | said for one, said in zip(prepared, words["pictures"], strict=True)]
    with transaction():
        event = db.session.get_one(Event, event_id)
        galleries.add(event, prepared, "demo")
        for block in event.blocks[1:]:
            block.position += 1
        content = words | {"pictures": rows}
        event.blocks.append(Block(position=event.blocks[0].position + 1, kind="gallery", content=content))


def _png(draw: Callable[[ImageDraw.ImageDraw], None]) -> bytes:
    """Drawn twice as large, so that edges are soft."""
    picture = Image.new("RGB", (WIDTH * 2, HEIGHT * 2), NIGHT)
    draw(ImageDraw.Draw(picture))
    written = BytesIO()
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(written, "PNG")
    return written.getvalue()


def _disc(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float, fill: str | None = None, line: int = 0) -> None:
    """Pixels of the finished picture."""
    box = [2 * (x - radius), 2 * (y - radius), 2 * (x + radius), 2 * (y + radius)]
    draw.ellipse(box, fill, LINE if line else None, line)


def _table(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(0, 500), (2560, 120), (2560, 1500), (0, 1720)], CLOTH)
    for number in range(4):
        x, y = 150 + number * 330, 480 - number * 42
        lit = number == 2
        _disc(draw, x, y, 120, CANDLE if lit else None, 4)
        _disc(draw, x, y, 82, None, 3)
        _disc(draw, x + 120, y - 130, 30, None, 4)
        for side in (-150, 150):
            draw.line([(2 * (x + side), 2 * (y - 70)), (2 * (x + side + 6), 2 * (y + 90))], LINE, 6)
        if lit:
            _flower(draw, x, y, 46)


def _lanterns(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle([0, 1240, 2560, 1720], "#12183c")
    draw.pieslice([1000, 1080, 1560, 1400], 180, 360, CLOTH)
    for number in range(7):
        x, y = 110 + number * 178, 250 + 70 * sin(number * pi / 3)
        draw.line([(2 * x, 0), (2 * x, 2 * (y - 66))], LINE, 4)
        _disc(draw, x, y, 92, "#2a3370")
        draw.ellipse([2 * (x - 46), 2 * (y - 64), 2 * (x + 46), 2 * (y + 64)], CANDLE if number % 3 else WARM)
        draw.line([(2 * x, 2 * (y + 64)), (2 * x, 2 * (y + 96))], WARM, 6)
    for number in range(26):
        x = 20 + number * 50
        draw.line([(2 * x, 1500), (2 * x + 30 * sin(number), 1300 - 40 * cos(number * 2))], LEAF, 8)


def _garland(draw: ImageDraw.ImageDraw) -> None:
    draw.rectangle([0, 0, 2560, 1720], LINEN)
    for number in range(30):
        turn = number * 2 * pi / 30
        _bud(draw, 640 + 330 * cos(turn), 370 + 270 * sin(turn), turn)
    for step in range(5):
        _bud(draw, 640, 660 + step * 38, pi / 2)
    _flower(draw, 640, 640, 70)


def _bud(draw: ImageDraw.ImageDraw, x: float, y: float, turn: float) -> None:
    _disc(draw, x + 16 * cos(turn), y + 16 * sin(turn), 13, LEAF)
    draw.ellipse([2 * (x - 26), 2 * (y - 26), 2 * (x + 26), 2 * (y + 26)], "#ffffff", "#c9cdb8", 4)


def _flower(draw: ImageDraw.ImageDraw, x: float, y: float, size: float) -> None:
    for petal in range(6):
        turn = petal * pi / 3
        _petal(draw, x + size * 0.62 * cos(turn), y + size * 0.62 * sin(turn), size * 0.42)
    draw.ellipse([2 * (x - size / 5), 2 * (y - size / 5), 2 * (x + size / 5), 2 * (y + size / 5)], WARM)


def _petal(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    box = [2 * (x - radius), 2 * (y - radius), 2 * (x + radius), 2 * (y + radius)]
    draw.ellipse(box, "#ffffff", LEAF, 4)
