"""The drill: killed at any moment, restored from a copy, Stripe replayed, a clean audit; then on with what is left."""

import os
import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from events.core import backups, migrating
from events.core.db import db
from events.core.settings import ROOT
from tests.support import databases, postgres, programs, servers
from tests.support.evening import System
from tests.support.restoring import Machine, elsewhere, replay
from tests.support.serving import arranged, let_go

ROUNDS = [1, pytest.param(int(os.environ.get("BONSOIR_ROUNDS", "8")), marks=pytest.mark.soak)]
BEHIND = 3.0
"""Seconds that a continuous copy may lag on a busy machine; its interval is one."""


def bring_back(system: System, url: str, file: Path) -> None:
    """As `bonsoir restore` does."""
    migrating.upgrade(url)
    with system.looking():
        backups.bring_back(db.engine, file)


def new_database(engine: str, folder: Path, request: pytest.FixtureRequest) -> str:
    """Where the copy is brought back."""
    if engine == "sqlite":
        return f"sqlite:///{folder}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return databases.text(server.create())


@pytest.mark.both_engines
@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_backup_and_stripe_bring_back_all_money(
    database_url: str, rounds: int, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random()  # noqa: S311 - moments, no secrets
    later = 0
    with arranged(database_url, tmp_path, monkeypatch) as (system, environment):
        for turn in range(rounds):
            file = tmp_path / f"{turn}.zip"

            def copy(running: System = system, to: Path = file) -> None:
                with running.looking():
                    backups.save(to)

            lost = Machine(system, environment, tmp_path, chance).sell_and_lose(copy)
            url = new_database(database_url.partition(":")[0], tmp_path / f"{turn}.sqlite", request)
            system = elsewhere(system, environment, url)
            bring_back(system, url, file)
            missing = lost.crowd.lost(system)
            later += len(missing)
            print(f"round {turn}: {len(lost.crowd.acknowledged)} orders, {len(missing)} later than the copy")  # noqa: T201
            assert set(missing).isdisjoint(lost.copied), turn
            assert lost.paid, turn
            assert replay(system) == [], turn
        let_go(system)
    assert later > 0 or rounds == 1  # or nothing was tried


@pytest.mark.parametrize("rounds", ROUNDS)
def test_litestream_loses_seconds_at_most(
    sqlite_template: Path, rounds: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, chance = programs.get("litestream"), random.Random()  # noqa: S311 - moments, no secrets
    (tmp_path / "0").mkdir()
    path = Path(shutil.copyfile(sqlite_template, tmp_path / "0" / "bonsoir.sqlite"))
    with arranged(f"sqlite:///{path}", tmp_path, monkeypatch) as (system, environment):
        for turn in range(rounds):
            config = written(tmp_path, path, turn)
            with servers.started([program, "replicate", "-config", str(config)], tmp_path / "copies.log") as copier:
                machine = Machine(system, environment, tmp_path, chance, copier)
                lost = machine.sell_and_lose(lambda: time.sleep(BEHIND))
            new = tmp_path / str(turn + 1) / "bonsoir.sqlite"
            new.parent.mkdir()
            subprocess.run([program, "restore", "-config", str(config), "-o", str(new), str(path)], check=True)
            system, path = elsewhere(system, environment, f"sqlite:///{new}"), new
            missing = lost.crowd.lost(system)
            print(f"round {turn}: {len(lost.crowd.acknowledged)} orders, {len(missing)} lost")  # noqa: T201
            assert set(missing).isdisjoint(lost.copied), turn
            assert lost.paid, turn
            assert is_whole(new)
            assert replay(system) == [], turn
        let_go(system)


def written(folder: Path, path: Path, turn: int) -> Path:
    """Our configuration file, for this database and a folder of this round."""
    config = (ROOT / "docs" / "running" / "litestream.yml").read_text(encoding="utf-8")
    file = folder / f"litestream-{turn}.yml"
    for ours, here in {
        "/var/lib/bonsoir/bonsoir.sqlite": path,
        "/mnt/elsewhere/bonsoir": f"{folder}/copies-{turn}",
    }.items():
        assert ours in config
        config = config.replace(ours, str(here))
    file.write_text(config, encoding="utf-8")
    return file


def is_whole(path: Path) -> bool:
    """Whether SQLite finds nothing broken."""
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        return bool(connection.scalar(text("PRAGMA integrity_check")) == "ok")
