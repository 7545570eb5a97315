"""Diets and allergies as people write them in a list: in their own language, and where there are none."""

import pytest

from events.core.db import db
from events.guests.models import Guest
from tests.payments.guest_import.test_importing import look, sentences, take_over
from tests.support.staff import Staff


@pytest.mark.parametrize("reader", ["fr", "en", "th"])
def test_a_list_in_another_language_than_its_reader_is_understood(staff: Staff, reader: str) -> None:
    text = (
        "nom;régime;allergies\n"
        "Zoé Un;végétarien;Arachides, fruits à coque\n"
        "Léa Deux;Végétarienne;aucune\n"
        "Tom Trois;Menu enfant;-\n"
        "Ann Four;gluten-free;none\n"
        "มาลี รักไทย;มังสวิรัติ;ถั่วเหลือง\n"
        "Max Six;aucun;\n"
        "Eva Sept;;noix, œuf, crevettes\n"
    )
    with staff.signed_in("organiser") as browser:
        browser.set_cookie("lang", reader)
        assert (sentences(look(browser, text)[1]), take_over(browser, text)[0]) == ([], 303)
    with staff.app.app_context():
        said = {one.ticket.guest_name: (one.diet, one.allergies) for one in db.session.query(Guest).all()}
    assert said["Zoé Un"] == ("vegetarian", ["peanuts", "nuts"])
    assert said["Léa Deux"] == ("vegetarian", [])
    assert said["Tom Trois"] == ("child", [])
    assert said["Ann Four"] == ("gluten_free", [])
    assert said["มาลี รักไทย"] == ("vegetarian", ["soya"])
    assert said["Max Six"] == ("", [])
    assert said["Eva Sept"] == ("", ["nuts", "eggs", "crustaceans"])


def test_what_nobody_knows_is_answered_with_the_words_that_are_known(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = look(browser, "name,diet,allergies\nEve,carrots,kiwi\n")[1]
    diet, allergy = sentences(page)
    assert "Known are Vegetarian, Vegan, No pork, Halal, Kosher, Gluten-free, and Children’s menu." in diet
    assert "Known are Gluten, Crustaceans, Eggs, Fish, " in allergy
    assert diet.endswith(" Write anything else in the column of notes.")
