"""Every command of README.md and the manual is run as it stands there, or stands on a list that says why not."""

import importlib.util
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from dotenv import dotenv_values

from app import cli
from events.mail import catcher
from payments.gateway.sandbox.server import RunningSandbox, start
from tests.support import certificates
from tests.support.manual import DOCS, PAGES, ROOT, Command, commands, kinds, spans

SETTINGS = {
    "SECRET_KEY": "a secret for tests only",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "STRIPE_SECRET_KEY": "sk_test_for_tests",
    "STRIPE_WEBHOOK_SECRET": "whsec_for_tests",
    "MAIL_SERVER": "127.0.0.1",
    "MAIL_DEFAULT_SENDER": "Tickets <tickets@example.org>",
}
NOT_RUN = {
    "make demo": "tests/test_demo.py starts it and looks at all that it prints",
    "make test": "that is what is running",
    "make setup": "nothing is tested before it has been run",
    "make runtime": "a part of `make setup`",
    "make bench": "takes minutes; its parts are tested in tests/bench",
    "make failover": "takes minutes and the system's PostgreSQL",
    ".venv/bin/bonsoir serve": "runs until it is told to end: tests/faults/test_one_service.py starts it",
    ".venv/bin/python -m events.mail.catcher": "runs until it is ended: tests/events/mail/test_catcher.py starts it",
    "stripe listen": "Stripe's own program, and an account there",
    "adduser": "changes the machine",
    "install": "changes the machine",
    "sudo apt install caddy": "changes the machine",
    "sudo tee /etc/caddy/Caddyfile": "changes the machine; docs/door.md says what was tried by hand",
    "ln -sfn /opt/bonsoir": "changes the machine",
    "sudo systemctl": "changes the machine",
    "systemctl": "changes the machine",
    "apt-get install": "changes the machine",
    "python -m tests.bench": "takes minutes; tests/test_scale.py compares what it found with the page",
    "python3 -m venv /opt/litestream": "changes the machine, and asks the network",
    "cp docs/running/litestream.yml /etc": "changes the machine",
    "/opt/litestream/bin/litestream restore": "tests/faults/test_restored.py runs it on a database of its own",
    "printf 'tickets.example.org": "changes the machine: it ends in `sudo tee`",
}
"""How a command begins, and why it is not run here."""
MAY_BE_THERE_LATER = {"make bench", "make failover"}
FINDS = {"check": {0, 1}}
"""Commands that end with 1 when they find something: before mail and webhook are set up there is something."""


def listed(command: Command) -> str | None:
    """The entry of NOT_RUN that it falls under."""
    return next((begin for begin in NOT_RUN if command.words.startswith(begin)), None)


@pytest.fixture(scope="module")
def standin() -> Iterator[RunningSandbox]:
    """The stand-in for Stripe."""
    running = start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def mailbox() -> Iterator[catcher.RunningCatcher]:
    """A mail server."""
    running = catcher.start()
    yield running
    running.stop()


@pytest.fixture
def house(
    tmp_path: Path,
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
    standin: RunningSandbox,
    mailbox: catcher.RunningCatcher,
) -> "House":
    """A folder that looks like the checkout, without a database."""
    (tmp_path / "docs").symlink_to(DOCS)
    monkeypatch.chdir(tmp_path)
    here = {"STRIPE_API_BASE": standin.url, "MAIL_PORT": str(mailbox.smtp_port)}
    return House(tmp_path, sqlite_template, monkeypatch, {**SETTINGS, **here})


