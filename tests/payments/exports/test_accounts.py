"""The page where the accountant's codes stand: kept, checked, written down, and used by the files."""

from sqlalchemy import select

from events.core.db import db
from events.core.trail import TrailEntry
from payments.exports import accounts
from payments.exports.exporting import export_file
from payments.exports.rows import scope_of
from tests.payments.exports.gala import Turn, hold_gala
from tests.support.staff import Staff

PAGE = "/treasury/accounts"


def form(staff: Staff, **changes: str) -> dict[str, str]:
    with staff.app.app_context():
        books = accounts.books_of(1)
        known = {account: books.account(account) for account in accounts.known_accounts(1)}
    typed = {"currency": "THB"}
    for account, (code, label) in known.items():
        typed |= {f"code-{account}": code, f"label-{account}": label}
    return typed | changes


def test_codes_and_rates_are_kept_and_used(staff: Staff, turn_clock: Turn) -> None:
    hold_gala(staff, turn_clock)
    change = {"code-income:donations": "754199", "label-income:donations": "Dons du gala", "currency": "EUR"}
    rate = {"rate_currency": "thb", "rate_since": "2026-11-01", "rate": "0,5"}
    with staff.signed_in("treasurer") as browser:
        assert "517000" in browser.get(PAGE).text
        assert browser.post(PAGE, data=form(staff, **change, **rate)).status_code == 303
        page = browser.get(PAGE).text
        assert "754199" in page
        assert "1 THB = 0.5 EUR from 01/11/2026 on" in page
    with staff.app.app_context():
        data = b"".join(export_file("fec", "txt", scope_of([1], None, None, None)).pieces)
        acts = set(db.session.scalars(select(TrailEntry.action)))
    assert b"\t754199\tDons du gala\t" in data
    assert b"\t1250,00\t0,00\t" in data
    assert {"books.codes", "books.rate", "books.currency"} <= acts


MISTAKES = {
    "currency": ("EURO", "three letters"),
    "code-income:donations": ("=1+1", "letters, digits"),
    "label-income:donations": ("", "short name"),
    "rate": ("1e3", "such as 0.0263"),
    "rate_since": ("", "From which day"),
}


def test_what_makes_no_sense_is_said_and_nothing_is_kept(staff: Staff) -> None:
    rate = {"rate_currency": "EUR", "rate_since": "2026-11-01", "rate": "38"}
    with staff.signed_in("owner") as browser:
        for field, (typed, sentence) in MISTAKES.items():
            answer = browser.post(PAGE, data=form(staff, **{**rate, field: typed}))
            assert answer.status_code == 422
            assert sentence in answer.text
    with staff.app.app_context():
        assert not accounts.rates_of(1)


def test_only_who_keeps_the_money_sees_it(staff: Staff) -> None:
    for who, status in (("treasurer", 200), ("owner", 200), ("organiser", 404), ("door", 404)):
        with staff.signed_in(who) as browser:
            assert browser.get(PAGE).status_code == status
            assert browser.get(f"{PAGE}?organisation=house-of-ball").status_code == 404


def test_a_currency_sums_to_zero_in_the_books_whatever_the_rate(staff: Staff, turn_clock: Turn) -> None:
    hold_gala(staff, turn_clock)
    with staff.signed_in("treasurer") as browser:
        rate = {"rate_currency": "THB", "rate_since": "2026-01-01", "rate": "0.033333333"}
        assert browser.post(PAGE, data=form(staff, currency="JPY", **rate)).status_code == 303
    with staff.app.app_context():
        text = b"".join(export_file("journal", "import", scope_of([1], None, None, None)).pieces).decode()
    sums: dict[str, int] = {}
    for line in text.splitlines()[1:]:
        cells = line.split(",")
        sums[cells[0]] = sums.get(cells[0], 0) + int(cells[8])
    assert sums
    assert not any(sums.values())
