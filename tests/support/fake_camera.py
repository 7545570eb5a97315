"""A film for Chromium's fake camera: pictures held before it by an unsteady hand, one after the other.

Chromium plays a .mjpeg file (plain JPEGs one behind the other, 4:2:0) at 30 pictures a second, again and again, as if
it were a webcam. The page must stand on a secure address: https, localhost or 127.0.0.1.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, sin
from pathlib import Path

from PIL import Image

WIDTH, HEIGHT = 1280, 720
RATE = 30  # pictures a second, as Chromium plays them
MOVES = 10  # different pictures a second; each is written three times
DESK = (92, 88, 84)


@dataclass(frozen=True)
class Held:
    """One picture held before the camera; None is an empty desk."""

    picture: Image.Image | None
    seconds: float = 1.5
    tilt: float = 4.0  # degrees


def flags(film: Path) -> list[str]:
    """What Chromium is started with, so that it has a camera, allowed without asking, that shows the film."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film.resolve()}",
    ]


def shoot(film: Path, scenes: Sequence[Held]) -> None:
    """Write the film."""
    with film.open("wb") as reel:
        for scene in scenes:
            for picture in _pictures(scene):
                reel.write(_jpeg(picture) * (RATE // MOVES))


def _pictures(scene: Held) -> Iterator[Image.Image]:
    held = _fitted(scene.picture) if scene.picture else None
    for moment in range(max(1, round(scene.seconds * MOVES))):
        desk = Image.new("RGB", (WIDTH, HEIGHT), DESK)
        if held:
            turned = held.rotate(scene.tilt + 1.5 * sin(moment / 3), Image.Resampling.BICUBIC, expand=True)
            left = (WIDTH - turned.width) // 2 + round(12 * sin(moment / 4))
            top = (HEIGHT - turned.height) // 2 + round(8 * cos(moment / 5))
            desk.paste(turned, (left, top), turned)
        yield desk


def _fitted(picture: Image.Image) -> Image.Image:
    """As large as a careful guest holds it, with room to turn."""
    scale = min(520 / picture.height, 900 / picture.width)
    size = (round(picture.width * scale), round(picture.height * scale))
    return picture.convert("RGBA").resize(size, Image.Resampling.LANCZOS)


def _jpeg(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85, subsampling="4:2:0")
    return buffer.getvalue()
