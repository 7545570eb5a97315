"""Long files: the worker writes them, only whoever asked may fetch them, and after a day they are gone."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from events.core import jobs
from events.core.db import db, transaction
from payments.exports import background, storing
from payments.exports.models import ExportFile, ExportPiece
from payments.exports.rows import scope_of
from tests.payments.exports.gala import Turn
from tests.support.staff import Staff, sell


@pytest.fixture
def app_var(staff: Staff) -> Staff:
    """Somebody has paid."""
    with staff.app.app_context(), transaction():
        sell("dinner", "A7K2Q", "Ann", [("Ann", "")])
    return staff


def work(staff: Staff) -> None:
    with staff.app.app_context():
        handlers = {kind: jobs.handlers()[kind] for kind in (background.WRITE, background.FORGET)}
        while jobs.run_due(handlers):
            pass


def only(staff: Staff) -> ExportFile:
    with staff.app.app_context():
        file: ExportFile = db.session.scalars(select(ExportFile)).one()
        return file


def pieces(staff: Staff) -> int:
    with staff.app.app_context():
        return db.session.scalars(select(func.count()).select_from(ExportPiece)).one()


def test_a_long_file_is_written_shown_fetched_and_forgotten(
    app_var: Staff, turn_clock: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(background, "LARGE", 0)
    with app_var.signed_in("treasurer") as browser:
        page = browser.get("/treasury/exports").text
        assert "made in the background" in page
        assert "Show the first lines" in page
        assert 'formaction="/treasury/exports/orders.csv' in page
        assert "Ann" in browser.get("/treasury/exports?show=orders").text
        answer = browser.post("/treasury/exports/orders.csv?event=dinner")
        assert answer.status_code == 303
        assert 'http-equiv="refresh"' in browser.get("/treasury/exports/files").text
        work(app_var)
        page = browser.get("/treasury/exports/files").text
        file = only(app_var)
        address = f"/treasury/exports/files/{file.name}"
        assert address in page
        assert "refresh" not in page
        with browser.get(address) as fetched:
            assert b"A7K2Q" in fetched.data
            assert "bonsoir-orders-dinner.csv" in fetched.headers["Content-Disposition"]
            assert fetched.headers["Cache-Control"] == "no-store"
        assert pieces(app_var) == 1
        turn_clock(timedelta(hours=25))
        work(app_var)
        assert pieces(app_var) == 0
        assert browser.get(address).status_code == 404
        assert address not in browser.get("/treasury/exports/files").text


def test_nobody_else_may_fetch_it(app_var: Staff) -> None:
    with app_var.signed_in("treasurer") as browser:
        browser.post("/treasury/exports/orders.xlsx")
    work(app_var)
    address = f"/treasury/exports/files/{only(app_var).name}"
    for who, status in (("owner", 404), ("stranger", 404), ("door", 404), ("treasurer", 200)):
        with app_var.signed_in(who) as browser, browser.get(address) as answer:
            assert answer.status_code == status


def test_what_cannot_be_written_says_why(app_var: Staff) -> None:
    with app_var.signed_in("treasurer") as browser:
        browser.post("/treasury/exports/receipt-papers.zip")
        work(app_var)
        assert "No receipt was issued" in browser.get("/treasury/exports/files").text
        assert browser.post("/treasury/exports/fec.txt?event=dinner").status_code == 409


def test_a_worker_that_died_is_followed_by_another(app_var: Staff) -> None:
    with app_var.app.app_context():
        with transaction():
            file = background.ask("orders", "csv", scope_of([1], None, None, None), "en", "account:1")
            file.state = "writing"
        storing.save(file.id, storing.begin(file.id), [b"half of it"])
        background.write({"file": file.id})
        background.write({"file": file.id})
    assert only(app_var).state == "ready"
    assert pieces(app_var) == 1


def test_a_worker_that_was_given_up_adds_nothing_to_the_file_of_the_next(app_var: Staff) -> None:
    with app_var.signed_in("treasurer") as browser:
        browser.post("/treasury/exports/orders.csv?event=dinner")
        file = only(app_var)
        with app_var.app.app_context():
            late = storing.begin(file.id)
        work(app_var)
        with app_var.app.app_context():
            storing.save(file.id, late, [b"of one that came late"])
        with browser.get(f"/treasury/exports/files/{file.name}") as fetched:
            assert fetched.data.count(b"\nA7K2Q") == 1
            assert b"late" not in fetched.data


def test_a_file_longer_than_a_piece_comes_whole(app_var: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "LARGEST", 10)
    with app_var.signed_in("treasurer") as browser:
        browser.post("/treasury/exports/orders.csv?event=dinner")
        work(app_var)
        with browser.get(f"/treasury/exports/files/{only(app_var).name}") as fetched:
            long = fetched.data
        with browser.get("/treasury/exports/orders.csv?event=dinner") as direct:
            assert long == direct.data
    assert pieces(app_var) == -(-len(long) // 10)
