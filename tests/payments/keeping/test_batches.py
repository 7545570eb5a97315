"""What was done with many guests at one time is forgotten with the guests."""

from flask import Flask
from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.guests.models import Party
from events.office import batches
from events.office.models import BatchGuest, GuestBatch
from events.tickets.models import Ticket
from payments.keeping import forgetting
from tests.support import world as w


def test_marks_of_an_action_go_with_the_last_of_those_they_were_set_for(house: Flask) -> None:
    world = w.furnish()
    for seats in (2, 3):
        w.pay(w.buy(world, {"seat": seats}))
    with transaction():
        first, second = db.session.scalars(select(Party.id).order_by(Party.id))
        tickets = db.session.scalars(select(Ticket.id)).all()
        wish = batches.Wish("mark", "the-key-of-one-page", "press")
        batches.start(db.session.get_one(Event, world.event_id), wish, tickets, "account:1")
    with transaction():
        assert forgetting.guests([first])["batches"] == 2
        assert db.session.scalar(select(GuestBatch.mark)) == "press"
        assert forgetting.guests([second])["batches"] == 3
        assert db.session.scalar(select(GuestBatch.mark)) == ""
        assert db.session.scalar(select(func.count()).select_from(BatchGuest)) == 0
