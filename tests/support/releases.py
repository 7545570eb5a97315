"""Two releases side by side, each run from its own folder by its own commands: the one before, and the next.

The one before is what the newest tag `v...` holds. Until there is one it is this checkout, and the next is a copy of it
with one more migration, as a release would bring it: so the test is a real one from the first release on.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from events.core import migrating
from events.core.settings import ROOT
from tests.support import servers

PARTS = ("app.py", "events", "payments")
ASIDE = ("templates", "static")

MIGRATION = '''"""What a next release could bring: a column with an index, filled in for old rows, and a table."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("party", sa.Column("nickname", sa.String(), nullable=True))
    op.create_table(
        "coat",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("party_id", sa.Integer(), sa.ForeignKey("party.id"), nullable=False),
    )
    op.create_index("ix_party_nickname", "party", ["nickname"])
    op.execute("UPDATE party SET nickname = 'guest'")
'''


@dataclass(frozen=True)
class Release:
    """A folder with a release, and the settings its programs get."""

    folder: Path
    settings: Mapping[str, str]

    def run(self, *words: str) -> str:
        """`bonsoir <words>`, to its end; what it printed. Raises CalledProcessError."""
        done = subprocess.run(
            [sys.executable, "-m", "app", *words],
            cwd=self.folder, env=self._environment, capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        return done.stdout

    @contextmanager
    def serving(self, port: int, log: Path) -> Iterator[str]:
        """Its web server's address; it ended well when it was told to."""
        command = [sys.executable, "-m", "app", "serve", "--workers", "1", "--port", str(port)]
        with servers.started(command, log, self._environment, self.folder) as process:
            servers.wait_for(f"http://127.0.0.1:{port}/healthz", process.poll, log)
            yield f"http://127.0.0.1:{port}"
            assert servers.stop(process) == 0
        assert "Traceback" not in log.read_text(errors="replace")

    @property
    def _environment(self) -> dict[str, str]:
        return {**self.settings, "PYTHONPATH": str(self.folder)}


def pair(folder: Path, settings: Mapping[str, str]) -> tuple[Release, Release]:
    """The release before, and the next."""
    tag = _newest_tag()
    if tag:
        return Release(_taken_out(folder / "before", tag), settings), Release(ROOT, settings)
    return Release(ROOT, settings), Release(_copied(folder / "next"), settings)


def _newest_tag() -> str:
    told = subprocess.run(
        ["git", "-C", str(ROOT), "tag", "--list", "v*", "--sort=-creatordate"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return (told.stdout.split() or [""])[0]


def _taken_out(folder: Path, tag: str) -> Path:
    folder.mkdir()
    archive = folder.with_suffix(".tar")
    subprocess.run(["git", "-C", str(ROOT), "archive", "--output", str(archive), tag, *PARTS, *ASIDE], check=True)
    shutil.unpack_archive(archive, folder)
    return folder


def _copied(folder: Path) -> Path:
    folder.mkdir()
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy2
        copy(ROOT / part, folder / part)
    for part in ASIDE:
        (folder / part).symlink_to(ROOT / part)
    _add_migration(folder / migrating.DIRECTORY.relative_to(ROOT))
    return folder


def expand(database_url: str, folder: Path) -> None:
    """What the next release's `bonsoir migrate` does, without that release."""
    _add_migration(Path(shutil.copytree(migrating.DIRECTORY, folder / "migrations")))
    config = migrating.config(database_url)
    config.set_main_option("script_location", str(folder / "migrations"))
    command.upgrade(config, "head")


def _add_migration(directory: Path) -> None:
    before = str(ScriptDirectory(str(migrating.DIRECTORY)).get_current_head())
    revision = f"{int(before[:4]) + 1:04}"
    path = directory / "versions" / f"{revision}_next.py"
    path.write_text(MIGRATION.format(revision=revision, before=before), encoding="ascii")
