"""The web app as a phone keeps it: which files, in which version, and how it looks on a home screen.

Nothing in it knows an evening or a guest: pages, scripts, sheets, fonts and icons only.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from flask import current_app, render_template, url_for

from events.core.i18n import LANGUAGES, gettext, in_language, language

_PATTERNS: Final = (
    "js/door/*.js",
    "vendor/qr-*/*.js",
    "css/fonts.css",
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/door.css",
    "fonts/*.woff2",
    "img/icons.svg",
    "img/mark.svg",
    "img/door-*.png",
)
_LATER: Final = ("vendor/zxing-wasm-*/es/**/*.js", "vendor/zxing-wasm-*/**/*.wasm")
_WORKER: Final = "js/door/worker.js"
_SECOND: Final = "js/door/second-worker.js"
_NIGHT: Final = "#0b0d16"


def page() -> str:
    """The one page of the app, in the language of the request."""
    return render_template("events/door/app.html")


def worker() -> str:
    """The service worker's script: it differs by a byte as soon as any file of the app differs."""
    at_once, later = list(_files(_PATTERNS)), list(_files(_LATER))
    digest = hashlib.sha256(second_look().encode())
    for lang in LANGUAGES:
        with in_language(lang):
            digest.update(page().encode())
    for _name, path in (*at_once, *later):
        digest.update(path.read_bytes())
    known = {
        "version": digest.hexdigest()[:16],
        "languages": LANGUAGES,
        "files": [*(url_for("door.app", lang=lang) for lang in LANGUAGES), *_addresses(at_once)],
        "later": [url_for("door.second_look"), *_addresses(later)],
    }
    return f"const SHELL = {json.dumps(known)};\n{_read(_WORKER)}"


def second_look() -> str:
    """The script that reads difficult pictures, in a worker of its own."""
    return _read(_SECOND).replace('"/static/', f'"{url_for("static", filename="")}')


def web_manifest() -> dict[str, Any]:
    """The web app manifest, in the language of the request."""
    icons = [
        {"src": url_for("static", filename=f"img/door-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (192, 512)
    ]
    return {
        "id": url_for("door.app"),
        "name": f"Bonsoir · {gettext('Door')}",
        "short_name": gettext("Door"),
        "lang": language(),
        "start_url": url_for("door.app", lang=language()),
        "scope": url_for("door.app"),
        "display": "standalone",
        "background_color": _NIGHT,
        "theme_color": _NIGHT,
        "icons": icons,
    }


def _addresses(files: Iterable[tuple[str, Path]]) -> list[str]:
    return [url_for("static", filename=name) for name, _path in files]


def _files(patterns: Sequence[str]) -> Iterator[tuple[str, Path]]:
    root = _static()
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            name = path.relative_to(root).as_posix()
            if name not in (_WORKER, _SECOND):  # served under addresses of their own
                yield name, path


def _read(name: str) -> str:
    return (_static() / name).read_text(encoding="utf-8")


def _static() -> Path:
    return Path(current_app.static_folder or "static")
