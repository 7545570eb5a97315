"""Which evening is meant, and who may see it; and what payments reports of the money that came in."""

from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session, selectinload

from events.catalogue.models import Event, Organisation, Raised
from events.catalogue.photos import CoverPhoto, GalleryFile, GalleryPicture
from events.core import clock
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.team import access


def get_public_event(slug: str) -> Event:
    """The evening as visitors see it, with its blocks, ticket types and quotas; raises NotFound.

    A draft, and one that was put away, is there for its own team alone.
    """
    return to_visitors(db.session.scalar(_whole(), {"slug": slug}))


def get_event_on_offer(slug: str) -> Event:
    """The same for whoever orders: without the blocks of its page; raises NotFound."""
    return to_visitors(find_event_on_offer(slug, db.session()))


def find_event_on_offer(slug: str, session: Session) -> Event | None:
    """The same whoever may see it, read by this session."""
    return session.scalar(_offered(), {"slug": slug})


def to_visitors(event: Event | None) -> Event:
    """The evening, if whoever asks may see it; raises NotFound."""
    if event is None or (event.status in ("draft", "archived") and not _is_team(event)):
        raise no_such_evening()
    return event


def no_such_evening() -> NotFound:
    """What a stranger is told about an address that leads to no public evening."""
    return NotFound(_("This evening does not exist, or it is not public yet."))


def get_managed_event(slug: str, roles: Collection[str]) -> Event:
    """The evening if the signed-in account holds one of `roles` there; else NotFound, whatever the reason."""
    event = db.session.scalar(select(Event).where(Event.slug == slug))
    if event is None or not access.may(event.organisation_id, event.id, roles):
        raise NotFound(_("This page does not exist, or it is not for you."))
    return event


def get_cover(event: Event, size: str) -> bytes:
    """The JPEG on the evening's cover, `size` small or wide; raises NotFound."""
    column = CoverPhoto.small if size == "small" else CoverPhoto.wide
    photo = db.session.scalar(select(column).where(CoverPhoto.event_id == event.id))
    if photo is None:
        raise NotFound(_("This page does not exist."))
    return photo


def get_picture(event: Event, name: str, size: str, kind: str) -> bytes:
    """A file of the evening's gallery, `size` small or wide, `kind` avif or jpg; raises NotFound."""
    mine = select(GalleryPicture.id).where(GalleryPicture.event_id == event.id, GalleryPicture.name == name)
    wanted = select(GalleryFile.body).where(
        GalleryFile.picture_id == mine.scalar_subquery(), GalleryFile.size == size, GalleryFile.kind == kind
    )
    body = db.session.scalar(wanted)
    if body is None:
        raise NotFound(_("This page does not exist."))
    return body


def get_organisation(slug: str) -> Organisation:
    """The organisation of this slug; raises NotFound."""
    organisation = db.session.scalar(select(Organisation).where(Organisation.slug == slug))
    if organisation is None:
        raise NotFound(_("This page does not exist."))
    return organisation


def upcoming_events() -> Sequence[Event]:
    """Published evenings that are not over, the next one first; cancelled ones stay until their hour."""
    listed = select(Event).where(Event.status.in_(("published", "cancelled")), Event.ends_at > clock.now())
    return db.session.scalars(listed.order_by(Event.starts_at)).all()


def past_events(most: int = 20) -> Sequence[Event]:
    """Evenings that took place, the latest first."""
    listed = select(Event).where(Event.status == "published", Event.ends_at <= clock.now())
    return db.session.scalars(listed.order_by(Event.starts_at.desc()).limit(most)).all()


def find_next_event(organisation_id: int) -> Event | None:
    """The organisation's next evening on sale, if there is one."""
    coming = select(Event).where(Event.organisation_id == organisation_id, Event.status == "published")
    return db.session.scalar(coming.where(Event.ends_at > clock.now()).order_by(Event.starts_at).limit(1))


def find_raised(event_id: int) -> Raised | None:
    """What the evening has brought in so far; None before the first payment."""
    return db.session.scalar(select(Raised).where(Raised.event_id == event_id))


def record_raised(event_id: int, gifts: int, benefits: int) -> None:
    """Add what came in (or, below zero, went back), in minor units. The one function by which payments tells it.

    In the caller's transaction, late in it: the row is shared by every payment of the evening.
    """
    insert_once(Raised, {"event_id": event_id, "gifts": 0, "benefits": 0}, ["event_id"])
    changed(
        update(Raised)
        .where(Raised.event_id == event_id)
        .values(gifts=Raised.gifts + gifts, benefits=Raised.benefits + benefits)
    )


# Made once: to write a statement anew costs more than to run it. Not while importing: an option asks how all rows hang
# together, and rooms above, which are not there yet, hang on ours.
@cache
def _offered() -> Select[Event]:
    return select(Event).where(Event.slug == bindparam("slug")).options(selectinload(Event.ticket_types))


@cache
def _whole() -> Select[Event]:
    return _offered().options(selectinload(Event.blocks))


def _is_team(event: Event) -> bool:
    return access.find_account() is not None and access.may(
        event.organisation_id, event.id, {*access.MANAGERS, *access.MONEY}
    )
