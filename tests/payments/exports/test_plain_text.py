"""Beancount, hledger and ledger: the programs themselves where they are there, and always a small reader of ours."""

import re
import shutil
import subprocess
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader

from events.core.db import db
from payments.exports import plain_text
from payments.exports.account_words import WORDS
from payments.exports.accounts import DEFAULTS
from payments.exports.exporting import export_file
from payments.exports.rows import scope_of
from payments.ledger import models
from payments.ledger.models import JournalEntry, Posting
from tests.payments.exports.gala import Turn, hold_gala
from tests.support.staff import Staff

HOSTILE = 'Robert"); \\ ;DROP | {tag:x} #t ^l\n2026-11-14 * "x"'
LINE = re.compile(
    r" +(?P<account>[A-Za-z_:]+) +(?P<amount>-?[0-9.]+) (?P<currency>[A-Z]{3})(?: = (?P<met>-?[0-9.]+) [A-Z]+)?"
)


@pytest.fixture
def gala(staff: Staff, turn_clock: Turn) -> Staff:
    hold_gala(staff, turn_clock)
    return staff


def text_of(gala: Staff, what: str) -> str:
    with gala.app.app_context():
        return b"".join(export_file(what, what, scope_of([1], None, None, None)).pieces).decode()


def ledger(gala: Staff) -> dict[tuple[str, str], Decimal]:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with gala.app.app_context():
        rows = db.session.query(Posting).join(JournalEntry).filter(JournalEntry.organisation_id == 1)
        for row in rows:
            sums[row.account, row.currency] += Decimal(row.amount) / 100
    return dict(sums)


def read(text: str) -> dict[tuple[str, str], Decimal]:
    """Our own reader: every transaction is balanced, every assertion holds; the balances at the end."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for block in text.split("\n\n"):
        here: dict[str, Decimal] = defaultdict(Decimal)
        for match in filter(None, map(LINE.fullmatch, block.splitlines())):
            amount = Decimal(match["amount"])
            here[match["currency"]] += amount
            sums[match["account"], match["currency"]] += amount
            if match["met"]:
                assert sums[match["account"], match["currency"]] == Decimal(match["met"]), block
        assert not any(here.values()), block
    return dict(sums)


def test_bean_check_accepts_the_file_and_checks_its_balances(gala: Staff) -> None:
    text = text_of(gala, "beancount")
    _entries, errors, _options = loader.load_string(text)
    assert errors == []
    assert text.count(" balance ") == len(ledger(gala))
    _entries, errors, _options = loader.load_string(text.replace("Clearing  2500.00", "Clearing  2500.05"))
    assert errors


def test_the_last_balances_are_the_ledgers(gala: Staff) -> None:
    assert read(text_of(gala, "hledger")) == ledger(gala)
    assert sorted(map(abs, read(text_of(gala, "beancount")).values())) == sorted(map(abs, ledger(gala).values()))


@pytest.mark.parametrize("program", ["hledger", "ledger"])
def test_hledger_and_ledger_accept_the_file(gala: Staff, tmp_path: Path, program: str) -> None:
    text = text_of(gala, "hledger")
    read(text)
    path = shutil.which(program)
    if path is None:
        return  # Debian's package is checked where it is; our own reader has read the file
    file = tmp_path / "books.journal"
    for change, accepted in ((text, True), (text.replace("= 0.00 THB", "= 0.01 THB", 1), False)):
        file.write_text(change, encoding="utf-8")
        done = subprocess.run([path, "-f", str(file), "bal"], capture_output=True, text=True, env={"LC_ALL": "C.UTF-8"})
        assert (done.returncode == 0) is accepted, done.stderr


def test_every_account_of_ours_has_codes_and_a_name_that_is_nobodys_parent() -> None:
    """A balance in Beancount counts what stands below its account, too."""
    ours = {name for key, name in vars(models).items() if key.isupper() and isinstance(name, str) and ":" in name}
    assert ours == DEFAULTS.keys() == WORDS.keys()
    names = [plain_text.bean_name(account) for account in ours]
    assert len(set(names)) == len(ours)
    for name in names:
        assert re.fullmatch("(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z][A-Za-z0-9]*)+", name)
        assert not any(other.startswith(f"{name}:") for other in names)


def test_hostile_names_stay_text(staff: Staff, turn_clock: Turn) -> None:
    hold_gala(staff, turn_clock, hostile=HOSTILE)
    text = text_of(staff, "beancount")
    assert 'Robert\\")' in text
    _entries, errors, _options = loader.load_string(text)
    assert errors == []
    read(text_of(staff, "hledger"))
