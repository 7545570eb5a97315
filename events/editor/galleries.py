"""Photographs of a gallery: as light as can be, without what the camera knew, in two sizes and two kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any, Final

from PIL import Image
from sqlalchemy import select

from events.catalogue.galleries import SMALL, WIDE
from events.catalogue.models import Event
from events.catalogue.photos import GalleryFile, GalleryPicture
from events.core import clock, trail
from events.core.db import db
from events.core.i18n import colon
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.editor import covers

MOST: Final = 40
AT_ONCE: Final = 8
SMALLEST: Final = 400
"""The longer side in pixels: less is a stamp on a page, and a blur where it fills a phone."""
_LEAST: Final = 24
"""Pixels of the shorter side that can still be called a picture."""
_ORPHANED: Final = timedelta(days=1)
"""So long a photograph waits for the form it was sent with to be saved."""
# AVIF weighs half of JPEG and costs little more at this speed; JPEG is for browsers that are older than 2022.
_KINDS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "avif": ("AVIF", {"quality": 52, "speed": 8}),
    "jpg": ("JPEG", {"quality": 68, "optimize": True, "progressive": True}),
}


@dataclass(frozen=True)
class Prepared:
    """A photograph ready to be kept: its name, and its files by size and kind."""

    name: str
    files: Mapping[tuple[str, str], bytes]


def prepare(uploads: Sequence[tuple[str, bytes]]) -> tuple[list[Prepared], list[str]]:
    """What was sent, by the names of its files, made small; and what is wrong with those that cannot be shown.

    Outside any transaction: it takes a moment. Raises covers.BadPicture for none at all, and for too many.
    """
    if not uploads:
        raise covers.BadPicture(_("Please choose a picture."))
    if len(uploads) > AT_ONCE:
        raise covers.BadPicture(_("Please send at most %(most)s pictures at once.", most=AT_ONCE))
    ready, wrong = [], []
    for name, upload in uploads:
        try:
            ready.append(_prepared(covers.read(upload)))
        except covers.BadPicture as refusal:
            wrong.append(f"{colon(name)} {refusal.sentence}")
    return ready, wrong


def add(event: Event, pictures: Sequence[Prepared], actor: str) -> None:
    """Keep photographs for the evening's galleries; one that is there already stays. In the caller's transaction."""
    known = set(db.session.scalars(select(GalleryPicture.name).where(GalleryPicture.event_id == event.id)))
    new = {one.name: one for one in pictures if one.name not in known}
    if len(known) + len(new) > MOST:
        raise Refusal("too_many_pictures", _("An evening has at most %(most)s pictures.", most=MOST), field="pictures")
    for name, one in new.items():
        files = [GalleryFile(size=size, kind=kind, body=body) for (size, kind), body in one.files.items()]
        db.session.add(GalleryPicture(event_id=event.id, name=name, added_at=clock.now(), files=files))
    if new:
        trail.note(actor, "gallery.added", event.slug, event.organisation_id, event=event.id, pictures=sorted(new))


def known_only(event: Event, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of a gallery whose photograph is this evening's: a form can name anything."""
    names = {str(row.get("picture", "")) for row in rows}
    mine = select(GalleryPicture.name).where(GalleryPicture.event_id == event.id, GalleryPicture.name.in_(names))
    known = set(db.session.scalars(mine))
    return [row for row in rows if row.get("picture") in known]


def tidy(event: Event) -> None:
    """Take away what no gallery of the evening shows any more. In the caller's transaction, after a save."""
    db.session.flush()
    rows = (row for block in event.blocks if block.kind == "gallery" for row in block.content.get("pictures") or ())
    shown = {str(row.get("picture")) for row in rows}
    old = select(GalleryPicture).where(
        GalleryPicture.event_id == event.id, GalleryPicture.added_at < clock.now() - _ORPHANED
    )
    for picture in db.session.scalars(old):
        if picture.name not in shown:
            db.session.delete(picture)


def copy(event: Event, new: Event) -> None:
    """The same photographs for another evening, whose blocks name them."""
    for picture in db.session.scalars(select(GalleryPicture).where(GalleryPicture.event_id == event.id)):
        files = [GalleryFile(size=one.size, kind=one.kind, body=one.body) for one in picture.files]
        db.session.add(GalleryPicture(event_id=new.id, name=picture.name, added_at=clock.now(), files=files))


def _prepared(picture: Image.Image) -> Prepared:
    if max(picture.size) < SMALLEST:
        sentence = _("This picture is too small: at least %(least)s pixels wide, please.", least=SMALLEST)
        raise covers.BadPicture(sentence)
    wide, small = _shrunk(picture, WIDE), _shrunk(picture, SMALL)
    if min(small.size) < _LEAST:
        raise covers.BadPicture(_("This picture is too narrow to be shown."))
    files = {
        (size, kind): _written(shown, *_KINDS[kind])
        for size, shown in (("small", small), ("wide", wide))
        for kind in _KINDS
    }
    digest = sha256(files["wide", "jpg"]).hexdigest()[:16]
    return Prepared(f"{digest}-{wide.width}x{wide.height}", files)


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    shown = picture.copy()
    shown.thumbnail((side, side))
    return shown


def _written(picture: Image.Image, form: str, how: Mapping[str, Any]) -> bytes:
    """The pixels alone: neither EXIF nor a colour profile comes along."""
    written = BytesIO()
    picture.save(written, form, exif=b"", icc_profile=None, **how)
    return written.getvalue()
