"""What will pass is told apart from what is a mistake of ours, and said without asking the database anything."""

import errno
import sqlite3
from collections.abc import Iterator

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, delete, event
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError
from werkzeug.test import TestResponse

from events.catalogue.models import TicketType
from events.core import engines
from events.core.db import db, transaction
from events.core.direct import directly
from tests.support.world import SETTINGS, browser_of, furnish, organisation


def of_sqlite(code: int) -> OperationalError:
    met = sqlite3.OperationalError("in SQLite's words")
    met.sqlite_errorcode = code
    return OperationalError("SELECT 1", {}, met)


def of_postgres(state: str) -> OperationalError:
    return OperationalError("SELECT 1", {}, psycopg.errors.lookup(state)())


FULL, NO_SUCH_TABLE = of_sqlite(sqlite3.SQLITE_FULL), of_sqlite(sqlite3.SQLITE_ERROR)


@pytest.mark.parametrize(
    "error",
    [
        *(FULL, of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), of_sqlite(sqlite3.SQLITE_IOERR_WRITE)),
        *(of_sqlite(sqlite3.SQLITE_BUSY), of_sqlite(sqlite3.SQLITE_CANTOPEN)),
        *(of_postgres(state) for state in ("57P01", "57P03", "53100", "53300", "08006", "25006", "40P01", "55P03")),
        OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused")),
        TimeoutError("of the pool"),
    ],
)
def test_what_will_pass_is_known(error: Exception) -> None:
    assert engines.is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        *(NO_SUCH_TABLE, of_postgres("42P01"), of_postgres("22P02"), ValueError("ours")),
        IntegrityError("INSERT", {}, psycopg.errors.UniqueViolation()),
        IntegrityError("INSERT", {}, sqlite3.IntegrityError()),
    ],
)
def test_a_mistake_of_ours_will_not(error: Exception) -> None:
    assert not engines.is_away(error)


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at.all", "postgresql+psycopg://nobody@/nothing?host=/nowhere"])
def test_who_speaks_to_the_driver_itself_hears_the_same(url: str) -> None:
    with pytest.raises(OperationalError) as met, directly(create_engine(url)):
        raise AssertionError("there is no such database")
    assert engines.is_away(met.value)


@pytest.fixture
def statements(house: Flask) -> Iterator[list[str]]:
    """Everything that the database is asked."""
    kept: list[str] = []

    def keep(*given: object) -> None:
        kept.append(str(given[2]))

    assert house.name
    event.listen(db.engine, "before_cursor_execute", keep)
    yield kept
    event.remove(db.engine, "before_cursor_execute", keep)


def ask(house: Flask, error: Exception, path: str = "/") -> TestResponse:
    """A page that meets this, read in French by somebody whose cookie says that they are signed in."""

    def meet(**_given: str) -> str:
        raise error

    for endpoint in ("catalogue.home", "orders.order_json"):
        meet.is_public = True  # type: ignore[attr-defined]
        house.view_functions[endpoint] = meet
    browser = browser_of(house)
    with browser.session_transaction(base_url=SETTINGS["PUBLIC_URL"]) as cookie:
        cookie["_user_id"], cookie["staff_session"] = "1", "nobody's"
    return browser.get(path, headers={"Accept-Language": "fr"})


@pytest.mark.parametrize("error", [FULL, of_postgres("57P01"), OSError(errno.ENOSPC, "full")])
def test_a_page_says_so_and_when_to_come_back(house: Flask, statements: list[str], error: Exception) -> None:
    answer = ask(house, error)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/html", "no-store")
    assert '<html lang="fr">' in answer.text
    assert "words" not in answer.text
    assert statements == []


def test_a_program_is_told_a_stable_code(house: Flask) -> None:
    answer = ask(house, FULL, "/o/x.json")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert (answer.mimetype, answer.get_json()["code"]) == ("application/problem+json", "unavailable")


@pytest.mark.parametrize("error", [NO_SUCH_TABLE, OSError(errno.ENOENT, "gone"), ValueError("ours")])
def test_a_mistake_of_ours_stays_one(house: Flask, statements: list[str], error: Exception) -> None:
    answer = ask(house, error)
    assert (answer.status_code, "Retry-After" in answer.headers) == (500, False)
    assert statements == []


@pytest.mark.both_engines
def test_who_comes_second_is_told_and_nobody_is_named(house: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with transaction() as session:
        session.add(organisation(slug="lanterns"))
    with pytest.raises(IntegrityError) as taken, transaction() as session:
        session.add(organisation(slug="lanterns", name="Of the same address"))
    answer = ask(house, taken.value)
    assert (answer.status_code, answer.mimetype) == (409, "text/html")
    assert "au même moment" in answer.text
    assert "lanterns" not in caplog.text
    (line,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert "unique" in str(vars(line)["facts"]).lower()


@pytest.mark.both_engines
def test_so_is_who_names_what_is_gone(house: Flask) -> None:
    furnish()
    with pytest.raises(IntegrityError) as named, transaction() as session:
        session.execute(delete(TicketType))
    answer = ask(house, named.value, "/o/x.json")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "conflict")


def test_what_no_other_can_have_done_stays_a_mistake_of_ours(house: Flask) -> None:
    with pytest.raises(IntegrityError) as ours, transaction() as session:
        session.add(organisation(name=None))
    assert ask(house, ours.value).status_code == 500
