"""What stands on this machine: secrets, files, disk, fonts, catalogues, wallets."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from events.core import clock, i18n, pdf
from events.core.settings import REMEMBERED, ROOT, Settings, SettingsError
from events.tickets import wallets

LEAST_FREE = 500 * 1024 * 1024
"""Bytes: an evening's growth many times over, and a night to react."""
LONG_ENOUGH = 32
COMMON = ("secret", "changeme", "change-me", "password", "bonsoir", "example", "12345")


def secrets(settings: Settings) -> Iterator[str]:
    """Secrets that somebody could guess."""
    for name, value in (("SECRET_KEY", settings.secret_key), ("METRICS_TOKEN", settings.metrics_token)):
        if value and (len(set(value)) < 10 or any(word in value.lower() for word in COMMON)):
            yield f"{name} is too regular to be a secret: draw a random one."
        elif value and len(value) < LONG_ENOUGH:
            yield f"{name} has fewer than {LONG_ENOUGH} characters: draw a longer one."
    if settings.metrics_token and settings.metrics_token == settings.secret_key:
        yield "METRICS_TOKEN is the same as SECRET_KEY: Prometheus must not know what signs our cookies. Draw another."


def files(settings: Settings) -> Iterator[str]:
    """Files that others can read."""
    for path in (ROOT / ".env", settings.var / REMEMBERED, *_database_files(settings)):
        if path.exists() and _is_open(path):
            yield f"{path.name} can be read by everybody on this machine: `chmod o= {path}`."


def disk(settings: Settings) -> Iterator[str]:
    """Folders that cannot take what is to come."""
    for folder in {settings.var, (_database_file(settings) or settings.var / "x").parent}:
        if not folder.is_dir():
            yield f"The folder {folder} does not exist: `bonsoir migrate` makes BONSOIR_VAR, or set it to another."
            continue
        usage = shutil.disk_usage(folder)
        if usage.free < LEAST_FREE:
            free = usage.free // (1024 * 1024)
            yield f"Only {free} MB are free where {folder} is: take away old backups, or give it a larger disk."


def papers(_settings: Settings) -> Iterator[str]:
    """Tickets and receipts that could not be set."""
    if fault := pdf.fault():
        yield f"Papers cannot be set ({fault}): install the release anew, its fonts or typst are missing."


def catalogues(_settings: Settings) -> Iterator[str]:
    """Languages that would be shown in English."""
    for lang in i18n.LANGUAGES:
        source = ROOT / "events" / "core" / "translations" / lang / "LC_MESSAGES" / "messages.po"
        compiled = source.with_suffix(".mo")
        if source.exists() and (not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime):
            yield f"The texts in {i18n.NAMES[lang]} are not compiled, or older than their source: `make catalogues`."


def wallets_of(settings: Settings) -> Iterator[str]:
    """Files of the telephones' wallets; nothing where they are not configured."""
    try:
        yield from wallets.worries(wallets.read(settings), clock.now())
    except SettingsError as error:
        yield str(error)


def _database_file(settings: Settings) -> Path | None:
    if settings.database_url.startswith("sqlite:///"):
        return Path(settings.database_url.removeprefix("sqlite:///"))
    return None


def _database_files(settings: Settings) -> Iterator[Path]:
    """The database and what SQLite keeps beside it: the newest orders may stand in -wal alone."""
    if file := _database_file(settings):
        yield from (file.with_name(file.name + ending) for ending in ("", "-wal", "-shm"))


def _is_open(path: Path) -> bool:
    """Whether others may read the file, and come to it at all."""
    return bool(path.stat().st_mode & 0o004 and path.resolve().parent.stat().st_mode & 0o001)
