"""Who bought at the door and gave no name is called so in the language of whoever reads, not of whoever sold."""

from uuid import uuid4

import pytest
from flask import g
from flask.testing import FlaskClient

from events.core.db import end_reading
from tests.payments.box_office.conftest import HOST, SLUG, Door, Phone

WORDS = {"fr": "Convive à la porte", "en": "Guest at the door", "th": "แขกหน้างาน"}


def next_visitor() -> None:
    """The application's context is the test's own: what the last request knew of its visitor must go."""
    end_reading()
    for name in ("_login_user", "language", "_flask_babel"):
        g.pop(name, None)


def read(client: FlaskClient, address: str, lang: str, **headers: str) -> str:
    """A page or an answer in a language."""
    next_visitor()
    answer = client.get(f"{address}lang={lang}", base_url=HOST, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text if answer.mimetype == "text/html" else str(answer.json)


def says_only(text: str, lang: str) -> bool:
    """It calls the guest so in this language, and in no other."""
    return [one for one in WORDS if WORDS[one] in text] == [lang]


@pytest.fixture(params=WORDS)
def phone(door: Door, request: pytest.FixtureRequest) -> Phone:
    """Has sold two seats to somebody without a name, in each of the languages."""
    phone = door.phone()
    phone.sold(seats=2, language=request.param)
    return phone


@pytest.mark.parametrize("lang", WORDS)
def test_every_reader_is_told_of_the_nameless_guest_in_their_own_language(door: Door, phone: Phone, lang: str) -> None:
    owner = door.person("owner", "An owner").client
    for page in (f"/manage/{SLUG}/guests?", f"/treasury/{SLUG}?"):
        assert says_only(read(owner, page, lang), lang), page
    told = read(owner, f"/manage/{SLUG}/guests/1?", lang).partition('<form method="post"')[
        0
    ]  # below stands what is kept
    assert says_only(told, lang)
    assert says_only(read(phone.client, "/door/api/guests?q=0001&", lang, **phone.headers), lang)


@pytest.mark.parametrize("lang", WORDS)
def test_the_phone_admits_by_the_name_that_it_shows(phone: Phone, lang: str) -> None:
    one = {"scan_id": str(uuid4()), "ticket": "0001", "name": WORDS[lang]}
    next_visitor()
    answer = phone.post(f"guests?lang={lang}", one)
    assert answer.status_code == 200, answer.text
    assert answer.json is not None
    assert (answer.json["verdict"], answer.json["guest"]["name"]) == ("admitted", WORDS[lang])


def test_no_receipt_goes_to_somebody_without_a_name(phone: Phone, door: Door) -> None:
    phone.sold(seats=1, gift=100_000)
    page = read(door.person("treasurer", "A treasurer").client, "/treasury/dinner/receipts?", "en")
    assert "The receipt needs your details first: last name." in page
