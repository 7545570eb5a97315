"""A request that breaks off is not taken for a whole one, though the web server ends its body without a word."""

from io import BytesIO

import pytest
from flask import Flask, request

from events.core.web import public

GIFT = b"gift=500"


@public
def heard() -> str:
    """A page that says what it was sent."""
    return request.form["gift"]


@pytest.mark.parametrize(("said", "status"), [(len(GIFT), 200), (len(GIFT) + 2, 400), (1 << 21, 413)])
def test_a_body_is_as_long_as_it_said(house: Flask, said: int, status: int) -> None:
    house.add_url_rule("/heard", "heard", heard, methods=["POST"])
    house.extensions["csrf"].exempt(heard)
    as_granian_does = {"wsgi.input_terminated": True, "wsgi.input": BytesIO(GIFT), "CONTENT_LENGTH": str(said)}
    answer = house.test_client().post(
        "/heard",
        base_url=house.config["PUBLIC_URL"],
        content_type="application/x-www-form-urlencoded",
        environ_overrides=as_granian_does,
    )
    assert answer.status_code == status
    assert status != 200 or answer.text == "500"
