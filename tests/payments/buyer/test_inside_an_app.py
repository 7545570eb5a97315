"""Pages read inside another app, whose browser opens no file: the code is on the page, and the way out is shown."""

import re

import pytest
from flask import Flask

from tests.payments.buyer.test_hosting import table
from tests.support import world as w

SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"
LINE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari Line/14.6.0"
FACEBOOK = (
    "Mozilla/5.0 (Linux; Android 13; wv) AppleWebKit/537.36 Version/4.0 Chrome/124.0 Mobile [FB_IAB/FB4A;FBAV/465.0;]"
)
MESSENGER = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/MessengerForiOS;FBAV/460.0;FBLC/th_TH]"
INSTAGRAM = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 Mobile/15E148 Instagram 330.0.3.29.110 (iPhone14,5; th_TH)"
HINT = "If a file does not open inside this app"
FILES = re.compile(r'href="(/[to]/[^"]*(?:\.pdf|\.ics)[^"]*)"')


@pytest.mark.parametrize(
    ("browser", "hint", "marked"),
    [(SAFARI, 0, 0), (LINE, 0, 1), (FACEBOOK, 1, 0), (MESSENGER, 1, 0), (INSTAGRAM, 1, 0)],
    ids=["safari", "line", "facebook", "messenger", "instagram"],
)
def test_the_way_to_files_is_that_of_the_app(house: Flask, browser: str, hint: int, marked: int) -> None:
    _world, order, tickets = table(2)
    visitor = w.browser_of(house)
    for address in (f"/o/{order.token}", f"/t/{tickets[0].token}"):
        page = visitor.get(f"{address}?lang=en", headers={"User-Agent": browser}).text
        files = FILES.findall(page)
        assert len(files) > 2
        assert page.count(HINT) == hint, address
        assert {"openExternalBrowser=1" in file for file in files} == {bool(marked)}, files
        for file in files[:3]:
            answer = visitor.get(file.replace("&amp;", "&"))
            assert answer.headers["Content-Disposition"].startswith("inline"), file
