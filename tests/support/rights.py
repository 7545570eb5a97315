"""The table of rights: docs/rights.md is data that a test walks; `python -m tests.support.rights` writes it anew.

What an address demands is heard, not believed: somebody without any role calls it, and the groups of roles that it asks
for before it finds nothing are the ones that open it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any, Final
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from events.core import migrating
from events.core.settings import ROOT
from events.team import access
from events.team.models import ROLES
from tests.support.staff import make_app, set_the_table

DOCUMENT: Final = ROOT / "docs" / "rights.md"
KNOWN: Final = {
    **{"slug": "dinner", "code": "AAAAA", "what": "orders", "form": "csv", "kind": "csv", "order": "name"},
    **{"day": "2026-11-14", "key": "entrance", "public_id": "seat-dinner", "number": "1", "organiser": "organiser"},
}
OF_THEIR_OWN: Final = {"exports.fetch": ("owner", "treasurer")}
"""Addresses of what somebody made for themselves: it is looked for among one's own before any role is asked for."""


@dataclass(frozen=True)
class Right:
    """One address with a method, and whom it opens to; `again`: it asks once more who somebody is."""

    address: str
    method: str
    roles: frozenset[str]
    again: bool

    @property
    def row(self) -> str:
        """As the document has it."""
        marks = ["yes" if role in self.roles else "–" for role in ROLES]
        return f"| `{self.address}` | {self.method} | {' | '.join(marks)} | {'yes' if self.again else '–'} |"


def staff_rules(app: Flask) -> list[tuple[Rule, str]]:
    """Every address that is not open to strangers, with each of its methods."""
    closed = [
        rule
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith("static") and not getattr(app.view_functions[rule.endpoint], "is_public", False)
    ]
    wanted = [(rule, method) for rule in closed for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return sorted(wanted, key=lambda pair: (pair[0].rule, pair[1]))


def address_of(app: Flask, rule: Rule) -> str:
    """The address with something true, or at least possible, in every blank."""
    values: dict[str, Any] = {name: _something(rule, name) for name in rule.arguments - set(rule.defaults or ())}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values, **dict(rule.defaults or {}))


def demanded(app: Flask, nobody: FlaskClient, rule: Rule, method: str) -> frozenset[str]:
    """The roles that open it; all of them where being signed in is enough. `nobody` is signed in and has no role."""
    if rule.endpoint.startswith("team."):  # one's own account; some of it would end the walk
        return frozenset(ROLES)
    with _hearing() as asked:
        answer = nobody.open(address_of(app, rule), method=method)
    if answer.status_code != 404:
        return frozenset(ROLES)
    return frozenset(asked) or frozenset(OF_THEIR_OWN.get(rule.endpoint, ()))


def rights(app: Flask, nobody: FlaskClient) -> list[Right]:
    """What every address demands now, in the order of the document."""
    return [
        Right(rule.rule, method, demanded(app, nobody, rule, method), _asks_again(app, rule))
        for rule, method in staff_rules(app)
    ]


def documented(text: str) -> list[str]:
    """The rows of the document."""
    return re.findall(r"^\| `/.*\|$", text, re.MULTILINE)


def written(table: list[Right]) -> str:
    """The document with this table in it."""
    before = DOCUMENT.read_text(encoding="utf-8").split("\n| Address")[0]
    heads = f"| Address | Method | {' | '.join(role.title() for role in ROLES)} | Asks again |"
    return "\n".join([before, heads, "|---" * (3 + len(ROLES)) + "|", *(right.row for right in table)]) + "\n"


@contextmanager
def _hearing() -> Iterator[set[str]]:
    """What is asked for, while a page is called."""
    asked: set[str] = set()
    ask = access._memberships

    def hear(roles: Any) -> Any:  # noqa: ANN401 - as the one it stands in for
        asked.update(roles)
        return ask(roles)

    with patch.object(access, "_memberships", hear):
        yield asked


def _asks_again(app: Flask, rule: Rule) -> bool:
    return bool(getattr(app.view_functions[rule.endpoint], "asks_again", False))


def _something(rule: Rule, name: str) -> int | str:
    converter = rule._converters[name]
    if type(converter).__name__ == "IntegerConverter":
        return 1
    choices = getattr(converter, "items", None)
    return str(min(choices)) if choices else KNOWN.get(name, "1")


def main() -> None:
    """Write the document anew, from the application on an empty database."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/rights.sqlite"
        migrating.upgrade(url)
        staff = set_the_table(make_app(url))
        with staff.signed_in("nobody") as nobody:
            DOCUMENT.write_text(written(rights(staff.app, nobody)), encoding="utf-8")


if __name__ == "__main__":
    main()
