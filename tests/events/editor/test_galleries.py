"""Galleries: photographs sent, described, put in order; light on the page, and nobody else's."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select, update

from events.catalogue.galleries import SMALL, WIDE, shown
from events.catalogue.photos import GalleryFile, GalleryPicture
from events.core import clock
from events.core.db import db, transaction
from events.editor import covers, galleries
from tests.events.editor.conftest import Desk, fields_of, save, typed
from tests.events.editor.test_covers import photograph
from tests.support.staff import Staff

NEW = "/page/new?kind=gallery"
TITLE = {"title-fr": "La salle", "title-en": "The room", "title-th": "ห้อง"}


def colour(shade: str, size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A picture of one colour."""
    written = BytesIO()
    Image.new("RGB", size, shade).save(written, "PNG")
    return written.getvalue()


def sent(*pictures: bytes) -> dict[str, Any]:
    return {"pictures": [(BytesIO(body), f"{number}.jpg") for number, body in enumerate(pictures)]}


def described(form: dict[str, Any]) -> dict[str, Any]:
    """The form with words for every picture, in every language."""
    words = {
        f"row{number}-alt-{code}": f"Picture {number} [{code}]"
        for number in range(int(form["rows"]))
        for code in ("fr", "en", "th")
    }
    return form | words


@pytest.fixture
def gallery(browser: FlaskClient, draft: str, desk: Desk) -> str:
    """A gallery of three pictures, red, green and blue; the address of its form."""
    address = draft + NEW
    grown = browser.post(address, data=typed(browser, address) | TITLE | sent(*map(colour, ("red", "green", "blue"))))
    assert grown.status_code == 200, grown.text
    assert "Now write what one sees" in grown.text
    assert browser.post(address, data=described(fields_of(grown.text))).status_code == 303
    return f"{draft}/page/{desk.event().blocks[-1].id}"


def names(desk: Desk) -> list[str]:
    return [row["picture"] for row in desk.event().blocks[-1].content["pictures"]]


def test_photographs_are_light_in_two_sizes_and_kinds_and_forget_the_camera() -> None:
    upload = photograph(2400)
    (prepared,), wrong = galleries.prepare([("room.jpg", upload)])
    assert wrong == []
    assert set(prepared.files) == {("small", "avif"), ("small", "jpg"), ("wide", "avif"), ("wide", "jpg")}
    for (size, kind), body in prepared.files.items():
        picture = Image.open(BytesIO(body))
        assert max(picture.size) == {"small": SMALL, "wide": WIDE}[size]
        assert picture.format == {"avif": "AVIF", "jpg": "JPEG"}[kind]
        assert b"A camera that knows" not in body
        assert not picture.getexif()
        assert "icc_profile" not in picture.info
    assert prepared.name.endswith(f"-{WIDE}x{WIDE * 3 // 4}")
    assert galleries.prepare([("again.jpg", upload)])[0][0].name == prepared.name


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (b"<svg onload='alert(1)'/>", "This file is not a picture"),
        (b"GIF89a" + b"\0" * 40, "This file is not a picture"),
        (photograph(60)[:-400], "This picture is cut off"),
        (colour("red", (90, 60)), "This picture is too small: at least 400 pixels wide, please."),
    ],
)
def test_what_is_no_picture_is_refused_and_nothing_typed_is_lost(
    browser: FlaskClient, draft: str, upload: bytes, why: str
) -> None:
    address = draft + NEW
    answer = browser.post(address, data=typed(browser, address) | TITLE | sent(colour("red"), upload))
    assert answer.status_code == 422
    assert f"1.jpg: {why}" in answer.text  # which of them it is
    assert fields_of(answer.text)["title-en"] == "The room"
    assert fields_of(answer.text)["rows"] == "1"  # and the good one is there
    assert browser.post(address, data=described(fields_of(answer.text))).status_code == 303


def test_a_picture_without_words_is_named_in_the_list_of_mistakes(
    browser: FlaskClient, draft: str, gallery: str
) -> None:
    form = fields_of(browser.get(gallery).text) | {"row1-alt-fr": "", "row1-alt-en": "", "row1-alt-th": ""}
    answer = browser.post(gallery, data=form)
    assert answer.status_code == 422
    assert "Picture 2, What one sees" in answer.text


def test_bombs_and_heaps_are_refused() -> None:
    bomb = BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    narrow = colour("red", (60_000, 1))
    ready, (many, thin) = galleries.prepare([("bomb.png", bomb.getvalue()), ("line.png", narrow)])
    assert ready == []
    assert "bomb.png: This picture has too many pixels" in many
    assert "line.png: This picture is too narrow" in thin
    with pytest.raises(covers.BadPicture, match="at most 8"):
        galleries.prepare([("x.png", b"x")] * 9)


def test_page_shows_them_in_their_order_lazily_with_words(browser: FlaskClient, gallery: str, desk: Desk) -> None:
    page = browser.get("/e/keep-a-place-2038?lang=en").text
    places = [page.index(name) for name in names(desk)]
    assert places == sorted(places)
    assert page.count('loading="lazy"') == 3
    assert 'alt="Picture 1 [en]"' in page
    assert 'width="1280" height="960"' in page
    assert '<source type="image/avif" srcset="/e/keep-a-place-2038/pictures/' in page
    small = f"/e/keep-a-place-2038/pictures/{names(desk)[0]}-small"
    for kind, mimetype in (("avif", "image/avif"), ("jpg", "image/jpeg")):
        answer = browser.get(f"{small}.{kind}")
        assert (answer.status_code, answer.mimetype) == (200, mimetype)


