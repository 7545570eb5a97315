"""A database whose rows could be rewritten is not worked with: `serve` and `work` say so, `migrate` mends it."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app import cli
from events.core import migrating
from tests.support import world as w

DROP = {
    "sqlite": "DROP TRIGGER posting_no_update",
    "postgresql": "DROP TRIGGER posting_no_update ON posting",
}
TRUNCATE = "DROP TRIGGER trail_no_truncate ON trail"
SENTENCE = "could be rewritten, as their triggers are gone: run `bonsoir migrate`."


@pytest.fixture
def command(database_url: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line with the settings of the test's database."""
    settings = {"DATABASE_URL": database_url, "BONSOIR_VAR": str(tmp_path_factory.mktemp("var"))}
    for name, value in {**w.SETTINGS, **settings}.items():
        monkeypatch.setenv(name, value)
    return CliRunner()


def run(command: CliRunner, *words: str) -> Result:
    """What a command says, and how it ends."""
    return command.invoke(cli, words)


def execute(database_url: str, statement: str) -> None:
    """Behind the application's back."""
    engine = migrating.engine_for(database_url)
    with engine.connect().execution_options(write=True) as connection, connection.begin():
        connection.execute(text(statement))
    engine.dispose()


@pytest.mark.both_engines
@pytest.mark.parametrize("name", ["serve", "work", "reconcile"])
def test_without_its_triggers_a_database_is_refused(command: CliRunner, database_url: str, name: str) -> None:
    execute(database_url, DROP[database_url.partition("+")[0].partition(":")[0]])
    refused = run(command, name)
    assert (refused.exit_code, refused.output) == (1, f"Error: Rows of posting {SENTENCE}\n")


@pytest.mark.both_engines
def test_migrate_puts_them_back(command: CliRunner, database_url: str) -> None:
    execute(database_url, DROP[database_url.partition("+")[0].partition(":")[0]])
    assert run(command, "migrate").exit_code == 0
    assert migrating.faults(database_url) is None
    done = run(command, "work", "--once")
    assert (done.exit_code, done.output) == (0, "")


def test_truncate_counts_where_it_exists(postgres_url: str) -> None:
    execute(postgres_url, TRUNCATE)
    assert migrating.faults(postgres_url) == f"Rows of trail {SENTENCE}"
    migrating.upgrade(postgres_url)
    assert migrating.faults(postgres_url) is None


def test_a_trigger_that_is_switched_off_is_no_trigger(postgres_url: str) -> None:
    execute(postgres_url, "ALTER TABLE scan DISABLE TRIGGER scan_no_delete")
    assert migrating.faults(postgres_url) == f"Rows of scan {SENTENCE}"


def test_an_older_schema_is_refused(command: CliRunner, database_url: str) -> None:
    execute(database_url, "UPDATE alembic_version SET version_num = '0000'")
    refused = run(command, "work")
    assert (refused.exit_code, refused.output) == (
        2,
        "Error: The database is not at the newest schema: run `bonsoir migrate`.\n",
    )


def test_migrations_name_the_tables() -> None:
    assert migrating.append_only_tables() >= {"journal_entry", "posting", "trail", "order_status", "admission", "scan"}
