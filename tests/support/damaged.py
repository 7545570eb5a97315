"""Tickets as a door sees them: with glare, blurred, seen from the side, in a dark room. The same in every run."""

import io
import random
from math import cos, radians, sin

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter

from events.tickets import qr

KINDS = ("glare", "blur", "tilt", "low light")


def ticket(code: str) -> Image.Image:
    """A ticket's symbol as a phone shows it."""
    return Image.open(io.BytesIO(qr.png(code, 16))).convert("RGB")


def damaged(code: str, kind: str, chance: random.Random) -> Image.Image:
    """The same, as it should not be."""
    picture = ticket(code)
    return {"glare": _glare, "blur": _blur, "tilt": _tilt, "low light": _low_light}[kind](picture, chance)


def _glare(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A lamp's reflection: white in the middle, fading outwards."""
    width, height = picture.size
    light = Image.new("L", picture.size, 0)
    x, y, radius = (chance.uniform(a, b) * width for a, b in ((0.2, 0.8), (0.2, 0.8), (0.08, 0.15)))
    ImageDraw.Draw(light).ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    light = light.filter(ImageFilter.GaussianBlur(radius / 2))
    return Image.composite(Image.new("RGB", (width, height), "white"), picture, light)


def _blur(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A hand that does not keep still, a lens that has not found its distance."""
    return picture.filter(ImageFilter.GaussianBlur(chance.uniform(4, 7)))


def _tilt(picture: Image.Image, chance: random.Random) -> Image.Image:
    """Held askew: one side farther away than the other, as a lens sees a flat thing from the side."""
    return seen_from(picture, chance.uniform(40, 65), chance.uniform(-25, 25))


def seen_from(picture: Image.Image, degrees: float, turned: float) -> Image.Image:
    """The picture turned away from the lens, which is one and a half of its widths off; and turned in its plane."""
    width, height = picture.size
    edge = (round(width * 0.15), round(height * 0.15))
    paper = Image.new("RGB", (width + 2 * edge[0], height + 2 * edge[1]), "white")
    paper.paste(picture, edge)
    aside = paper.transform(
        paper.size, Image.Transform.PERSPECTIVE, _view(paper, degrees), Image.Resampling.BICUBIC, fillcolor="white"
    )
    return aside.rotate(turned, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def _view(paper: Image.Image, degrees: float) -> tuple[float, ...]:
    """Where each point that the lens sees lies on the paper: (ax + by + c, dx + ey + f) / (gx + hy + 1)."""
    across, sideways, away = cos(radians(degrees)), sin(radians(degrees)), 1.5 * paper.width
    x, y = paper.width / 2, paper.height / 2
    k = across * away + sideways * x
    return (
        *((away - x * sideways) / k, 0, x - away * x / k),
        *(-y * sideways / k, across * away / k, y - across * away * y / k),
        *(-sideways / k, 0),
    )


def _low_light(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A dim room: dark, flat, and full of the camera's own noise."""
    flat = ImageEnhance.Contrast(picture).enhance(chance.uniform(0.25, 0.4))
    dark = ImageEnhance.Brightness(flat).enhance(chance.uniform(0.3, 0.5))
    noise = Image.effect_noise(picture.size, 18).convert("RGB")
    return ImageChops.add(dark, noise, scale=1, offset=-128)
