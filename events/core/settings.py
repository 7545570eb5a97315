"""Settings from the environment (and `.env`), checked once, in one place. Secrets are never printed."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parents[2]
REMEMBERED = "settings.env"
"""What the demo writes beside its data, so that every command works on it."""


APPLE = (
    "APPLE_PASS_CERTIFICATE", "APPLE_PASS_KEY", "APPLE_WWDR_CERTIFICATE", "APPLE_PASS_TYPE_ID", "APPLE_TEAM_ID",
)  # fmt: skip
GOOGLE = ("GOOGLE_WALLET_SERVICE_ACCOUNT", "GOOGLE_WALLET_ISSUER_ID")
"""What each wallet needs: all of it, or nothing."""


TO_START = ("SECRET_KEY", "PUBLIC_URL")
"""Without these nothing starts."""
TO_SERVE = ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "MAIL_SERVER", "MAIL_DEFAULT_SENDER")
"""Without these neither `serve` nor `work` does."""
RANDOM = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
"""What prints a good secret."""
_DRIVER = "postgresql+psycopg://"


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one sentence with the mend."""


@dataclass(frozen=True)
class Settings:
    """What the service is told from outside."""

    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    public_url: str
    var: Path
    stripe_secret_key: str = field(default="", repr=False)
    stripe_webhook_secret: str = field(default="", repr=False)
    stripe_api_base: str = ""
    mail_server: str = ""
    mail_port: int = 25
    mail_username: str = field(default="", repr=False)
    mail_password: str = field(default="", repr=False)
    mail_use_tls: bool = False
    mail_default_sender: str = ""
    trusted_proxies: tuple[str, ...] = ()  # networks whose X-Forwarded-For is believed
    metrics_token: str = field(default="", repr=False)  # without it there is no /metrics
    log_format: str = "plain"
    apple_pass_certificate: str = ""  # paths of PEM files, and what Apple calls us
    apple_pass_key: str = ""
    apple_pass_key_password: str = field(default="", repr=False)
    apple_wwdr_certificate: str = ""
    apple_pass_type_id: str = ""
    apple_team_id: str = ""
    google_wallet_service_account: str = ""  # the path of its JSON file
    google_wallet_issuer_id: str = ""

    @property
    def host(self) -> str:
        """Host and port of the public address: the only Host header that is answered."""
        return urlsplit(self.public_url).netloc

    @property
    def is_https(self) -> bool:
        """Whether the public address is HTTPS; cookies are then marked secure."""
        return self.public_url.startswith("https://")

    @property
    def live(self) -> bool:
        """Whether real money moves."""
        return self.stripe_secret_key.startswith(("sk_live_", "rk_live_"))


def environment() -> dict[str, str]:
    """The process environment, over what the demo remembered in BONSOIR_VAR, over `.env` beside the code."""
    values = _read(ROOT / ".env")
    var = Path(os.environ.get("BONSOIR_VAR") or values.get("BONSOIR_VAR") or ROOT / "var")
    return values | _read(var / REMEMBERED) | dict(os.environ)


