"""The demonstration's sold-out seats, and invented groups who wait for them; a letter to each lies in the mailbox."""

from sqlalchemy import select

from events.catalogue.models import Event
from events.core.db import db, transaction
from payments.checkout.begin import Buyer
from payments.demo.people import Purchase, buy
from payments.waiting import joining, lines
from payments.waiting.joining import Wish
from payments.waiting.models import Waiting

COUNTER = "counter"
REGULARS = Purchase(Buyer("Paul Exemple", "paul.exemple@example.org", "", "fr"), {COUNTER: 6}, 0, ())
IN_LINE = (("Mali Tuayang", "mali.tuayang@example.org", 4, "th"), ("Robin Sample", "robin.sample@example.org", 1, "en"))


def fill(event_id: int, stand_in: str) -> None:
    """The counter is sold to its last stool, and two groups get in line."""
    buy(event_id, REGULARS, stand_in)
    for name, email, count, language in IN_LINE:
        with transaction():
            event = db.session.get_one(Event, event_id)
            kind = next(one for one in event.ticket_types if one.public_id.startswith(COUNTER))
            joining.join(event, Wish(kind.public_id, count, name, email, language))
        with transaction():
            waiting_id = db.session.scalars(select(Waiting.id).where(Waiting.email == email)).one()
            secret = lines.draw_link(waiting_id)
        with transaction():
            joining.confirm(secret)
