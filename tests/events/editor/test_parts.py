"""The parts of an event page: added, written, moved and removed by plain forms, rows too."""

import pytest
from flask.testing import FlaskClient

from events.editor.blocks.shapes import SHAPES
from tests.events.editor.conftest import Desk, fields_of, save, typed

WORDS = {"title-fr": "Un titre", "title-en": "A heading", "title-th": "หัวข้อ"}


def titles(desk: Desk) -> list[str]:
    """Headings in their order."""
    return [block.content["title"]["en"] for block in desk.event().blocks]


def test_parts_are_moved_and_removed(browser: FlaskClient, draft: str, desk: Desk) -> None:
    first, second, third = (block.id for block in desk.event().blocks)
    assert titles(desk) == ["Why we meet", "The evening", "Good to know"]
    browser.post(f"{draft}/page/{third}/move", data={"way": "up"})
    assert titles(desk) == ["Why we meet", "Good to know", "The evening"]
    browser.post(f"{draft}/page/{first}/move", data={"way": "up"})  # nothing stands above the first
    browser.post(f"{draft}/page/{first}/move", data={"way": "down"})
    assert titles(desk) == ["Good to know", "Why we meet", "The evening"]
    assert browser.post(f"{draft}/page/{second}/remove").status_code == 303
    assert titles(desk) == ["Good to know", "Why we meet"]
    assert browser.post(f"{draft}/page/{second}/remove").status_code == 404
    assert desk.trail("block.removed")[0].details["content"]["title"]["en"] == "The evening"


@pytest.mark.parametrize("kind", sorted(set(SHAPES) - {"gallery"}))  # which has pictures: test_galleries
def test_every_kind_can_be_added_and_is_on_the_page(browser: FlaskClient, draft: str, desk: Desk, kind: str) -> None:
    address = f"{draft}/page/new?kind={kind}"
    row = {name: "Words of a row" for name in typed(browser, address) if name.startswith("row0-") and "url" not in name}
    row |= {"row0-drawing": "jasmine"} if kind == "cause" else {}
    row |= {"row0-phone": "+66 2 000 0000", "row0-email": "help@example.org"} if kind == "help" else {}
    answer = save(browser, address, WORDS | row)
    assert answer.status_code == 303, answer.text
    page = browser.get("/e/keep-a-place-2038?lang=en").text
    assert "A heading" in page
    assert ("Words of a row" in page) is bool(SHAPES[kind].rows)


def test_rows_are_added_moved_and_removed_without_a_script_and_without_saving(
    browser: FlaskClient, draft: str, desk: Desk
) -> None:
    address = f"{draft}/page/{desk.event().blocks[1].id}"
    form = typed(browser, address)
    assert form["rows"] == "4"
    grown = browser.post(address, data=form | {"row": "add", "title-en": "Typed with care"})
    assert "Nothing is saved yet" in grown.text
    form = fields_of(grown.text)
    assert (form["rows"], form["title-en"], form["row4-what-en"]) == ("5", "Typed with care", "")
    moved = fields_of(browser.post(address, data=form | {"row": "up-1", "row4-what-en": "Good night"}).text)
    assert (moved["row0-time-en"], moved["row1-time-en"], moved["row4-what-en"]) == (
        "At table",
        "Welcome",
        "Good night",
    )
    fewer = fields_of(browser.post(address, data=moved | {"row": "remove-0"}).text)
    assert (fewer["rows"], fewer["row0-time-en"]) == ("4", "Welcome")
    assert titles(desk)[1] == "The evening"
    assert browser.post(address, data=fewer).status_code == 303
    block = desk.event().blocks[1]
    assert [row["what"]["en"] for row in block.content["rows"]][-1] == "Good night"
    assert block.content["title"]["en"] == "Typed with care"


def test_an_empty_row_is_no_row(browser: FlaskClient, draft: str, desk: Desk) -> None:
    address = f"{draft}/page/{desk.event().blocks[1].id}"
    empty = {f"row1-{name}-{code}": "" for name in ("time", "what") for code in ("fr", "en", "th")}
    save(browser, address, empty)
    assert len(desk.event().blocks[1].content["rows"]) == 3


def test_a_wrong_link_is_told_next_to_its_field(browser: FlaskClient, draft: str) -> None:
    typed_in = WORDS | {"row0-title-en": "An article", "row0-url": "javascript:alert(1)"}
    answer = save(browser, f"{draft}/page/new?kind=press", typed_in)
    assert answer.status_code == 422
    assert 'id="row0-url-mistake"' in answer.text
    assert "An article" in answer.text


def test_two_organisers_at_one_part_and_at_two(browser: FlaskClient, draft: str, desk: Desk) -> None:
    one, other = (f"{draft}/page/{block.id}" for block in desk.event().blocks[:2])
    assert save(browser, one, {"text-en": "Mine"}).status_code == 303
    assert save(browser, other, {"title-en": "Yours"}).status_code == 303  # another part is nobody's conflict
    late = save(browser, one, {"text-en": "Late", "version": "1"})
    assert late.status_code == 409
    assert "There now: Mine" in " ".join(late.text.split())


def test_what_a_language_says_stays_when_the_page_leaves_it_out(browser: FlaskClient, draft: str, desk: Desk) -> None:
    save(browser, draft, {"languages": ["fr", "en"]})
    address = f"{draft}/page/{desk.event().blocks[0].id}"
    save(browser, address, {"title-en": "Why we meet again"})
    assert desk.event().blocks[0].content["title"] == {
        "fr": "Pourquoi ce dîner", "en": "Why we meet again", "th": "ทำไมเราจึงมาพบกัน",
    }  # fmt: skip
