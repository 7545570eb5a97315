"""The application with its staff, for tests that speak to it in process."""

from collections.abc import Iterator

import pytest
from flask import Flask

from events.core.db import db
from tests.support.staff import Staff, make_app, set_the_table


@pytest.fixture
def app(database_url: str) -> Iterator[Flask]:
    app = make_app(database_url)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def staff(app: Flask) -> Staff:
    return set_the_table(app)
