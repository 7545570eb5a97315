"""What the plan and the kitchen's sheet must not leave unsaid: a table as it is, broken wishes, whose plate it is."""

import re

from events.core import clock
from events.core.db import db, transaction
from events.guests.models import Answer, Guest, Question
from events.seating import plan
from events.seating.models import Catering
from events.tickets.models import Ticket
from tests.events.seating.conftest import guest, table
from tests.events.seating.test_pages import PLAN, post, text
from tests.support.staff import Staff

DISHES = ("Fish", "Vegetables")


def test_a_table_is_saved_as_its_form_shows_it(staff: Staff) -> None:
    with staff.app.app_context():
        before = plan.tables(1)[0]
    with staff.signed_in("organiser") as browser:
        form = browser.get(f"{PLAN}?table={before.id}").text.partition(f'/seating/tables/{before.id}"')[2]
        shown = dict(re.findall(r'name="(\w+)"[^>]*value="([^"]*)"', form.partition("</form>")[0]))
        assert shown["places"] == str(len(before.places))
        assert (
            post(browser, f"seating/tables/{before.id}", **shown | {"name": "Jasmine", "shape": before.shape})[0] == 303
        )
    with staff.app.app_context():
        after = plan.tables(1)[0]
    assert (after.label, len(after.places)) == (f"{before.number} · Jasmine", len(before.places))


def test_who_must_not_sit_together_and_does_is_said_on_the_plan(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert post(browser, "seating/wishes", guest="0001", kind="not_with", other="0004")[0] == 303
        said = "must not sit with"
        assert said not in browser.get(PLAN).text
        with staff.app.app_context():
            ids, at = [guest(number) for number in (1, 4)], table(1)
        for guest_id in ids:
            assert post(browser, "seating/moves", guest=guest_id, seen="", table=at)[0] == 303
        assert said in browser.get(PLAN).text


def test_the_kitchen_reads_which_plate_an_allergy_is_about_and_who_has_chosen_none(staff: Staff) -> None:
    with staff.app.app_context(), transaction() as session:
        choices = [{"en": one, "fr": one, "th": one} for one in DISHES]
        words = {"en": "Main course?", "fr": "Plat ?", "th": "อาหาร?"}
        question = Question(event_id=1, scope="ticket", kind="choice", text=words, choices=choices, position=1)
        session.add(question)
        session.flush()
        one = session.get_one(Guest, guest(1))
        one.allergies = ["peanuts"]
        values = {"ticket_id": one.ticket_id, "question_id": question.id, "choice": 1}
        session.add(Answer(**values, at=clock.now(), given_to="guest"))
        session.add(Catering(event_id=1, language="en", cut_off_at=None, dishes_id=question.id))
        count = db.session.query(Ticket).filter_by(event_id=1, status="valid").count()
    with staff.signed_in("organiser") as browser:
        sheet = text(browser.get("/manage/dinner/kitchen/sheet.pdf").data)
    assert "allergy: Peanuts · Vegetables" in sheet
    assert f"1 × Vegetables · {count - 1} × no dish chosen yet" in sheet
