"""The web app as a phone keeps it: which files, in which version, and how it looks on a home screen.

Nothing in it knows an evening or a guest: pages, scripts, sheets, fonts and icons only.
"""

import hashlib
import json
from collections.abc import Iterator
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
_WORKER: Final = "js/door/worker.js"
_NIGHT: Final = "#0b0d16"


def page() -> str:
    """The one page of the app, in the language of the request."""
    return render_template("events/door/app.html")


def worker() -> str:
    """The service worker's script: it differs by a byte as soon as any file of the app differs."""
    digest, addresses = hashlib.sha256(), []
    for lang in LANGUAGES:
        with in_language(lang):
            digest.update(page().encode())
        addresses.append(url_for("door.app", lang=lang))
    for name, path in _files():
        digest.update(path.read_bytes())
        addresses.append(url_for("static", filename=name))
    known = {"version": digest.hexdigest()[:16], "languages": LANGUAGES, "files": addresses}
    return f"const SHELL = {json.dumps(known)};\n{(_static() / _WORKER).read_text(encoding='utf-8')}"


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


def _files() -> Iterator[tuple[str, Path]]:
    root = _static()
    for pattern in _PATTERNS:
        for path in sorted(root.glob(pattern)):
            if path != root / _WORKER:
                yield path.relative_to(root).as_posix(), path


def _static() -> Path:
    return Path(current_app.static_folder or "static")
