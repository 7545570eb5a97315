"""What the past evening's guests were asked at the door, and what they said. Invented."""

from itertools import cycle

from events.core.db import transaction
from events.guests import questions

TEXT = {"en": "Main course?", "fr": "Quel plat ?", "th": "อาหารจานหลัก?"}
CHOICES = [
    {"en": "Fish", "fr": "Poisson", "th": "ปลา"},
    {"en": "Vegetables", "fr": "Légumes", "th": "ผัก"},
]


def ask_guests(event_id: int) -> None:
    """One question, answered by all but one of the guests."""
    with transaction():
        questions.new_question(event_id, TEXT, CHOICES, at_door=True)
        still_open = questions.open_at_door(event_id)
        chosen = zip(still_open[1:], cycle((0, 1, 0)), strict=False)
        given = [questions.Given(one.question_id, one.ticket_id, choice) for one, choice in chosen]
        questions.write_down(still_open, given, "door")
