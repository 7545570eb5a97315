"""Static files stand under an address that names what is in them all, so that whoever keeps one may keep it for good.

One name for the whole folder, not one for each file: sheets and scripts load each other by relative addresses, and
these then stay within one release. A name that is not ours belongs to another release, before or after this one: its
pages get our file, which nobody keeps unasked, so that no cache ever holds one release's file under another's name.
"""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, current_app

from events.core.settings import ROOT

FOLDER = ROOT / "static"
YEAR = 365 * 24 * 3600
FOR_GOOD = f"public, max-age={YEAR}, immutable"
"""Cache-Control of what never changes under its address."""

ASKING_FIRST = "private, no-cache"
"""Of a page that only its own browser may keep, and shows again only when the server has said that nothing changed."""

_NAME = 12


@cache
def release() -> str:
    """Twelve hexadecimal digits that differ as soon as a file does, the same on every host of a release."""
    digest = hashlib.sha256()
    for path in sorted(path for path in FOLDER.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(FOLDER).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:_NAME]


def place() -> str:
    """The path below which the application serves this release's files."""
    return f"/static/{release()}"


def link() -> None:
    """Let a proxy find this release's files, and no other's, under their addresses: in .served/ (docs/running/)."""
    served = ROOT / ".served" / "static"
    served.mkdir(parents=True, exist_ok=True)
    for old in served.iterdir():
        if old.name != release():
            old.unlink()
    if not (served / release()).is_symlink():
        (served / release()).symlink_to(Path("../../static"))


def init_app(app: Flask) -> None:
    """Serve the files under other releases' names as well, and under none."""
    app.add_url_rule("/static/<path:filename>", "unversioned.static", _of_today)


def _of_today(filename: str) -> Response:
    name, _slash, rest = filename.partition("/")
    named = len(name) == _NAME and not set(name) - set("0123456789abcdef")
    return current_app.send_static_file(rest if named else filename)
