"""One Chromium for the tests of a file: what they open in it they close."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import launched


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Before no camera. A file whose `browser` is another, or speaks to the application directly, has its own."""
    with launched() as browser:
        yield browser