class House:
    """An installation in which commands are entered. `own`: settings that no `.env` changes."""

    def __init__(self, folder: Path, template: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]) -> None:
        self.folder, self.template, self.monkeypatch, self.own = folder, template, monkeypatch, settings
        self.set(settings)
        self.move("var")

    def set(self, settings: dict[str, str]) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(name, value)

    def move(self, var: str, *, migrated: bool = False) -> None:
        """Keep the data in another folder from now on."""
        place = self.folder / var
        place.mkdir(parents=True, exist_ok=True)
        if migrated:
            shutil.copyfile(self.template, place / "bonsoir.sqlite")
        self.set({"BONSOIR_VAR": str(place)})

    def furnish(self, var: str = "var") -> None:
        """A charity with one evening, as after the first steps."""
        self.move(var, migrated=True)
        self.enter("bonsoir add docs/example-evening.toml")

    def enter(self, words: str, given: str = "") -> None:
        """Run it; `given` is the whole text where the line alone is not enough. Fails when it fails."""
        if words.startswith("BONSOIR_VAR=var/demo "):
            self._in_the_demonstration(words.partition(" ")[2])
        elif re.match(r"(\.venv/bin/)?bonsoir ", words):
            self._bonsoir(shlex.split(words)[1:])
        else:
            program = ["/bin/bash", "-euc", given or words]
            subprocess.run(program, cwd=self.folder, check=True, capture_output=True, timeout=60)
        if (written := self.folder / ".env").exists():
            self.set({name: value for name, value in dotenv_values(written).items() if value and name not in self.own})

    def _bonsoir(self, words: list[str]) -> None:
        """In this process, which knows the application already."""
        if words[0] == "restore":
            self._bonsoir(["backup", words[1]])
            self.move("elsewhere", migrated=True)
        if words[0] == "reset-sign-in":
            self._bonsoir(["invite", words[1], "--role", "treasurer"])
        result = CliRunner().invoke(cli, words)
        assert result.exit_code in FINDS.get(words[0], {0}), (words, result.output, result.exception)
        assert isinstance(result.exception, SystemExit | None), result.exception

    def _in_the_demonstration(self, words: str) -> None:
        """Beside the demonstration's data; a charity with one evening stands in for them."""
        at_home = self.folder / "var"
        if not (at_home / "demo").exists():
            self.furnish("var/demo")
        self.move("var/demo")
        self.enter(words)
        self.move("var")


@pytest.mark.parametrize("page", [page for page in PAGES if commands(page)], ids=lambda page: page.stem)
def test_commands_of_a_page_can_be_entered(page: Path, house: House) -> None:
    entered = [command for command in commands(page) if not listed(command)]
    if not any(command.words.endswith("bonsoir add my-evening.toml") for command in entered):
        house.furnish()
    certificates.as_apple_sends_them(house.folder)
    for command in entered:
        if not command.words.startswith("openssl") or shutil.which("openssl"):
            house.enter(command.words, command.text)


def test_the_settings_of_the_quick_start_are_all_that_is_needed(house: House) -> None:
    (block,) = [one for one in commands(DOCS / "quick-start.md") if one.text.startswith("cat > .env")]
    house.enter(block.words, block.text)
    assert set(dotenv_values(house.folder / ".env")) == {*SETTINGS, "MAIL_PORT"}
    for name in (*SETTINGS, "MAIL_PORT"):
        house.monkeypatch.delenv(name)
    house.own = {}
    house.enter("true")
    house.furnish()


def test_commands_that_are_not_run_stand_in_the_manual() -> None:
    """An entry that no page needs any more goes."""
    needed = {listed(command) for page in PAGES for command in commands(page)}
    assert set(NOT_RUN) - MAY_BE_THERE_LATER <= needed


def test_what_is_not_run_here_can_be_understood_at_least() -> None:
    """Its options are there, and so is what `make` makes."""
    for command in (one for page in PAGES for one in commands(page) if listed(one)):
        understand(command.words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_within_sentences_are_there(page: Path) -> None:
    for words in spans(page):
        understand(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_says_what_it_is(page: Path) -> None:
    """So that no command hides in a block without a kind."""
    assert set(kinds(page)) <= {"sh", "ini", "toml", "json", "python", "http", "text"}


def understand(words: str) -> None:
    """Fails when a command of ours, or one of its options, is not there."""
    if found := re.match(r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?bonsoir ([a-z]+)\b(.*)", words):
        assert found[1] in cli.commands, words
        options = {option for one in cli.commands[found[1]].params for option in one.opts} | {"--help"}
        assert set(re.findall(r"--[a-z-]+", found[2])) <= options, words
    elif found := re.match(r"make ([a-z]+)", words):
        assert re.search(rf"^{found[1]}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE), words
    elif found := re.match(r"(?:\.venv/bin/)?python3? -m ([a-z_.]+)", words):
        assert importlib.util.find_spec(found[1]), words


@pytest.mark.parametrize("words", ["bonsoir sing", "bonsoir serve --loudly", "make haste", "python -m events.nowhere"])
def test_a_command_that_is_not_there_is_seen(words: str) -> None:
    with pytest.raises((AssertionError, ModuleNotFoundError)):
        understand(words)


def test_a_command_that_fails_is_seen(house: House) -> None:
    house.furnish()
    with pytest.raises(AssertionError):
        house.enter("bonsoir add docs/example-evening.toml")
    with pytest.raises(subprocess.CalledProcessError):
        house.enter("cp nothing nowhere")