def load(values: Mapping[str, str]) -> Settings:
    """Build settings from names as CONTRACT says them; raises SettingsError with one sentence for the first fault."""
    var = Path(values.get("BONSOIR_VAR") or ROOT / "var")
    settings = Settings(
        secret_key=_required(values, "SECRET_KEY", f"set it to a long random text, such as {RANDOM} prints"),
        database_url=_database_url(values.get("DATABASE_URL") or f"sqlite:///{(var / 'bonsoir.sqlite').resolve()}"),
        public_url=_address(values, "PUBLIC_URL"),
        var=var,
        stripe_secret_key=values.get("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secret=values.get("STRIPE_WEBHOOK_SECRET", ""),
        stripe_api_base=values.get("STRIPE_API_BASE", ""),
        mail_server=values.get("MAIL_SERVER", ""),
        mail_port=_port(values, "MAIL_PORT", 25),
        mail_username=values.get("MAIL_USERNAME", ""),
        mail_password=values.get("MAIL_PASSWORD", ""),
        mail_use_tls=values.get("MAIL_USE_TLS", "").lower() in {"1", "true", "yes", "on"},
        mail_default_sender=values.get("MAIL_DEFAULT_SENDER", ""),
        trusted_proxies=_networks(values.get("TRUSTED_PROXIES", "")),
        metrics_token=_secret(values, "METRICS_TOKEN", "set it to a long random text, or to nothing"),
        log_format=_one_of(values, "LOG_FORMAT", ("plain", "json")),
        apple_pass_key_password=values.get("APPLE_PASS_KEY_PASSWORD", ""),
        **_together(values, APPLE),
        **_together(values, GOOGLE),
    )
    if settings.live and settings.stripe_api_base:
        raise SettingsError("STRIPE_API_BASE is for the stand-in only and cannot stand beside a live key: remove one.")
    return settings


def ready_to_serve(settings: Settings) -> None:
    """Raise SettingsError for what `serve` and `work` cannot do without."""
    for name in TO_SERVE:
        if not getattr(settings, name.lower()):
            raise SettingsError(f"{name} is not set: nobody could pay or get a letter. `bonsoir check` explains.")


def _read(path: Path) -> dict[str, str]:
    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _required(values: Mapping[str, str], name: str, mend: str) -> str:
    if not values.get(name):
        raise SettingsError(f"{name} is not set: {mend}.")
    return _secret(values, name, mend)


def _secret(values: Mapping[str, str], name: str, mend: str) -> str:
    value = values.get(name, "")
    if value and len(value) < 16:
        raise SettingsError(f"{name} is shorter than 16 characters: {mend}.")
    return value


def _together(values: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Settings that mean nothing without each other, by their fields: all of them, or all empty."""
    given = {name.lower(): values.get(name, "") for name in names}
    if any(given.values()):
        for name in names:
            if not values.get(name):
                raise SettingsError(f"{name} is not set, though {_first(values, names)} is: set it too.")
    return given


def _first(values: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next(name for name in names if values.get(name))


def _one_of(values: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = values.get(name) or choices[0]
    if value not in choices:
        raise SettingsError(f"{name} must be {' or '.join(choices)}.")
    return value


def _address(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path:
        raise SettingsError(f"{name} is not a web address such as https://tickets.example.org: set it.")
    return value


def _database_url(value: str) -> str:
    """Accept the short forms people have, and name the driver that we ship."""
    for short in ("postgres://", "postgresql://"):
        if value.startswith(short):
            value = _DRIVER + value.removeprefix(short)
    if value.startswith(_DRIVER):
        return _DRIVER + _several_hosts(value.removeprefix(_DRIVER))
    if value.startswith("sqlite:///"):
        return value
    raise SettingsError("DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _several_hosts(rest: str) -> str:
    """`one:5432,two:5432/name` with a parameter for each host, as SQLAlchemy wants it: the one that writes is ours."""
    place, mark, path = rest.partition("/")
    user, at, hosts = place.rpartition("@")
    if "," not in hosts:
        return rest
    name, _mark, query = path.partition("?")
    given = parse_qsl(query, keep_blank_values=True)
    given += [] if "target_session_attrs" in dict(given) else [("target_session_attrs", "read-write")]
    named = [("host", host if ":" in host else f"{host}:5432") for host in hosts.split(",")]
    return f"{user}{at}{mark}{name}?{urlencode([*named, *given])}"


def _port(values: Mapping[str, str], name: str, default: int) -> int:
    value = values.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} must be a port number between 1 and 65535.")
    return int(value)


def _networks(value: str) -> tuple[str, ...]:
    names = tuple(value.replace(",", " ").split())
    try:
        return tuple(str(ip_network(name)) for name in names)
    except ValueError as error:
        raise SettingsError("TRUSTED_PROXIES must be addresses or networks such as 127.0.0.1, 10.0.0.0/8.") from error
