"""Who buys is read twice over: quickly where all is right, by the form where it must say what is wrong. They agree."""

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from payments.checkout.forms import LONGEST, OrderForm, read_buyer
from tests.support.staff import make_app

RIGHT = {"name": "Claire Lune", "email": "claire@example.org", "phone": "+66 2 000 00 00", "gift": "500"}
PIECES = st.sampled_from(
    ["", " ", "Claire", "Ａnn", "\n", "\r", "\u200b", "\u200d", "\x00", "\u2028", "ไทย", "é", "a" * 60, "b" * 130,
     "@example.org", "claire@example.org", "CLAIRE@EXAMPLE.ORG", "a@b", "0", "+66", "(2)", "\u00a0", "tel", "./-",
     "9" * 41]
)  # fmt: skip
TEXT = st.lists(PIECES, max_size=4).map("".join)
NAMES = ("name", "email", "phone", "gift", "code", "lang", "from")
TYPED = st.fixed_dictionaries({name: st.just(RIGHT.get(name, "")) | TEXT for name in NAMES})


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """No database is asked here."""
    made = make_app(f"sqlite:///{tmp_path_factory.mktemp('reading')}/none.sqlite")
    made.config["WTF_CSRF_ENABLED"] = False
    return made


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TYPED, st.sets(st.sampled_from(NAMES)))
@example(dict(RIGHT), set())
@example(RIGHT | {"name": "a" * LONGEST["name"]}, set())
@example(RIGHT | {"name": "a" * (LONGEST["name"] + 1)}, set())
@example(RIGHT | {"lang": "th", "from": "Letter 7"}, set())
def test_the_quick_reading_and_the_form_agree(app: Flask, typed: dict[str, str], left_out: set[str]) -> None:
    sent = {name: value for name, value in typed.items() if name not in left_out}
    with app.test_request_context("/", method="POST"):
        form = OrderForm(MultiDict(sent))
        right = form.validate()
        quick = read_buyer(sent, "fr")
    assert (quick is not None) == right, form.errors
    if quick is not None:
        assert quick.email == form.email.data
        assert quick.language == (sent["lang"] if sent.get("lang") in ("fr", "en", "th") else "fr")
        assert len(quick.name.splitlines()) == 1


def test_what_is_right_is_read_as_it_was_typed(app: Flask) -> None:
    with app.test_request_context("/", method="POST"):
        found = read_buyer(RIGHT | {"lang": "th", "from": "Letter 7", "name": "  Claire   Lune "}, "fr")
    assert found is not None
    assert (found.name, found.language, found.source) == ("Claire Lune", "th", "letter7")
