"""Long files: the worker writes them, only whoever asked may fetch them, and after a day they are gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events.core import jobs
from events.core.db import db, transaction
from payments.exports import background
from payments.exports.models import ExportFile
from payments.exports.rows import scope_of
from tests.payments.exports.gala import Turn
from tests.support.staff import Staff, sell


@pytest.fixture
def app_var(staff: Staff, tmp_path_factory: pytest.TempPathFactory) -> Staff:
    """Files of this test stay with it."""
    staff.app.config["BONSOIR_VAR"] = tmp_path_factory.mktemp("var")
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
        with app_var.app.app_context():
            path = background.path_of(file.name)
        assert path.is_file()
        assert path.parent.stat().st_mode & 0o077 == 0
        turn_clock(timedelta(hours=25))
        work(app_var)
        assert not path.exists()
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
        background.write({"file": file.id})
        background.write({"file": file.id})
    assert only(app_var).state == "ready"
