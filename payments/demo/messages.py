"""Messages of the demonstration's next evening: one that goes out when it starts, one still being written. Invented."""

from typing import Any, Final

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.messages import sending, writing

ALL_GUESTS: Final[dict[str, Any]] = {
    "purpose": "news",
    "segment": "guests",
    "subject": {
        "en": "How to find the garden",
        "fr": "Comment trouver le jardin",
        "th": "วิธีมาที่สวน",
    },
    "text": {
        "en": "The gate is **in the side street**, under the lanterns. Doors open half an hour before dinner.\n\n"
        "Your ticket is here: {link}",
        "fr": "L’entrée est **dans la rue latérale**, sous les lanternes. Les portes ouvrent une demi-heure avant le "
        "dîner.\n\nVotre billet est ici : {link}",
        "th": "ทางเข้าอยู่**ที่ซอยด้านข้าง** ใต้โคมไฟ ประตูเปิดครึ่งชั่วโมงก่อนอาหารค่ำ\n\nบัตรของคุณอยู่ที่นี่ {link}",
    },
}
NAMES_MISSING: Final[dict[str, Any]] = {
    "purpose": "news",
    "segment": "unnamed",
    "subject": {"en": "Who comes with you?", "fr": "Qui vient avec vous ?"},
    "text": {
        "en": "The cards for the tables are being written. Please tell us who comes with you:\n\n{link}",
        "fr": "Nous écrivons les cartons des tables. Dites-nous qui vous accompagne :\n\n{link}",
    },
}


def write_messages(event_id: int, actor: str) -> None:
    """The worker sends the first as soon as it runs; the second is a draft without Thai, and says so."""
    with transaction():
        event = db.session.get_one(Event, event_id)
        first = writing.begin(event, ALL_GUESTS, actor)
        sending.schedule(event, first, None, first.version, actor)
        writing.begin(event, NAMES_MISSING, actor)
