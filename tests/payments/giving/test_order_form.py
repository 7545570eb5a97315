"""The order form with everything an organiser may ask, as a browser without a script sends it."""

import re
from collections.abc import Mapping
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from events.catalogue.models import Organisation
from events.core.db import db, transaction
from events.guests import questions
from events.guests.models import PartyAnswer
from payments.giving.models import Anonymity, Consent, Dedication
from payments.orders.models import Order
from tests.support import world as w

ALL = {"asks_dedication": True, "names_givers": True, "asks_news": True, "co_organiser": "Alliance of the river"}
BUYER = {"name": "Ngô Thị Hương", "email": "huong@example.org", "phone": "+66 2 000 0000"}
YES, NO = {"en": "Yes", "fr": "Oui", "th": "ใช่"}, {"en": "No", "fr": "Non", "th": "ไม่"}


@pytest.fixture
def browser(house: Flask) -> FlaskClient:
    """A browser without a script; the form's token is somebody else's test."""
    return w.browser_of(house)


def evening(**values: object) -> w.World:
    """A dinner that asks for everything."""
    return w.furnish(**(ALL | values))


def ask(world: w.World, text: str, *, kind: str, scope: str = "ticket", need: str = "") -> int:
    """A question of the organiser's; its id."""
    choices = [] if kind == "text" else [YES, NO]
    with transaction():
        return questions.new_question(world.event_id, {"en": text}, choices, kind=kind, scope=scope, need=need).id


def send(browser: FlaskClient, **fields: str) -> TestResponse:
    return browser.post("/e/dinner/order?lang=en", data={"ticket-seat": "1"} | BUYER | fields)


def form(browser: FlaskClient, query: str = "") -> str:
    return browser.get(f"/e/dinner/order?lang=en{query}").text


def version_of(page: str, field: str) -> str:
    """What the box sends when it is ticked."""
    (found,) = re.findall(rf'name="{field}" value="(\w+)"', page)
    return str(found)


def ordered() -> Order:
    """The one order."""
    db.session.rollback()
    return db.session.scalars(select(Order)).one()


def announced(answer: TestResponse) -> Mapping[str, str]:
    """Mistakes as a screen reader finds them: in the summary, and named by a field that is called wrong."""
    page = answer.text
    assert 'role="alert"' in page
    summary = dict(re.findall(r'<li><a href="#([\w-]+)">(.*?)</a>', page))
    for field, sentence in summary.items():
        (tag,) = re.findall(rf'<(?:input|select)[^>]* id="{field}"[^>]*>', page)
        assert 'aria-invalid="true"' in tag, field
        (said,) = re.findall(r'aria-describedby="([^"]*)"', tag)
        beside = re.findall(rf'id="{field}-mistake".*?<span>(.*?)</span>', page)
        assert (f"{field}-mistake" in said.split(), beside) == (True, [sentence]), field
    return {field: unescape(sentence) for field, sentence in summary.items()}


def test_everything_optional_is_bought_without_a_script(browser: FlaskClient) -> None:
    world = evening()
    needed = ask(world, "Do you come by boat?", kind="yes_no", scope="order", need="now")
    free = ask(world, "A word to the cook?", kind="text", scope="order")
    page = form(browser)
    boxes = {name: version_of(page, name) for name in ("consent_own", "consent_co")}
    words = {"dedication_kind": "memory", "dedication": "ณัฐพงษ์ ศรีสุวรรณ", "anonymous": "1", "gift": "500"}
    answer = send(browser, **boxes, **words, **{f"question-{needed}": "0", f"question-{free}": "=1+1 <b>"})
    assert answer.status_code == 303, answer.text
    order = ordered()
    assert (order.total, order.party.name) == (200_000, "Ngô Thị Hương")
    dedication = db.session.scalars(select(Dedication)).one()
    assert (dedication.order_id, dedication.kind, dedication.name) == (order.id, "memory", "ณัฐพงษ์ ศรีสุวรรณ")
    assert db.session.scalars(select(Anonymity.order_id)).all() == [order.id]
    answers = db.session.execute(select(PartyAnswer.question_id, PartyAnswer.choice, PartyAnswer.words)).all()
    assert sorted(map(tuple, answers)) == [(needed, 0, ""), (free, None, "=1+1 <b>")]
    own, co = db.session.scalars(select(Consent).order_by(Consent.organiser.desc()))
    assert (own.organiser, own.name, own.version, own.language) == ("own", "The Lanterns", boxes["consent_own"], "en")
    assert own.wording.startswith("The Lanterns may write to me")
    assert (co.name, co.withdrawn_at, co.wording in unescape(page)) == ("Alliance of the river", None, True)


