"""The photograph on a cover: read with care, without a camera's place and time, light enough for a phone."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import delete

from events.catalogue.models import Event
from events.catalogue.photos import CoverPhoto
from events.core import tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.editor import saving

LARGEST_UPLOAD = 15 * 1024 * 1024
LARGEST_PICTURE = 60_000_000
"""Pixels: more than any telephone's camera gives, and less than what would fill the memory."""
SMALLEST = 600
"""The longer side in pixels: less is a blur on a phone, which shows three for one."""
SMALL, WIDE = (900, 25_000), (1_600, 90_000)
"""The longer side in pixels, and the most bytes."""
_QUALITIES = (82, 72, 60, 48, 36, 26)


class BadPicture(Refusal):
    """The file is no picture we can show."""

    def __init__(self, sentence: str) -> None:
        super().__init__("bad_picture", sentence, field="photo")


def prepare(upload: bytes) -> tuple[bytes, bytes]:
    """The small and the wide JPEG of what was sent. Outside any transaction: it takes a moment. Raises BadPicture."""
    picture = read(upload)
    if max(picture.size) < SMALLEST:
        sentence = _("This picture is too small for a cover: at least %(least)s pixels wide, please.", least=SMALLEST)
        raise BadPicture(sentence)
    return _jpeg(picture, *SMALL), _jpeg(picture, *WIDE)


def read(upload: bytes) -> Image.Image:
    """The picture that was sent, upright, in RGB. Raises BadPicture for what is none, or is too large to be opened."""
    if not upload:
        raise BadPicture(_("Please choose a picture."))
    if len(upload) > LARGEST_UPLOAD:
        raise BadPicture(_("This file is too large: at most %(most)s MB.", most=LARGEST_UPLOAD // 1024 // 1024))
    return _opened(upload)


def put(event: Event, small: bytes, wide: bytes, actor: str) -> None:
    """Show this photograph from now on. In the caller's transaction."""
    _take_away(event)
    db.session.add(CoverPhoto(event_id=event.id, small=small, wide=wide))
    saving.claim(event, event.version, event.slug, cover=tokens.digest(wide.hex())[:12])
    trail.note(actor, "cover.changed", event.slug, event.organisation_id, event=event.id, cover=event.cover)


def remove(event: Event, actor: str) -> None:
    """Show the drawn table again. In the caller's transaction."""
    _take_away(event)
    saving.claim(event, event.version, event.slug, cover=None)
    trail.note(actor, "cover.removed", event.slug, event.organisation_id, event=event.id)


def copy(event: Event, new: Event) -> None:
    """The same photograph for another evening."""
    photo = db.session.get(CoverPhoto, event.id) if event.cover else None
    if photo is not None:
        db.session.add(CoverPhoto(event_id=new.id, small=photo.small, wide=photo.wide))
        new.cover = event.cover


def _take_away(event: Event) -> None:
    changed(delete(CoverPhoto).where(CoverPhoto.event_id == event.id))


def _opened(upload: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # judged by our own measure, next
            picture = Image.open(BytesIO(upload), formats=("JPEG", "PNG", "WEBP"))
            if picture.width * picture.height > LARGEST_PICTURE:
                raise BadPicture(_("This picture has too many pixels."))
            picture.draft("RGB", (WIDE[0], WIDE[0]))
            return _read_whole(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPicture(_("This file is not a picture: please send a JPEG, PNG or WebP.")) from error


def _read_whole(picture: Image.Image) -> Image.Image:
    """Upright, in RGB; its head was a picture's, so what fails now is what should follow."""
    try:
        return ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, SyntaxError) as error:
        sentence = _("This picture is cut off: it did not arrive whole. Please send it again.")
        raise BadPicture(sentence) from error


def _jpeg(picture: Image.Image, side: int, most: int) -> bytes:
    """The picture at this size in the best quality that stays within `most` bytes; smaller where none does."""
    while True:
        shown = picture.copy()
        shown.thumbnail((side, side))
        for quality in _QUALITIES:
            written = BytesIO()
            shown.save(written, "JPEG", quality=quality, optimize=True, progressive=True)
            if written.tell() <= most:
                return written.getvalue()
        side = side * 3 // 4
