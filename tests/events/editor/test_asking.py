"""The organiser decides what guests and buyers are asked, in every language, and ends a question."""

from flask.testing import FlaskClient
from sqlalchemy import select

from events.core.db import db
from events.guests.models import Question
from tests.events.editor.conftest import PLACE, Desk, save

NEW = f"{PLACE}/questions/new"
TEXT = {"text-fr": "Quel plat ?", "text-en": "Which dish?", "text-th": "จานไหน"}
DISHES = {"choices-fr": "Poisson\nLégumes", "choices-en": "Fish\n\n Vegetables ", "choices-th": "ปลา\nผัก"}


def asked(desk: Desk) -> list[Question]:
    with desk.app.app_context():
        return list(db.session.scalars(select(Question).order_by(Question.position)))


def test_what_goes_with_a_gift_is_the_organisers_choice(browser: FlaskClient, draft: str, desk: Desk) -> None:
    event = desk.event()
    assert (event.asks_dedication, event.names_givers, event.asks_news, event.co_organiser) == (False, False, False, "")
    chosen = {"asks_dedication": "on", "asks_news": "on", "co_organiser": "Alliance"}
    assert save(browser, f"{draft}/asking", chosen).status_code == 303
    event = desk.event()
    assert (event.asks_dedication, event.names_givers, event.asks_news) == (True, False, True)
    assert event.co_organiser == "Alliance"
    late = browser.post(f"{draft}/asking", data={"version": "1", "names_givers": "on"})
    assert (late.status_code, desk.event().names_givers) == (409, False)


def test_a_question_is_asked_in_every_language(browser: FlaskClient, draft: str, desk: Desk) -> None:
    choice = {"scope": "ticket", "kind": "choice", "need": "later", "at_door": "on"}
    assert browser.post(NEW, data=TEXT | DISHES | choice).status_code == 303
    assert browser.post(NEW, data=TEXT | {"scope": "order", "kind": "text", "need": "now"}).status_code == 303
    assert browser.post(NEW, data=TEXT | {"scope": "ticket", "kind": "yes_no", "need": ""}).status_code == 303
    dish, words, yes_no = asked(desk)
    assert dish.choices == [
        {"fr": "Poisson", "en": "Fish", "th": "ปลา"},
        {"fr": "Légumes", "en": "Vegetables", "th": "ผัก"},
    ]
    assert (dish.at_door, dish.need, dish.text["th"]) == (True, "later", "จานไหน")
    assert (words.scope, words.kind, words.need, words.choices) == ("order", "text", "now", [])
    assert [len(answer) for answer in yes_no.choices] == [3, 3]
    page = browser.get(f"{draft}/asking").text
    assert ("Which dish?" in page, "Fish / Vegetables" in page, "asked at the entrance, too" in page) == (True,) * 3


def test_a_question_that_cannot_be_asked_says_why_beside_the_field(
    browser: FlaskClient, draft: str, desk: Desk
) -> None:
    half = {"text-fr": "Quel plat ?", "choices-fr": "Poisson\nLégumes", "choices-en": "Fish", "choices-th": ""}
    answer = browser.post(NEW, data=half | {"scope": "order", "kind": "choice", "need": "", "at_door": "on"})
    assert answer.status_code == 422
    for field in ("text-en", "text-th", "choices-en", "choices-th", "at_door"):
        assert f'id="{field}-mistake"' in answer.text, field
    assert 'id="choices-fr-mistake"' not in answer.text
    assert browser.post(NEW, data=TEXT | {"scope": "moon", "kind": "text"}).status_code == 422
    assert asked(desk) == []


def test_a_question_is_ended_once_and_by_its_own_evening(browser: FlaskClient, draft: str, desk: Desk) -> None:
    browser.post(NEW, data=TEXT | {"scope": "order", "kind": "text", "need": ""})
    (one,) = asked(desk)
    assert browser.post(f"/manage/dinner/edit/questions/{one.id}/end").status_code == 404
    assert asked(desk)[0].ended_at is None
    assert browser.post(f"{draft}/questions/{one.id}/end").status_code == 303
    assert asked(desk)[0].ended_at is not None
    assert browser.post(f"{draft}/questions/{one.id}/end").status_code == 404
    assert "Which dish?" not in browser.get(f"{draft}/asking").text
    assert len(desk.trail("question.ended")) == 1


def test_next_years_evening_asks_the_same(browser: FlaskClient, draft: str, desk: Desk) -> None:
    save(browser, f"{draft}/asking", {"asks_dedication": "on"})
    browser.post(NEW, data=TEXT | DISHES | {"scope": "ticket", "kind": "choice", "need": "now"})
    assert save(browser, f"{draft}/copy", {}).status_code == 303
    one, copied = asked(desk)
    same = ("text", "choices", "kind", "scope", "need", "at_door")
    assert [getattr(one, name) for name in same] == [getattr(copied, name) for name in same]
    assert (one.event_id != copied.event_id, desk.event("keep-a-place-2039").asks_dedication) == (True, True)