def test_what_nobody_asks_is_neither_shown_nor_kept(browser: FlaskClient) -> None:
    w.furnish()
    page = form(browser)
    unseen = ("dedication", "anonymous", "consent_own", "consent_co", "More, if you like")
    assert [word for word in unseen if word in page] == []
    sneaked = {"dedication_kind": "honour", "dedication": "A", "anonymous": "1", "consent_own": "x", "consent_co": "x"}
    assert send(browser, **sneaked).status_code == 303
    ordered()
    assert [db.session.scalars(select(kind)).all() for kind in (Dedication, Anonymity, Consent)] == [[], [], []]


def test_nothing_is_ticked_or_chosen_on_arrival(browser: FlaskClient) -> None:
    evening()
    page = form(browser)
    assert re.findall(r"<input[^>]*checked[^>]*>", page) == []
    assert 'aria-pressed="true"' not in page
    assert "<details" in page
    assert not re.search(r"<details[^>]* open", page)


def test_each_organiser_is_agreed_to_apart(browser: FlaskClient) -> None:
    evening()
    assert send(browser, consent_co=version_of(form(browser), "consent_co")).status_code == 303
    ordered()
    assert db.session.scalars(select(Consent.organiser)).all() == ["co"]


def test_nobody_agrees_to_words_that_they_did_not_read(browser: FlaskClient) -> None:
    world = evening()
    seen = version_of(form(browser), "consent_own")
    with transaction():
        db.session.get_one(Organisation, world.organisation_id).name = "Another house"
    answer = send(browser, consent_own=seen)
    assert answer.status_code == 422
    assert announced(answer)["consent_own"].startswith("These words have changed")
    assert db.session.scalars(select(Consent)).all() == []


def test_words_read_in_another_language_are_those_that_are_kept(browser: FlaskClient) -> None:
    evening()
    french = browser.get("/e/dinner/order?lang=fr").text
    assert send(browser, consent_own=version_of(french, "consent_own")).status_code == 303
    ordered()
    assert db.session.scalars(select(Consent.language)).all() == ["fr"]


def test_every_fields_mistake_is_announced_and_nothing_typed_is_lost(browser: FlaskClient) -> None:
    world = evening()
    needed = ask(world, "Do you come by boat?", kind="yes_no", scope="order", need="now")
    free = ask(world, "A word to the cook?", kind="text", scope="order")
    wrong = {"ticket-seat": "two", "gift": "much", "name": " ", "email": "nowhere", "phone": "call me"}
    more = {"dedication": "O'Brien <b>", "consent_own": "old", "consent_co": "old", "code": "x" * 41}
    answer = send(browser, **wrong, **more, **{f"question-{free}": "long " * 200})
    assert answer.status_code == 422
    fields = ("dedication_kind", "consent_own", "consent_co", f"question-{needed}", f"question-{free}", "code")
    assert announced(answer).keys() == {*wrong, *fields}
    assert 'value="O&#39;Brien &lt;b&gt;"' in answer.text
    assert re.search(r"<details[^>]* open", answer.text)
    other = announced(send(browser, dedication_kind="honour", **{f"question-{needed}": "7"}))
    assert other.keys() == {"dedication", f"question-{needed}"}
    assert db.session.scalars(select(Order)).all() == []


def test_a_suggested_gift_fills_the_field_without_a_script(browser: FlaskClient) -> None:
    evening()
    page = send(browser, suggested="500", **{"ticket-seat": "3"})
    assert page.status_code == 200
    assert 'name="gift" inputmode="decimal" autocomplete="transaction-amount" value="500"' in page.text
    assert re.findall(r'value="(\d+)"[^>]*aria-pressed="true"', page.text) == ["500"]
    assert "฿5,000" in page.text  # three seats and one gift, however many places
    assert 'value="Ngô Thị Hương"' in page.text
    again = send(browser, suggested="500", gift="500")
    assert 'aria-pressed="true"' not in again.text
    assert db.session.scalars(select(Order)).all() == []


def test_a_question_that_may_wait_holds_up_nobody(browser: FlaskClient) -> None:
    world = evening()
    later = ask(world, "Do you come by boat?", kind="yes_no", scope="order", need="later")
    guests = ask(world, "Which dish?", kind="yes_no", need="now")
    page = form(browser)
    assert (f'name="question-{later}"' in page, f"question-{guests}" in page) == (True, False)
    assert send(browser).status_code == 303
    ordered()
    assert db.session.scalars(select(PartyAnswer)).all() == []
