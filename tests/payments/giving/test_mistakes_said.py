"""Every mistake of a form of guests and buyers is said at its field, and the list on top leads there."""

import html
import re

import pytest
from flask import Flask

from events.core.db import transaction
from events.guests import questions
from tests.payments.buyer.test_hosting import NO, YES, table
from tests.support import world as w
from tests.support.reading import unsaid

WRONG = {
    "order": {"gift": "much", "ticket-seat": "1.5", "ticket-table": "9", "email": "nobody", "phone": "x", "code": "no"},
    "guest": {"email": "nobody", "alias": "w" * 200, "note": "n" * 400, "diet": "air"},
    "waiting": {"ticket": "nothing", "count": "-1", "email": "nobody"},
    "wishes": {},
}


@pytest.mark.parametrize("name", WRONG)
def test_each_mistake_is_said_at_its_field(house: Flask, name: str) -> None:
    world, order, _tickets = table()
    with transaction():
        questions.new_question(world.event_id, {"en": "Fish?"}, [YES, NO], kind="yes_no", need="now", scope="order")
        questions.new_question(world.event_id, {"en": "Boat?"}, [YES, NO], kind="yes_no", need="now")
    addresses = {
        "order": "/e/dinner/order",
        "guest": f"/g/{order.party.invitation}",
        "waiting": "/e/dinner/waiting",
        "wishes": f"/o/{order.token}/wishes",
    }
    browser = w.browser_of(house)
    answer = browser.post(f"{addresses[name]}?lang=en", data=WRONG[name])
    page = answer.text
    assert (answer.status_code, page.count('role="alert"')) == (422, 1)
    assert 'aria-invalid="true"' in page
    assert unsaid(page) == []


@pytest.mark.parametrize("name", ["own", "guest", "waiting"])
def test_another_language_keeps_what_was_typed_and_finds_no_fault_yet(house: Flask, name: str) -> None:
    world, order, tickets = table()
    with transaction():
        questions.new_question(world.event_id, {"en": "Boat?"}, [YES, NO], kind="yes_no", need="now")
    addresses = {
        "own": f"/t/{tickets[0].token}/guest",
        "guest": f"/g/{order.party.invitation}",
        "waiting": "/e/dinner/waiting",
    }
    browser = w.browser_of(house)
    before = browser.get(f"{addresses[name]}?lang=fr").text
    button = re.search(r'<button form="(\w+)" formaction="([^"]+)" name="action" value="language" lang="fr"', before)
    assert button is not None
    assert f'id="{button[1]}" method="post"' in before
    typed = {"name": "Zoé", "email": "half an addr", "note": "a window", "count": "3"}
    answer = browser.post(html.unescape(button[2]), data=typed | {"action": "language"})
    assert (answer.status_code, answer.text.count('role="alert"')) == (200, 0)
    assert '<html lang="fr">' in answer.text
    shown = ("name", "email", "count") if name == "waiting" else ("name", "email", "note")
    assert [what for what in shown if typed[what] not in answer.text] == []
    assert "Zoé" not in browser.get(f"{addresses[name]}?lang=fr").text
