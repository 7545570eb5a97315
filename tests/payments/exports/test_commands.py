"""`bonsoir export`: the same bytes as the page gives, into a file or onto the screen."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from events.core.db import db
from events.core.trail import TrailEntry
from payments.exports.commands import export
from payments.exports.offer import EXPORTS
from tests.payments.exports.gala import Turn, hold_gala
from tests.payments.exports.test_golden import GOLDEN
from tests.support.staff import Staff
from tests.support.world import SETTINGS


@pytest.fixture
def run(staff: Staff, turn_clock: Turn, monkeypatch: pytest.MonkeyPatch) -> object:
    hold_gala(staff, turn_clock)
    for name, value in {**SETTINGS, "DATABASE_URL": staff.app.config["SQLALCHEMY_DATABASE_URI"]}.items():
        monkeypatch.setenv(name, value)

    def bonsoir(*arguments: str) -> Result:
        return CliRunner().invoke(export, arguments, obj=lambda: staff.app)

    return bonsoir


def test_every_export_is_listed_and_explained() -> None:
    told = CliRunner().invoke(export, ["--help"]).output
    for one in EXPORTS.values():
        assert f"{one.name:<15} {', '.join(one.formats)}" in told


def test_the_command_writes_what_the_page_writes(run: object, staff: Staff, tmp_path: Path) -> None:
    assert callable(run)
    done = run("orders", "--organisation", "house-of-dinner", "--language", "fr")
    assert (done.exit_code, done.stdout_bytes) == (0, (GOLDEN / "orders.fr.csv").read_bytes())
    file = tmp_path / "books.txt"
    done = run("fec", "--organisation", "house-of-dinner", "--to", "2026-12-31", "--output", str(file))
    assert (done.exit_code, file.read_bytes()) == (0, (GOLDEN / "fec.txt").read_bytes())
    with staff.app.app_context():
        acts = [row.details["what"] for row in db.session.scalars(select(TrailEntry).filter_by(action="exported"))]
    assert acts == ["orders", "fec"]


def test_a_file_that_cannot_be_written_is_named(run: object, tmp_path: Path) -> None:
    assert callable(run)
    done = run("orders", "--output", str(tmp_path / "nowhere" / "orders.csv"))
    assert (done.exit_code, done.output.startswith(f"Error: Cannot write {tmp_path}/nowhere/orders.csv: ")) == (1, True)


def test_what_is_refused_ends_with_its_sentence(run: object) -> None:
    assert callable(run)
    for arguments, sentence in (
        (("fec",), "Choose one organisation"),
        (("orders", "--format", "txt"), "There is no such format."),
        (("orders", "--event", "nowhere"), "There is no event nowhere."),
        (("orders", "--organisation", "nobody"), "There is no organisation nobody."),
    ):
        done = run(*arguments)
        assert (done.exit_code, sentence in done.output) == (1, True), done.output
    assert run("secrets").exit_code == 2
