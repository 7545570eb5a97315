"""What guests of the demonstration's evenings are asked, and what those of the past one said. Invented."""

from itertools import cycle

from events.core.db import transaction
from events.guests import questions

TEXT = {"en": "Main course?", "fr": "Quel plat ?", "th": "เลือกอาหารจานหลัก"}
CHOICES = [
    {"en": "Fish", "fr": "Poisson", "th": "ปลา"},
    {"en": "Vegetables", "fr": "Légumes", "th": "ผัก"},
]

TAXI = {
    "en": "Shall we call a taxi for you after the dinner?",
    "fr": "Faut-il vous appeler un taxi après le dîner ?",
    "th": "ต้องการให้เราเรียกแท็กซี่ให้หลังงานเลี้ยงหรือไม่",
}
YES_OR_NO = [{"en": "Yes", "fr": "Oui", "th": "ต้องการ"}, {"en": "No", "fr": "Non", "th": "ไม่ต้องการ"}]
MUSIC = {
    "en": "A wish for the musicians?",
    "fr": "Un vœu pour les musiciens ?",
    "th": "มีเพลงที่อยากฟังไหม",
}


def ask_coming(event_id: int) -> None:
    """Two small questions of the coming dinner: to every guest, and to whoever orders. In the caller's transaction."""
    questions.new_question(event_id, TAXI, YES_OR_NO, kind="yes_no")
    questions.new_question(event_id, MUSIC, [], kind="text", scope="order")


def ask_guests(event_id: int) -> None:
    """One question, answered by all but one of the guests."""
    with transaction():
        questions.new_question(event_id, TEXT, CHOICES, at_door=True)
        still_open = questions.open_at_door(event_id)
        chosen = zip(still_open[1:], cycle((0, 1, 0)), strict=False)
        given = [questions.Given(one.question_id, one.ticket_id, choice) for one, choice in chosen]
        questions.write_down(still_open, given, "door")
