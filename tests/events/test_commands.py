"""The commands of README's five minutes: a schema, an evening from the example file, somebody who may sign in."""

import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from app import cli, create_app
from events.catalogue import file_shape
from events.catalogue.models import BLOCK_KINDS
from events.core import engines
from events.core.db import db, transaction
from events.editor.blocks.shapes import SHAPES
from events.mail import outbox
from events.mail.models import Letter
from tests.events.mail.test_bouncing import report as report_about

EXAMPLE = Path(__file__).parents[2] / "docs" / "example-evening.toml"
SETTINGS = {
    "SECRET_KEY": "a secret for tests only",
    "PUBLIC_URL": "http://tickets.test",
    "STRIPE_SECRET_KEY": "sk_test_for_tests",
    "STRIPE_WEBHOOK_SECRET": "whsec_for_tests",
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_DEFAULT_SENDER": "Bonsoir <bonsoir@example.org>",
}


@pytest.fixture
def house(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An empty, migrated house, named by the environment."""
    settings = {**SETTINGS, "DATABASE_URL": database_url, "BONSOIR_VAR": str(tmp_path / "var")}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return settings


def bonsoir(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


@pytest.mark.both_engines
def test_the_example_file_becomes_an_evening_once(house: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "evening.toml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace("2027-", "2038-"), encoding="utf-8")  # always to come
    added = bonsoir("add", file)
    assert (added.exit_code, added.output) == (0, "http://tickets.test/e/spring-dinner\n")
    app = create_app(house)
    page = app.test_client().get("/e/spring-dinner?lang=fr", base_url="http://tickets.test")
    assert (page.status_code, "Une table de huit" in page.text) == (200, True)
    with app.app_context():
        db.engine.dispose()
    again = bonsoir("add", file)
    assert (again.exit_code, "already" in again.output) == (1, True)


def test_a_mail_servers_pipe_is_told_that_all_is_well_whatever_it_brings(house: dict[str, str]) -> None:
    app = create_app(house)
    report = report_about("<one@tickets.test>")
    with app.app_context():
        with transaction():
            outbox.put("sign_in", "one", name="", email="away@example.org", language="en")
            db.session.execute(update(Letter).values(message_id="<one@tickets.test>"))
        db.session.remove()
    runner = CliRunner()
    taken = runner.invoke(cli, ["bounce"], input=report)
    assert (taken.exit_code, "noted" in taken.output) == (0, True)
    other = runner.invoke(cli, ["bounce"], input=b"Subject: I am away until Monday\r\n\r\nBye")
    assert (other.exit_code, "left alone" in other.output) == (0, True)
    with app.app_context():
        assert db.session.scalars(select(Letter.bounce)).all() == ["5.1.1 smtp; 550 5.1.1 User unknown"]
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("price = 250000", "price = 2500.5", "ticket type 1: price: A whole number is wanted here."),
        ("price = 250000", 'price = "2500"', "ticket type 1: price: A whole number is wanted here."),
        ("price = 250000", "price = -1", "ticket type 1: price: Please give a whole number from 0"),
        ("goal =", "gaol =", "gaol: Nobody knows this word here; is “goal” meant?"),
        ("[organisation]", "[organization]", "is “organisation” meant?"),
        (
            "accent_hue = 178 ",
            "accent_hue = 718 ",
            "accent_hue: Please give a whole number from 0 to 359.",
        ),
        ('language = "en"', 'language = "de"', "organisation: language: Pages are written in fr, en, th."),
        ("size = 60", "", "quota 1: size is missing."),
        ('title = { en = "A spring dinner", fr', 'title = "A spring dinner" #', "title: It must be given per language"),
        ("starts_at = 2027-05-08T19:00:00", "starts_at = 19", "starts_at: A day and an hour are wanted here"),
        ("[[event.quotas]]", "[event.quotas]", "quotas: Tables of its own are wanted here, in double square brackets."),
        ('what = { en = "Welcome"', 'waht = { en = "Welcome"', "block 2: row 1: waht: Nobody knows this word here"),
        ('title = { en = "Why we meet", fr', 'title = { en = "Why we meet", th', "is missing in Français"),
        ("benefit = 120000 ", "benefit = 900000 ", "cannot be worth more than the price"),
        ('fr = "Une place"', 'fr = ""', "has no fr"),
        ('fr = "Une place"', 'de = "Ein Platz"', "ticket type 1: name: de: Pages are written in fr, en, th."),
        ('quotas = ["seats"]', 'quotas = ["chairs"]', "names no quota"),
        ("ends_at = 2027-05-08", "ends_at = 2027-05-01", "end after it begins"),
        ('kind = "story"', 'kind = "poem"', "is none of"),
        ('venue = "The Garden Restaurant"', 'venue = ""', "venue is missing"),
        ('venue = "The', 'cancelled_at = 2027-05-08\nvenue = "The', "cancelled_at: Nobody knows this word here"),
        ('slug = "our-charity"', 'slug = "', "no TOML"),
    ],
)
def test_a_mistake_in_the_file_is_said_and_nothing_is_added(
    house: dict[str, str], tmp_path: Path, before: str, after: str, said: str
) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert before in text
    file = tmp_path / "evening.toml"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    refused = bonsoir("add", file)
    assert (refused.exit_code, said in refused.output) == (1, True), refused.output
    assert bonsoir("add", EXAMPLE).exit_code == 0


def test_who_is_invited_gets_an_address_to_sign_in(house: dict[str, str]) -> None:
    nobody = bonsoir("invite", "you@example.org", "--role", "owner")
    assert (nobody.exit_code, "no organisation" in nobody.output) == (1, True)
    bonsoir("add", EXAMPLE)
    invited = bonsoir("invite", "you@example.org", "--role", "owner")
    assert (invited.exit_code, bool(re.fullmatch(r"http://tickets\.test/sign-in/\S+\n", invited.output))) == (0, True)
    assert bonsoir("invite", "you@example.org", "--role", "king").exit_code == 2
    nowhere = bonsoir("invite", "no address", "--role", "owner")
    assert (nowhere.exit_code, nowhere.output) == (1, "Error: This is not an e-mail address.\n")


def test_of_several_organisations_none_is_guessed_when_somebody_is_given_a_role(
    house: dict[str, str], tmp_path: Path
) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    other = tmp_path / "other.toml"
    other.write_text(text[: text.index("[event]")].replace("our-charity", "another"), encoding="utf-8")
    bonsoir("add", EXAMPLE)
    assert "`bonsoir invite EMAIL --role owner --organisation another`" in bonsoir("add", other).stderr
    owner = ("invite", "you@example.org", "--role", "owner")
    unclear = bonsoir(*owner)
    assert (unclear.exit_code, "--organisation: another, our-charity" in unclear.output) == (1, True), unclear.output
    assert "no organisation nobody" in bonsoir(*owner, "--organisation", "nobody").output
    not_theirs = bonsoir(*owner, "--event", "spring-dinner", "--organisation", "another")
    assert "no event spring-dinner of another" in not_theirs.output
    assert bonsoir(*owner, "--organisation", "another").exit_code == 0
    assert bonsoir("invite", "door@example.org", "--role", "door", "--event", "spring-dinner").exit_code == 0
    with closing(sqlite3.connect(house["DATABASE_URL"].removeprefix("sqlite:///"))) as reading:
        whose = reading.execute(
            "SELECT organisation.slug, account.email FROM membership JOIN account ON account.id = account_id"
            " JOIN organisation ON organisation.id = organisation_id ORDER BY organisation.slug"
        ).fetchall()
    assert whose == [("another", "you@example.org"), ("our-charity", "door@example.org")]


def test_the_file_knows_the_same_blocks_as_the_editor() -> None:
    for kind, shape in SHAPES.items():
        heads, rows, texts, plain = file_shape.PARTS[kind]
        assert (tuple(heads), rows) == (tuple(item.name for item in shape.head), shape.rows)
        assert set(texts) == {item.name for item in shape.row if item.translated}
        assert set(plain) == {item.name for item in shape.row if not item.translated}
    assert set(file_shape.PARTS) == set(SHAPES) == set(BLOCK_KINDS)


def test_whose_turn_it_is_after_an_organisation_was_added_is_said_beside_the_address(
    house: dict[str, str], tmp_path: Path
) -> None:
    only = tmp_path / "house.toml"
    text = EXAMPLE.read_text(encoding="utf-8")
    only.write_text(text[: text.index("[event]")], encoding="utf-8")
    first = CliRunner().invoke(cli, ["add", str(only)])
    assert "Invite its owner (`bonsoir invite EMAIL --role owner`)" in first.stderr
    assert first.stdout == f"{house['PUBLIC_URL']}/manage/new\n"
    bonsoir("invite", "you@example.org", "--role", "owner", "--language", "fr")
    assert "Its members begin" in CliRunner().invoke(cli, ["add", str(only)]).stderr
    with closing(sqlite3.connect(house["DATABASE_URL"].removeprefix("sqlite:///"))) as reading:
        assert reading.execute("SELECT language FROM account").fetchall() == [("fr",)]


@pytest.mark.parametrize("words", [("migrate",), ("restore", "copy.zip")])
def test_a_database_is_made_for_its_owner_alone(
    house: dict[str, str], words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert bonsoir("backup", "copy.zip").exit_code == 0
    before = os.umask(0o022)
    try:
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite")
        assert bonsoir(*words).exit_code == 0
    finally:
        os.umask(before)
    assert (tmp_path / "new.sqlite").stat().st_mode & 0o077 == 0
    assert house["PUBLIC_URL"]


def test_a_missing_setting_stops_serve_with_one_sentence(
    house: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "")
    stopped = bonsoir("serve")
    assert (stopped.exit_code, stopped.output.count("\n")) == (1, 1)
    assert "STRIPE_SECRET_KEY" in stopped.output


@pytest.mark.parametrize("words", [("serve",), ("work", "--once"), ("backup", "copy.zip")])
def test_a_database_that_is_away_is_one_sentence(
    house: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder.sqlite")
    refused = bonsoir(*words)
    assert (refused.exit_code, refused.output.count("\n")) == (1, 1), refused.output
    assert "The database cannot be opened (OperationalError)" in refused.output
    assert house["PUBLIC_URL"]


@pytest.mark.parametrize(
    "words",
    [
        *(("serve",), ("work", "--once"), ("audit",), ("audit", "--json"), ("reconcile",), ("backup", "copy.zip")),
        *(("export", "orders"), ("add", str(EXAMPLE)), ("invite", "you@example.org", "--role", "owner"), ("bounce",)),
        ("reset-sign-in", "you@example.org"),
    ],
)
def test_a_database_without_tables_is_one_sentence_and_not_a_finding(
    house: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/new.sqlite")
    refused = bonsoir(*words)
    said = "Error: The database has no tables of Bonsoir's yet: run `bonsoir migrate`.\n"
    assert (refused.exit_code, refused.output) == (2, said)
    assert house["PUBLIC_URL"]


def test_a_migration_that_somebody_holds_up_says_so(house: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_OF_MIGRATIONS", 0.1)
    with closing(sqlite3.connect(house["DATABASE_URL"].removeprefix("sqlite:///"))) as writing:
        writing.execute("BEGIN IMMEDIATE")
        held = bonsoir("migrate")
    assert (held.exit_code, held.output.count("\n"), "try again" in held.output) == (1, 1, True), held.output
    assert bonsoir("migrate").exit_code == 0
