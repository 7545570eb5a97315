"""From nothing to a draft: the empty office, the questions, the starts that somebody wrote before."""

import json
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from events.catalogue.models import Organisation
from events.core.db import db, transaction
from events.editor import creating
from events.team import inviting
from tests.events.editor.conftest import DRAFT, PLACE, Desk
from tests.support.staff import Staff
from tests.support.world import organisation

STARTS = Path(creating.__file__).parent / "starts"


def test_the_empty_office_leads_to_the_first_evening_in_one_click(staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        house = organisation(slug="bare")
        db.session.add(house)
        db.session.flush()
        inviting.invite("nobody@example.org", "organiser", house.id)
    with staff.signed_in("nobody") as browser:
        assert "The table is bare" in browser.get("/manage/").text
        assert 'href="/manage/new"' in browser.get("/manage/").text
    with staff.signed_in("organiser") as browser:
        assert 'href="/manage/new"' in browser.get("/manage/").text
    with staff.signed_in("treasurer") as browser:
        assert 'href="/manage/new"' not in browser.get("/manage/").text


def test_a_draft_lacks_nothing_and_can_be_published_at_once(browser: FlaskClient, draft: str, desk: Desk) -> None:
    event = desk.event()
    assert (event.status, event.currency, event.venue) == ("draft", "THB", "Under the tree")
    assert [(kind.price, kind.benefit, kind.bundle_size) for kind in event.ticket_types] == [
        (250_000, 120_000, 1),
        (2_000_000, 960_000, 8),
    ]
    assert [quota.size for quota in event.quotas] == [60]
    assert event.starts_at.isoformat() == "2038-03-06T12:00:00+00:00"
    publish = browser.get(f"{draft}/publish").text
    assert ("Nothing is missing." in publish, "Before the first sale" in publish) == (True, True)
    assert re.search(r'name="goal"[^>]* value=""', browser.get(f"{draft}/gifts").text)
    assert desk.trail("event.added")[0].details["start"] == "dinner"


@pytest.mark.parametrize("start", creating.STARTS)
def test_every_start_makes_a_page_in_three_languages(browser: FlaskClient, desk: Desk, start: str) -> None:
    assert browser.post("/manage/new", data=DRAFT | {"start": start}).status_code == 303
    assert "Nothing is missing." in browser.get(f"{PLACE}/publish").text
    assert len(desk.event().ticket_types) >= 2
    for language in ("fr", "en", "th"):
        page = browser.get(f"/e/keep-a-place-2038?lang={language}").text
        assert "House of the dinner" in page
        assert "{organisation}" not in page


@pytest.mark.parametrize("start", creating.STARTS)
def test_a_house_whose_name_begins_with_a_vowel_needs_no_elision(browser: FlaskClient, desk: Desk, start: str) -> None:
    with desk.app.app_context(), transaction():
        db.session.execute(update(Organisation).values(name="Alliance"))
    assert browser.post("/manage/new", data=DRAFT | {"start": start}).status_code == 303
    page = browser.get("/e/keep-a-place-2038?lang=fr").text
    assert "l’association Alliance" in page
    assert not re.search(r"\b(de|que|du|le|la) Alliance", page)


def test_a_start_in_two_languages_leaves_the_third_out(browser: FlaskClient, desk: Desk) -> None:
    browser.post("/manage/new", data=DRAFT | {"languages": ["en", "th"]})
    event = desk.event()
    assert event.languages == ["en", "th"]
    assert set(event.kind) == {"en", "th"}
    assert '"fr"' not in json.dumps([block.content for block in event.blocks])


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title-th": ""}, "Please fill this in."),
        ({"starts_at": ""}, "Please fill this in."),
        ({"venue": " "}, "Please fill this in."),
        ({"price": "much"}, "Please give an amount"),
        ({"benefit": "3000"}, "cannot be worth more than the price"),
        ({"price": "5", "benefit": "0"}, "Stripe takes"),
        ({"places": "-3"}, "Please give a whole number."),
        ({"time_zone": "Asia/Bangcock"}, "This time zone is not known."),
        ({"languages": []}, "Please choose at least one language."),
        ({"currency": "QQQ"}, "Please choose one of these."),
        ({"start": "wedding"}, "Please choose one of these."),
        ({"organisation": "2"}, "Please choose one of these."),
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(
    browser: FlaskClient, changes: dict[str, object], sentence: str
) -> None:
    answer = browser.post("/manage/new", data=DRAFT | changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Nothing you typed is lost." in answer.text
    assert "Gardons-leur une place" in answer.text
    assert browser.get(PLACE).status_code == 404


def test_all_mistakes_are_said_in_one_round_with_their_languages(browser: FlaskClient) -> None:
    wrong = {"title-fr": "", "title-th": "", "starts_at": "", "price": "much"}
    page = browser.post("/manage/new", data=DRAFT | wrong).text
    assert re.findall(r'<li><a href="#([^"]+)">([^<]+)', page) == [
        ("title-fr", "Title (Français): Please fill this in."),
        ("title-th", "Title (ไทย): Please fill this in."),
        ("starts_at", "Begins: Please fill this in."),
        ("price", "Price of one seat: Please give an amount, such as 2500."),
    ]


def test_one_text_alone_that_is_wrong_says_its_language_and_its_tab_is_open(browser: FlaskClient) -> None:
    page = browser.post("/manage/new", data=DRAFT | {"title-th": ""}).text
    assert '<a href="#title-th">Title (ไทย): Please fill this in.</a>' in page
    assert 'id="tongue-th" value="th" checked' in page


def test_two_evenings_of_one_name_have_two_addresses(browser: FlaskClient, draft: str) -> None:
    assert browser.post("/manage/new", data=DRAFT).headers["Location"].startswith("/manage/keep-a-place-2038-2/")


def test_a_thai_title_alone_still_has_an_address(browser: FlaskClient) -> None:
    answer = browser.post("/manage/new", data=DRAFT | {"languages": ["th"], "title-fr": "", "title-en": ""})
    assert answer.headers["Location"].startswith("/manage/evening-2038/")


@pytest.mark.parametrize("name", creating.STARTS)
def test_french_of_the_starts_is_set_as_the_french_set_it(name: str) -> None:
    """A space that does not break before : ; ? and the apostrophe that is none on typewriters."""
    french = [text for text in _french(json.loads((STARTS / f"{name}.json").read_text(encoding="utf-8")))]
    assert french
    for text in french:
        assert "'" not in text
        assert not any(text[at - 1] != "\u00a0" for at, sign in enumerate(text) if sign in ":;?!" and at)


def _french(content: object) -> list[str]:
    if isinstance(content, dict):
        if "fr" in content:
            return [content["fr"]]
        return [text for value in content.values() for text in _french(value)]
    return [text for value in content for text in _french(value)] if isinstance(content, list) else []
