"""A request that breaks off is not taken for a whole one, though the web server ends its body without a word."""

from io import BytesIO

import pytest
from flask import Flask, request
from werkzeug.test import TestResponse

from events.core.bodies import HEARD_OUT
from events.core.web import public

GIFT = b"gift=500"


@public
def heard() -> str:
    """A page that says what it was sent."""
    return request.form["gift"]


def post(house: Flask, body: BytesIO, said: int) -> TestResponse:
    """To that page."""
    house.add_url_rule("/heard", "heard", heard, methods=["POST"])
    house.extensions["csrf"].exempt(heard)
    return send(house, "/heard", body, said)


def send(house: Flask, path: str, body: BytesIO, said: int | None) -> TestResponse:
    """To an address, as granian hands a body on; one that says no length comes in pieces."""
    as_granian_does = {"wsgi.input_terminated": True, "wsgi.input": body, "CONTENT_LENGTH": str(said)}
    if said is None:
        as_granian_does["HTTP_TRANSFER_ENCODING"] = "chunked"
    return house.test_client().post(
        path,
        base_url=house.config["PUBLIC_URL"],
        content_type="application/x-www-form-urlencoded",
        environ_overrides=as_granian_does,
    )


@pytest.mark.parametrize(("said", "status"), [(len(GIFT), 200), (len(GIFT) + 2, 400), (1 << 21, 413)])
def test_a_body_is_as_long_as_it_said(house: Flask, said: int, status: int) -> None:
    answer = post(house, BytesIO(GIFT), said)
    assert answer.status_code == status
    assert status != 200 or answer.text == "500"


def test_nothing_is_read_past_the_end_where_the_line_would_be_silent(house: Flask) -> None:
    body = BytesIO(GIFT + b"what comes next")
    assert post(house, body, len(GIFT)).text == "500"
    assert body.tell() == len(GIFT)


@pytest.mark.parametrize(("size", "read"), [(1 << 21, 1 << 21), (HEARD_OUT + 1, 0)])
def test_who_sends_too_much_is_heard_out_and_told_so(house: Flask, size: int, read: int) -> None:
    body = BytesIO(b"x" * size)
    assert post(house, body, size).status_code == 413
    assert body.tell() == read


@pytest.mark.parametrize(
    ("path", "status"),
    [("/webhooks/stripe", 400), ("/api/v1/orders", 401), ("/nowhere", 404)],
)
def test_who_is_refused_before_being_read_is_heard_out_all_the_same(house: Flask, path: str, status: int) -> None:
    for said in (700_000, None):
        body = BytesIO(b"x" * 700_000)
        assert send(house, path, body, said).status_code == status
        assert body.tell() == 700_000


def test_what_has_no_end_is_not_heard_out(house: Flask) -> None:
    body = BytesIO(b"x" * (HEARD_OUT + (1 << 21)))
    assert send(house, "/nowhere", body, None).status_code == 404
    assert body.tell() == HEARD_OUT
