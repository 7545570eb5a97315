"""The configuration doctor: what is wrong is said in a sentence with its mend, and what is right is not."""

from pathlib import Path

import pytest

from app import create_app
from payments import checking
from tests.support import certificates, world

BEHIND_TLS = {"PUBLIC_URL": "https://tickets.example.org", "STRIPE_SECRET_KEY": ""}


def problems(sqlite_url: str, **values: str) -> str:
    """What it says, in one text."""
    return "\n".join(checking.problems(create_app, world.SETTINGS | {"DATABASE_URL": sqlite_url} | BEHIND_TLS | values))


def test_https_without_a_named_proxy_is_told(sqlite_url: str) -> None:
    assert "TRUSTED_PROXIES is not set" in problems(sqlite_url)


@pytest.mark.parametrize(
    "values",
    [
        {"TRUSTED_PROXIES": "127.0.0.1"},
        {"PUBLIC_URL": "https://localhost:8443"},
        {"PUBLIC_URL": "http://127.0.0.1:8000"},
    ],
)
def test_a_named_proxy_or_one_machine_alone_is_no_problem(sqlite_url: str, values: dict[str, str]) -> None:
    assert "TRUSTED_PROXIES" not in problems(sqlite_url, **values)


def test_what_is_missing_is_named(sqlite_url: str) -> None:
    found = problems(sqlite_url, MAIL_SERVER="", PUBLIC_URL="http://tickets.example.org")
    for sentence in ("MAIL_SERVER is not set", "STRIPE_SECRET_KEY is not set", "PUBLIC_URL is not https"):
        assert sentence in found


def test_what_is_wrong_with_a_wallet_is_named(sqlite_url: str, tmp_path: Path) -> None:
    settings = certificates.apple(tmp_path, days=10)
    assert "APPLE_PASS_CERTIFICATE ends on" in problems(sqlite_url, **settings)
    (tmp_path / "pass.key").write_text("nothing", encoding="ascii")
    assert "APPLE_PASS_KEY is no key" in problems(sqlite_url, **settings)
    assert "APPLE_TEAM_ID is not set" in problems(sqlite_url, **(settings | {"APPLE_TEAM_ID": ""}))
