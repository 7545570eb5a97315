"""The language of staff: chosen on their account or at the top of any page, kept for every device and for letters."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from events.core.db import db
from events.mail.models import Letter
from events.team.models import Account
from tests.events.team.steps import enter
from tests.support.staff import Staff

LANGUAGE = "/manage/account/language"
GUESTS = "/manage/dinner/guests"


def spoken(page: str) -> str:
    """The language that a page says it is in."""
    (lang,) = re.findall(r'<html lang="(\w+)"', page)
    return str(lang)


def kept(app: Flask, account_id: int) -> str:
    """What stands on the account."""
    with app.app_context():
        return db.session.get_one(Account, account_id).language


@pytest.mark.parametrize(("lang", "thanks"), [("fr", "Désormais"), ("th", "นับจากนี้"), ("en", "From now on")])
def test_a_choice_on_the_account_holds_at_once_on_every_page(staff: Staff, lang: str, thanks: str) -> None:
    with staff.signed_in("owner", "th" if lang == "fr" else "fr") as browser:
        answer = browser.post(LANGUAGE, data={"language": lang})
        assert (answer.status_code, answer.location) == (303, "/manage/account?said=language")
        page = browser.get(answer.location).text
        assert thanks in page
        assert f'value="{lang}" checked' in page
        pages = ("/manage/", GUESTS, "/treasury/dinner", "/manage/account")
        assert [spoken(browser.get(address).text) for address in pages] == [lang] * 4
    assert kept(staff.app, staff.accounts["owner"]) == lang


def test_the_account_names_each_language_in_itself(staff: Staff) -> None:
    with staff.signed_in("treasurer", "th") as browser:
        page = browser.get("/manage/account").text
    told = re.findall(r'<label for="language-\w+" lang="(\w+)">([^<]+)</label>', page)
    assert told == [("fr", "Français"), ("en", "English"), ("th", "ไทย")]


@pytest.mark.parametrize("who", ["owner", "organiser", "treasurer", "door"])
def test_every_page_has_the_choice_and_comes_back_in_that_language(staff: Staff, who: str) -> None:
    address = "/manage/dinner/door/lists" if who == "door" else "/treasury/dinner?q=ann&status=paid"
    if who == "door":
        address += "?order=table"
    with staff.signed_in(who) as browser:
        page = browser.get(address).text
        (form,) = re.findall(rf'<form class="tongues.*?action="{LANGUAGE}".*?</form>', page, re.DOTALL)
        assert re.findall(r'value="(\w\w)" lang="(\w\w)"', form) == [("fr", "fr"), ("en", "en"), ("th", "th")]
        assert '"en" aria-current="true"' in form
        (wanted,) = re.findall(r'name="next" value="([^"]*)"', form)
        answer = browser.post(LANGUAGE, data={"language": "fr", "next": wanted.replace("&amp;", "&")})
        assert (answer.status_code, answer.location) == (303, address)
        assert spoken(browser.get(answer.location).text) == "fr"


def test_an_address_in_one_language_does_not_speak_against_the_choice(staff: Staff) -> None:
    with staff.signed_in("owner") as browser:
        page = browser.get(f"{GUESTS}?lang=th&q=ann").text
        assert spoken(page) == "th"  # for this page alone
        assert f'name="next" value="{GUESTS}?q=ann"' in page
        assert spoken(browser.get(GUESTS).text) == "en"
        answer = browser.post(LANGUAGE, data={"language": "fr", "next": f"{GUESTS}?lang=th"})
        assert answer.location == GUESTS


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "/\\evil.example", "manage"])
def test_a_choice_leads_nobody_elsewhere(staff: Staff, goal: str) -> None:
    with staff.signed_in("owner") as browser:
        answer = browser.post(LANGUAGE, data={"language": "fr", "next": goal})
    assert (answer.status_code, answer.location) == (303, "/manage/account?said=language")


@pytest.mark.parametrize("typed", [{}, {"language": ""}, {"language": "de"}, {"language": "fr; DROP"}])
def test_what_is_no_language_of_ours_is_said_and_changes_nothing(staff: Staff, typed: dict[str, str]) -> None:
    with staff.signed_in("organiser") as browser:
        answer = browser.post(LANGUAGE, data=typed)
    assert answer.status_code == 422
    assert "Please choose one of these languages." in answer.text
    assert kept(staff.app, staff.accounts["organiser"]) == "en"


def test_the_answer_to_a_form_offers_the_choice_and_leads_to_the_page_of_the_form(staff: Staff) -> None:
    with staff.signed_in("owner") as browser:
        without_a_page, of_a_page = browser.post(LANGUAGE).text, browser.post("/manage/new", data={"title": ""}).text
    assert 'name="next" value=""' in without_a_page
    assert 'name="next" value="/manage/new"' in of_a_page


def test_the_accounts_language_wins_over_what_this_device_was_told(staff: Staff) -> None:
    browser = enter(staff)  # on a device whose cookie says English
    assert browser.post(LANGUAGE, data={"language": "fr"}).status_code == 303
    assert spoken(browser.get("/manage/").text) == "fr"
    browser.set_cookie("lang", "th")
    assert spoken(browser.get("/manage/").text) == "fr"
    assert spoken(browser.get("/e/dinner?lang=en").text) == "en"  # a page for everybody goes by its address


def test_letters_to_somebody_speak_the_language_they_chose(staff: Staff) -> None:
    assert enter(staff).post(LANGUAGE, data={"language": "th"}).status_code == 303
    enter(staff)
    with staff.app.app_context():
        letters = db.session.scalars(select(Letter.language).where(Letter.kind == "sign_in").order_by(Letter.id))
        assert list(letters) == ["en", "th"]


def test_a_choice_without_its_token_is_refused(staff: Staff) -> None:
    staff.app.config["WTF_CSRF_ENABLED"] = False
    with staff.signed_in("owner") as browser:
        staff.app.config["WTF_CSRF_ENABLED"] = True
        assert browser.post(LANGUAGE, data={"language": "fr"}).status_code == 400
    assert kept(staff.app, staff.accounts["owner"]) == "en"
