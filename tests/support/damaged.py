"""Tickets as a door sees them: with glare, blurred, seen from the side, in a dark room. The same in every run."""

import io
import random

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
    """Held askew: one side farther away than the other."""
    width, height = picture.size
    inset = chance.uniform(0.1, 0.2) * height
    corners = (0, -inset, 0, height + inset, width, height - inset / 3, width, inset / 3)
    bent = picture.transform(picture.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor="white")
    return bent.rotate(chance.uniform(-25, 25), Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def _low_light(picture: Image.Image, chance: random.Random) -> Image.Image:
    """A dim room: dark, flat, and full of the camera's own noise."""
    flat = ImageEnhance.Contrast(picture).enhance(chance.uniform(0.25, 0.4))
    dark = ImageEnhance.Brightness(flat).enhance(chance.uniform(0.3, 0.5))
    noise = Image.effect_noise(picture.size, 18).convert("RGB")
    return ImageChops.add(dark, noise, scale=1, offset=-128)
