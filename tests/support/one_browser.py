"""One Chromium for each process of a run: starting it costs as much as a walk of several pages."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import launched


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Before no camera."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def browser(chromium: Browser) -> Iterator[Browser]:
    """It, without what the tests of other files left open.

    A file whose `browser` is another, or speaks to the application directly, has its own.
    """
    yield chromium
    for context in list(chromium.contexts):
        context.close()
