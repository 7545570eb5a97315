"""What everybody may read about their data: true of this organisation, in their language, one link from every page."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from events.catalogue.models import Organisation
from events.core.db import changed, transaction
from payments.keeping import purging
from tests.support.staff import Staff

Read = Callable[..., str]


@pytest.fixture
def read(staff: Staff) -> Read:
    """The page in a language, after the organisation has chosen something."""

    def page(lang: str = "en", **chosen: Any) -> str:
        with staff.app.app_context(), transaction():
            house = update(Organisation).where(Organisation.slug == "house-of-dinner")
            changed(house.values(**(chosen or {"tax_id": "1"})))
        return text_of(staff.app.test_client(), f"/privacy/house-of-dinner?lang={lang}")

    return page


def text_of(browser: FlaskClient, address: str) -> str:
    """A page's text with plain spaces."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.text.replace("\u00a0", " ")


@pytest.mark.parametrize(("lang", "words"), [("en", "30 days after"), ("fr", "30 jours après"), ("th", "30 วันหลังงาน")])
def test_the_page_tells_how_long_this_organisation_keeps_its_guests(read: Read, lang: str, words: str) -> None:
    page = read(lang, guest_data_days=30)
    assert words in page
    assert f'<html lang="{lang}">' in page


def test_letters_have_readers_for_as_long_as_the_page_says(read: Read) -> None:
    assert f"{purging.LONGEST / 365:.0f} years after a letter" in read()


def test_the_law_is_told_where_a_country_was_chosen(read: Read) -> None:
    assert "Accounting Act B.E. 2543" in read(receipt_profile="th")
    page = read(receipt_profile="generic")
    assert "Who paid or gave, the payments and the receipts. Counted from the end of the fiscal year: 10 years." in page
    assert "No country" not in page


def test_every_page_of_an_organisation_leads_there(staff: Staff) -> None:
    for address in ("/e/dinner", "/e/dinner/order"):
        assert 'href="/privacy/house-of-dinner?lang=fr"' in text_of(staff.app.test_client(), f"{address}?lang=fr")


def test_an_organisation_that_does_not_exist_has_no_page(staff: Staff) -> None:
    assert staff.app.test_client().get("/privacy/nobody").status_code == 404