def test_order_and_captions_change_and_pictures_go(browser: FlaskClient, gallery: str, desk: Desk) -> None:
    red, green, blue = names(desk)
    moved = fields_of(browser.post(gallery, data=typed(browser, gallery) | {"row": "up-1"}).text)
    assert [moved[f"row{number}-picture"] for number in range(3)] == [green, red, blue]
    fewer = fields_of(browser.post(gallery, data=moved | {"row": "remove-2", "row0-caption-en": "Before"}).text)
    captions = {f"row0-caption-{code}": "Under the lamps" for code in ("fr", "en", "th")}
    assert browser.post(gallery, data=fewer | captions).status_code == 303
    assert names(desk) == [green, red]
    assert "<figcaption>Under the lamps</figcaption>" in browser.get("/e/keep-a-place-2038?lang=th").text


def test_more_pictures_join_what_is_typed(browser: FlaskClient, gallery: str, desk: Desk) -> None:
    typing = typed(browser, gallery) | {"title-en": "Typed with care", "row": "upload"}
    grown = browser.post(gallery, data=typing | sent(colour("black")))
    form = fields_of(grown.text)
    assert (form["rows"], form["title-en"], len(names(desk))) == ("4", "Typed with care", 3)
    assert browser.post(gallery, data=described(form)).status_code == 303
    assert len(names(desk)) == 4
    nothing = browser.post(gallery, data=typed(browser, gallery) | {"row": "upload"})
    assert (nothing.status_code, "Please choose a picture" in nothing.text) == (422, True)


def test_picture_without_words_is_not_saved_and_not_shown(browser: FlaskClient, gallery: str) -> None:
    missing = {f"row1-alt-{code}": "" for code in ("fr", "en", "th")}
    answer = save(browser, gallery, missing)
    assert answer.status_code == 422
    assert "Please fill this in" in answer.text
    save(browser, gallery, {"row1-alt-th": ""})
    assert browser.get("/e/keep-a-place-2038?lang=th").text.count("<figure>") == 2
    assert browser.get("/e/keep-a-place-2038?lang=en").text.count("<figure>") == 3
    steps = browser.get("/manage/keep-a-place-2038/edit/publish").text
    assert "The room" in steps and "ไทย" in steps


def test_drafts_and_others_pictures_are_not_there_for_strangers(
    browser: FlaskClient, staff: Staff, gallery: str, desk: Desk
) -> None:
    name = names(desk)[0]
    stranger = staff.app.test_client()
    assert stranger.get(f"/e/keep-a-place-2038/pictures/{name}-small.jpg").status_code == 404
    assert stranger.get(f"/e/dinner/pictures/{name}-small.jpg").status_code == 404  # another evening's address
    forged = {"row0-picture": "0" * 16 + "-640x480"}
    assert save(browser, gallery, forged).status_code == 303
    assert names(desk) != [forged["row0-picture"]]
    assert len(names(desk)) == 2
    assert save(browser, gallery, {"row0-picture": "../../secret"}).status_code == 422


def test_copy_of_the_evening_has_pictures_of_its_own(browser: FlaskClient, gallery: str, desk: Desk) -> None:
    form = {"title-fr": "Encore", "title-en": "Again", "title-th": "อีก", "starts_at": "2039-03-05T19:00"}
    assert browser.post("/manage/keep-a-place-2038/edit/copy", data=form).status_code == 303
    page = browser.get("/e/again-2039?lang=en").text
    assert f"/e/again-2039/pictures/{names(desk)[0]}-small.avif" in page
    assert browser.get(f"/e/again-2039/pictures/{names(desk)[0]}-wide.jpg").status_code == 200


def test_what_no_gallery_shows_is_taken_away_after_a_day(browser: FlaskClient, gallery: str, staff: Staff) -> None:
    def kept() -> tuple[int, int]:
        with staff.app.app_context():
            pictures, files = (select(func.count()).select_from(one) for one in (GalleryPicture, GalleryFile))
            return db.session.scalar(pictures) or 0, db.session.scalar(files) or 0

    fewer = fields_of(browser.post(gallery, data=typed(browser, gallery) | {"row": "remove-0"}).text)
    browser.post(gallery, data=fewer)
    assert kept() == (3, 12)  # somebody may have a form open that names it
    with staff.app.app_context(), transaction():
        db.session.execute(update(GalleryPicture).values(added_at=clock.now() - timedelta(days=2)))
    save(browser, gallery, {"title-en": "The hall"})
    assert kept() == (2, 8)


def test_words_in_another_language_are_not_lent() -> None:
    row = {"picture": "0" * 16 + "-1280x960", "alt": {"fr": "La salle"}, "caption": {"fr": "Avant"}}
    assert [one.alt for one in shown([row], "fr")] == ["La salle"]
    assert shown([row], "en") == []
    assert shown(None, "en") == []
