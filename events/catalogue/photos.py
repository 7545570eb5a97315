"""The photographs of an evening: its cover and its gallery, in the database like the rest of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from events.core.db import Base


class CoverPhoto(Base):
    """The photograph on the cover of an event page, as JPEG: small for telephones, wide for the rest."""

    __tablename__ = "cover_photo"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    small: Mapped[bytes]
    wide: Mapped[bytes]


class GalleryPicture(Base):
    """A photograph of an evening's gallery. `name` is made of its content and its size; blocks say where it stands."""

    __tablename__ = "gallery_picture"
    __table_args__ = (UniqueConstraint("event_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    name: Mapped[str]
    added_at: Mapped[datetime]

    files: Mapped[list["GalleryFile"]] = relationship(cascade="all, delete-orphan")


class GalleryFile(Base):
    """One of the files of a photograph: small for telephones or wide, as AVIF, or as JPEG for older browsers."""

    __tablename__ = "gallery_file"
    __table_args__ = (CheckConstraint("size IN ('small', 'wide') AND kind IN ('avif', 'jpg')", name="form"),)

    picture_id: Mapped[int] = mapped_column(ForeignKey("gallery_picture.id"), primary_key=True)
    size: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
