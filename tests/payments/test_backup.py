"""Copies of a house in use: one file, of one moment, on either engine; restored only where nothing stands."""

import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Connection, Engine, Table, func, select

from app import cli
from events.core import backups, clock, db, migrating
from payments import auditing
from tests.support import world

pytestmark = pytest.mark.both_engines


@pytest.fixture
def sold(house: Flask) -> world.World:
    """A house with a paid order, one that waits, and one whose seats went back."""
    place = world.furnish()
    orders = [world.buy(place, {"seat": 2}, gift=383_456) for _ in range(3)]
    world.pay(orders[0])
    world.lose(orders[2])
    db.end_reading()
    return place


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Another empty database, of the same engine and of the other one."""
    new = f"sqlite:///{tmp_path}/other.sqlite"
    url = new if request.param == "sqlite" else request.getfixturevalue("empty_postgres_url")
    migrating.upgrade(url)
    engine = migrating.engine_for(url)
    yield engine
    engine.dispose()


def everything(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in db.db.metadata.sorted_tables
        }


def test_a_copy_brings_every_row_back_on_either_engine(sold: world.World, elsewhere: Engine, tmp_path: Path) -> None:
    file = tmp_path / "evening.backup"
    counts = backups.save(file)
    assert counts["orders"] == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert backups.bring_back(elsewhere, file) == counts
    assert everything(elsewhere) == everything(db.db.engine)
    trail = db.db.metadata.tables["trail"]
    with elsewhere.begin() as connection:
        highest = connection.scalar(select(func.max(trail.c.id)))
        again = trail.insert().values(at=clock.now(), actor="service", action="a", subject="b", details={})
        assert connection.execute(again).inserted_primary_key == ((highest or 0) + 1,)


def test_a_copy_is_of_one_moment(sold: world.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = backups._lines

    def meanwhile(connection: Connection, table: Table) -> Iterator[bytes]:
        if table.name == "orders":  # organisations, events and parties have been read
            world.pay(world.buy(sold, {"seat": 1}))
        yield from read(connection, table)

    monkeypatch.setattr(backups, "_lines", meanwhile)
    assert backups.save(tmp_path / "copy")["orders"] == 3
    with db.db.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(db.db.metadata.tables["orders"])) == 4


def test_a_database_in_use_is_left_alone(sold: world.World, tmp_path: Path) -> None:
    backups.save(tmp_path / "copy")
    before = everything(db.db.engine)
    with pytest.raises(backups.BadBackup, match="in use"):
        backups.bring_back(db.db.engine, tmp_path / "copy")
    assert everything(db.db.engine) == before


def test_what_is_no_whole_copy_is_refused_and_nothing_is_filled_in(
    sold: world.World, elsewhere: Engine, tmp_path: Path
) -> None:
    backups.save(tmp_path / "whole")
    whole = (tmp_path / "whole").read_bytes()
    with zipfile.ZipFile(tmp_path / "whole") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    told = json.loads(members["backup.json"])
    damaged = {
        "half": whole[: len(whole) // 2],
        "a letter": b"Dear treasurer,",
        "a row short": packed(tmp_path, members | {"order_line.jsonl": members["order_line.jsonl"].split(b"\n", 1)[1]}),
        "a table short": packed(tmp_path, {name: text for name, text in members.items() if name != "party.jsonl"}),
        "another schema": packed(tmp_path, members | {"backup.json": json.dumps(told | {"schema": "0000"}).encode()}),
    }
    empty = everything(elsewhere)
    for name, content in damaged.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(backups.BadBackup):
            backups.bring_back(elsewhere, tmp_path / name)
    assert everything(elsewhere) == empty


def packed(folder: Path, members: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(folder / "packed", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return (folder / "packed").read_bytes()


def test_a_copy_that_is_cut_off_leaves_no_file(
    sold: world.World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_connection: Connection, _table: Table) -> Iterator[bytes]:
        raise OSError(28, "No space left on device")

    (tmp_path / "kept").write_bytes(b"of yesterday")
    with pytest.raises(FileExistsError):
        backups.save(tmp_path / "kept")
    monkeypatch.setattr(backups, "_lines", full)
    with pytest.raises(OSError, match="No space"):
        backups.save(tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == []
    assert (tmp_path / "kept").read_bytes() == b"of yesterday"


def test_the_commands_say_what_they_did(
    sold: world.World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**world.SETTINGS, "DATABASE_URL": database_url, "BONSOIR_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    made = bonsoir("backup", tmp_path / "copy")
    assert (made.exit_code, "Only you may read it" in made.output) == (0, True), made.output
    refused = bonsoir("restore", tmp_path / "copy")
    assert (refused.exit_code, "The database is in use" in refused.output) == (1, True)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    brought = bonsoir("restore", tmp_path / "copy")
    assert (brought.exit_code, "bonsoir reconcile" in brought.output) == (0, True), brought.output
    assert auditing.audit()[0] == []


def bonsoir(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])
