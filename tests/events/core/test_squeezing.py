"""What is compressed, and what never is."""

import gzip

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support import world as w

ACCEPTS = {"Accept-Encoding": "gzip, br"}


def asked(browser: FlaskClient, address: str, **headers: str) -> TestResponse:
    return browser.get(address, headers=ACCEPTS | {name.replace("_", "-"): value for name, value in headers.items()})


def test_sheets_and_public_pages_come_compressed_to_browsers_that_understand_it(house: Flask) -> None:
    w.furnish()
    browser = w.browser_of(house)
    for address in ("/static/css/components.css", "/static/img/icons.svg", "/static/js/order.js", "/e/dinner?lang=th"):
        plain, pressed = browser.get(address), asked(browser, address)
        assert plain.headers.get("Content-Encoding") is None, address
        assert pressed.headers.get("Content-Encoding") == "gzip", address
        assert gzip.decompress(pressed.data) == plain.data
        assert len(pressed.data) * 2 < len(plain.data), address
        assert "Accept-Encoding" in plain.vary
        assert "Accept-Encoding" in pressed.vary


def test_what_a_browser_has_already_is_not_sent_again(house: Flask) -> None:
    w.furnish()
    browser = w.browser_of(house)
    for address in ("/static/css/components.css", "/e/dinner?lang=th"):
        etag = asked(browser, address).headers["ETag"]
        assert etag.startswith("W/")
        again = asked(browser, address, If_None_Match=etag)
        assert (again.status_code, again.data) == (304, b"")


def test_no_page_with_somebodys_secret_is_compressed(house: Flask) -> None:
    world = w.furnish()
    order_id = w.buy(world)
    w.pay(order_id)
    token = w.order(order_id).token
    browser = w.browser_of(house)
    for address in (f"/o/{token}", "/e/dinner/order?lang=en", "/sign-in", f"/o/{token}.json", "/"):
        answer = asked(browser, address)
        assert answer.status_code == 200, address
        assert answer.content_encoding is None, address
