"""What the database tells: its schema, prices nobody could pay, work that nobody does, copies that nobody made."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import clock, migrating
from events.core.db import db, end_reading
from events.core.jobs import Job
from events.core.settings import Settings
from events.core.trail import TrailEntry
from events.core.web import PATIENCE
from payments.orders.models import Order
from payments.orders.prices import check_prices

OLDEST_BACKUP = timedelta(days=2)
MADE = "backup.made"


def schema(settings: Settings) -> Iterator[str]:
    """The newest schema, its triggers in place."""
    if fault := migrating.faults(settings.database_url):
        yield fault


def prices(_settings: Settings) -> Iterator[str]:
    """Prices that Stripe would refuse, found before a donor finds them."""
    if not migrating.fits(db.engine):
        return
    for event in db.session.scalars(select(Event).where(Event.status == "published", Event.ends_at > clock.now())):
        yield from (f"{event.slug}: {sentence}" for sentence in check_prices(event))
    end_reading()


def worker(_settings: Settings) -> Iterator[str]:
    """A worker that works: nothing due lies about."""
    if not migrating.fits(db.engine):
        return
    due = Job.status.in_(("queued", "retry")) & (Job.run_at < clock.now() - PATIENCE)
    oldest = db.session.scalar(select(func.min(Job.run_at)).where(due))
    begun = db.session.scalar(select(Job.id).limit(1))
    end_reading()
    if oldest is not None:
        minutes = (clock.now() - oldest) // timedelta(minutes=1)
        yield f"No worker works: a job has been due for {minutes} minutes. Start `bonsoir work`, or look at its log."
    elif begun is None:
        yield "No worker has ever run on this database: start `bonsoir work` beside `bonsoir serve`."


def backups_made(_settings: Settings) -> Iterator[str]:
    """A recent copy, once there is something to lose."""
    if not migrating.fits(db.engine):
        return
    newest = db.session.scalar(select(func.max(TrailEntry.at)).where(TrailEntry.action == MADE))
    sold = db.session.scalar(select(Order.id).limit(1))
    end_reading()
    if sold is None:
        return
    if newest is None:
        yield "No backup was ever made: run `bonsoir backup FILE`, and let bonsoir-backup.timer do it every night."
    elif newest < clock.now() - OLDEST_BACKUP:
        days = (clock.now() - newest).days
        yield f"The newest backup is {days} days old: does bonsoir-backup.timer run? `bonsoir backup FILE` makes one."
