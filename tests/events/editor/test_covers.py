"""Photographs on covers: light, without what a camera knows, and nothing but pictures."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from events.editor import covers
from tests.events.editor.conftest import Desk
from tests.support.staff import Staff


def photograph(side: int = 1200, kind: str = "JPEG") -> bytes:
    """A picture full of detail, taken at a known place."""
    picture = Image.effect_noise((side, side * 3 // 4), 80).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "A camera that knows where it was"
    written = BytesIO()
    picture.save(written, kind, exif=exif)
    return written.getvalue()


def test_a_photograph_becomes_small_and_forgets_where_it_was_taken() -> None:
    sent = photograph()
    assert b"A camera that knows" in sent
    small, wide = covers.prepare(sent)
    assert len(small) <= covers.SMALL[1]  # noise is the worst there is
    assert len(wide) <= covers.WIDE[1]
    for written in (small, wide):
        assert b"A camera that knows" not in written
        assert Image.open(BytesIO(written)).format == "JPEG"


def test_a_calm_picture_keeps_to_the_weight_of_a_page() -> None:
    calm = BytesIO()
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(calm, "PNG")
    small, wide = covers.prepare(calm.getvalue())
    assert max(Image.open(BytesIO(small)).size) == covers.SMALL[0]
    assert max(Image.open(BytesIO(wide)).size) == covers.WIDE[0]


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_that_did_not_arrive_whole_is_called_cut_off(kind: str) -> None:
    sent = photograph(800, kind)
    with pytest.raises(covers.BadPicture, match="cut off"):
        covers.prepare(sent[: len(sent) // 2])


def test_a_cover_is_not_made_of_a_stamp() -> None:
    with pytest.raises(covers.BadPicture, match="too small"):
        covers.prepare(photograph(covers.SMALLEST - 1))
    assert covers.prepare(photograph(covers.SMALLEST))


@pytest.mark.parametrize(
    "sent",
    [b"", b"<svg onload='alert(1)'/>", b"GIF89a" + b"\0" * 40, b"\xff\xd8\xff\xe0" + b"\0" * 99],
    ids=["nothing", "drawing", "gif", "header only"],
)
def test_what_is_no_picture_is_refused_in_words(sent: bytes) -> None:
    with pytest.raises(covers.BadPicture):
        covers.prepare(sent)


def test_a_picture_that_would_fill_the_memory_is_not_opened() -> None:
    bomb = BytesIO()
    Image.new("1", (12_000, 12_000)).save(bomb, "PNG")
    with pytest.raises(covers.BadPicture, match="pixels"):
        covers.prepare(bomb.getvalue())


def test_the_cover_shows_it_until_it_is_taken_away(browser: FlaskClient, staff: Staff, draft: str, desk: Desk) -> None:
    address = f"{draft}/look/photo"
    refused = browser.post(address, data={"photo": (BytesIO(b"no picture"), "a.jpg")})
    assert refused.status_code == 422
    assert "This file is not a picture" in refused.text
    large = photograph(2400)
    assert len(large) > 1024 * 1024  # more than any other form may send
    boundary, body = encode_multipart({"photo": FileStorage(BytesIO(large), "a.jpg")})
    answer = browser.post(address, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 303
    version = desk.event().cover
    page = browser.get("/e/keep-a-place-2038?lang=en").text
    assert f"/e/keep-a-place-2038/cover-small.jpg?v={version}" in page
    shown = browser.get(f"/e/keep-a-place-2038/cover-small.jpg?v={version}")
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    assert staff.app.test_client().get("/e/keep-a-place-2038/cover-small.jpg").status_code == 404  # still a draft
    browser.post(address, data={"do": "remove"})
    assert "cover-photo" not in browser.get("/e/keep-a-place-2038?lang=en").text
