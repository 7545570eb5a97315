"""Settings: what is wrong is said in one sentence, and secrets are never printed."""

import pytest
from sqlalchemy import make_url

from events.core.settings import SettingsError, load, ready_to_serve

SECRET = "a secret that is long enough"
GOOD = {
    "SECRET_KEY": SECRET,
    "PUBLIC_URL": "https://tickets.example.org/",
    "STRIPE_SECRET_KEY": "sk_live_never_printed",
    "STRIPE_WEBHOOK_SECRET": "whsec_never_printed",
    "MAIL_SERVER": "mail.example.org",
    "MAIL_PASSWORD": "mail password never printed",
    "MAIL_USERNAME": "user_never_printed",
    "MAIL_DEFAULT_SENDER": "letters@example.org",
    "DATABASE_URL": "postgresql://tickets:never_printed@db.example.org/tickets",
}
WRONG = [
    ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
    ({"SECRET_KEY": "kurz-und-geheim"}, "SECRET_KEY is shorter than 16"),
    ({"PUBLIC_URL": ""}, "PUBLIC_URL is not a web address"),
    ({"PUBLIC_URL": "tickets.example.org"}, "PUBLIC_URL is not a web address"),
    ({"PUBLIC_URL": "https://example.org/tickets"}, "PUBLIC_URL is not a web address"),
    ({"PUBLIC_URL": "ftp://example.org"}, "PUBLIC_URL is not a web address"),
    ({"DATABASE_URL": "mysql://db/tickets"}, "DATABASE_URL must begin with"),
    ({"MAIL_PORT": "0"}, "MAIL_PORT must be a port"),
    ({"MAIL_PORT": "65536"}, "MAIL_PORT must be a port"),
    ({"MAIL_PORT": "２５"}, "MAIL_PORT must be a port"),
    ({"MAIL_PORT": "smtp"}, "MAIL_PORT must be a port"),
    ({"STRIPE_API_BASE": "http://127.0.0.1:1"}, "STRIPE_API_BASE is for the stand-in only"),
    ({"STRIPE_SECRET_KEY": "rk_live_x", "STRIPE_API_BASE": "http://127.0.0.1:1"}, "STRIPE_API_BASE is for the stand-"),
]


@pytest.mark.parametrize(("change", "words"), WRONG, ids=[f"{'-'.join(case[0])}-{i}" for i, case in enumerate(WRONG)])
def test_what_is_wrong_is_said_in_one_sentence(change: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load({**GOOD, **change})
    sentence = str(refusal.value)
    assert sentence.startswith(words)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert not [value for name, value in change.items() if "SECRET" in name and value and value in sentence]


@pytest.mark.parametrize("name", ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "MAIL_SERVER", "MAIL_DEFAULT_SENDER"])
def test_nobody_serves_without(name: str) -> None:
    settings = load({**GOOD, name: ""})
    with pytest.raises(SettingsError, match=f"^{name} is not set"):
        ready_to_serve(settings)


def test_whole_settings_are_ready() -> None:
    ready_to_serve(load(GOOD))


def test_secrets_are_never_printed() -> None:
    shown = repr(load(GOOD)) + str(load(GOOD))
    assert "never_printed" not in shown
    assert "never printed" not in shown
    assert SECRET not in shown
    assert "tickets.example.org" in shown


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_the_driver_we_ship_is_used(given: str) -> None:
    assert load({**GOOD, "DATABASE_URL": given}).database_url == "postgresql+psycopg://u:p@h/d"


def test_without_a_database_one_stands_in_the_data_folder() -> None:
    settings = load({**GOOD, "DATABASE_URL": "", "BONSOIR_VAR": "/srv/bonsoir"})
    assert settings.database_url == "sqlite:////srv/bonsoir/bonsoir.sqlite"


@pytest.mark.parametrize(("key", "live"), [("sk_live_1", True), ("rk_live_1", True), ("sk_test_1", False), ("", False)])
def test_a_live_key_is_known(key: str, live: bool) -> None:
    assert load({**GOOD, "STRIPE_SECRET_KEY": key}).live is live


def test_the_public_address_gives_host_and_scheme() -> None:
    settings = load({**GOOD, "PUBLIC_URL": "https://tickets.example.org:8443/"})
    assert (settings.host, settings.is_https) == ("tickets.example.org:8443", True)
    assert not load({**GOOD, "PUBLIC_URL": "http://127.0.0.1:8000"}).is_https


def test_several_hosts_of_a_database_are_written_as_libpq_wants_them() -> None:
    given = load({**GOOD, "DATABASE_URL": "postgresql://tickets:p%40ss@db1:5433,db2/tickets?sslmode=require"})
    url = make_url(given.database_url)
    _none, options = url.get_dialect()().create_connect_args(url)
    assert (options["host"], options["port"]) == ("db1,db2", "5433,5432")
    assert (options["user"], options["password"], options["dbname"]) == ("tickets", "p@ss", "tickets")
    assert (options["target_session_attrs"], options["sslmode"]) == ("read-write", "require")


def test_one_host_is_left_as_it_is_written() -> None:
    given = load({**GOOD, "DATABASE_URL": "postgres://tickets@[::1]:5433/tickets"})
    assert given.database_url == "postgresql+psycopg://tickets@[::1]:5433/tickets"
