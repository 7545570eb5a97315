"""The books in a file, so that a demonstration remembers its payments when it is started again."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from payments.gateway.sandbox.books import Books
from payments.gateway.sandbox.idempotency import Answer, Record

_PLAIN = ("kinds", "secrets", "members", "line_items", "intent_data", "offset")


def save(books: Books, path: Path) -> None:
    """Write the books beside `path` and move them there: a reader never sees half of them."""
    with books.lock, books.saved_lock:
        answered = {key: asdict(record) for key, record in books.saved.items() if record.answer}
        state = {name: getattr(books, name) for name in _PLAIN} | {"saved": answered}
        text = json.dumps(state, default=lambda body: body.decode())
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def load(books: Books, path: Path) -> None:
    """Take up the books from `path`, if there is such a file. Endpoints are set anew by whoever starts."""
    if not path.exists():
        return
    state = json.loads(path.read_text(encoding="utf-8"))
    answered = state.pop("saved")
    for name, value in state.items():
        setattr(books, name, value)
    books.kinds.pop("webhook_endpoint", None)
    books.saved = {key: _record(row) for key, row in answered.items()}
    for session in books.all("checkout.session"):
        if session["status"] == "open":
            _move(books, session)
            books.open_sessions[session["id"]] = session


def _record(row: dict[str, Any]) -> Record:
    answer = row["answer"]
    return Record(row["fingerprint"], Answer(answer["status"], answer["body"].encode(), answer["request_id"]))


def _move(books: Books, session: dict[str, str]) -> None:
    """Its page is now at our present address."""
    _, _, rest = session["url"].partition("/c/pay/")
    session["url"] = f"{books.base}/c/pay/{rest}"
