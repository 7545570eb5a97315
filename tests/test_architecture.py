"""The rules of the house (tests/support/rules.py) hold; and each of them can be broken."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.rules import LONGEST_FILE, RULES, Tree, violations

ROOT = Path(__file__).parent.parent

SOUND = {
    "app.py": "from events.mail.routes import blueprint\nfrom payments.orders.models import Order\n",
    "events/core/__init__.py": "",
    "events/core/clock.py": "import time\nfrom datetime import datetime\n\ndef now(): return datetime.now()\n",
    "events/core/tokens.py": "import secrets\n",
    "events/core/pdf.py": "import typst\n",
    "events/mail/__init__.py": "",
    "events/mail/models.py": "class Letter:\n    __tablename__ = 'letter'\n",
    "events/mail/delivery.py": "import flask_mail\nfrom events.mail.models import Letter\n",
    "events/mail/routes.py": "from flask import request\nfrom events.mail import delivery\n",
    "events/tickets/qr.py": "import qrcode\n",
    "payments/gateway/stripe_api.py": "import stripe\n",
    "payments/orders/models.py": "import events.mail.models\n\nclass Order:\n    __tablename__ = 'orders'\n",
    "payments/orders/forms.py": "",
    "payments/checkout/begin.py": "from payments.orders.models import Order\n",
    "templates/layout.html": "<script src='a.js'></script>",
    "templates/events/mail/list.html": "<p class='one'>{{ text }}</p>",
    "templates/mail/letter.html": "<p style='margin: 0'>",
    "README.md": "",
}

BROKEN: list[tuple[str, dict[str, str], str]] = [
    ("layers", {"events/mail/x.py": "from payments.orders import models"}, "events.mail.x imports payments.orders.mod"),
    ("layers", {"events/core/x.py": "import events.mail.models"}, "which stands above it"),
    ("layers", {"payments/orders/x.py": "from app import create_app"}, "payments.orders.x imports app"),
    ("layers", {"events/mail/x.py": "from ...payments.orders.models import Order"}, "which stands above it"),
    ("circles", {"events/mail/models.py": "import events.mail.delivery"}, "a circle of files"),
    (
        "circles",
        {"events/tickets/x.py": "import events.mail.models", "events/mail/y.py": "import events.tickets.qr"},
        "a circle of rooms",
    ),
    ("doors", {"events/tickets/x.py": "from events.mail.routes import blueprint"}, "the door of another room"),
    ("doors", {"payments/checkout/x.py": "from payments.orders import forms"}, "payments.orders.forms"),
    ("libraries", {"payments/orders/x.py": "import stripe"}, "only payments/gateway/ may"),
    ("libraries", {"payments/orders/x.py": "from stripe.error import Any"}, "imports stripe"),
    ("libraries", {"events/mail/x.py": "from flask_mail import Mail"}, "flask_mail is imported by 2 modules"),
    ("libraries", {"events/mail/x.py": "import qrcode.constants"}, "only events/tickets/ may"),
    ("libraries", {"events/tickets/x.py": "import qrcode"}, "qrcode is imported by 2"),
    ("libraries", {"events/tickets/x.py": "import typst"}, "only events/core/pdf.py may"),
    ("one_clock", {"events/mail/x.py": "from time import sleep"}, "imports time"),
    ("one_clock", {"events/mail/x.py": "from datetime import datetime\ndatetime.now()"}, "reads the clock"),
    ("one_clock", {"events/mail/x.py": "import datetime\ndatetime.date.today()"}, "datetime.date.today"),
    ("one_clock", {"payments/orders/x.py": "at = mapped_column(server_default=func.now())"}, "func.now"),
    ("one_source_of_chance", {"events/mail/x.py": "import random"}, "imports random"),
    ("one_source_of_chance", {"events/mail/x.py": "from uuid import uuid4"}, "imports uuid"),
    ("one_source_of_chance", {"events/mail/x.py": "import os\nos.urandom(4)"}, "os.urandom"),
    ("foreign_keys", {"events/mail/x.py": "a = ForeignKey('orders.id')"}, "a foreign key upwards, to orders.id"),
    ("foreign_keys", {"events/mail/x.py": "a = sa.ForeignKey('orders.id')"}, "a foreign key upwards"),
    ("stories", {"events/mail/x.py": "from flask import Flask, request"}, "reads Flask's request"),
    ("stories", {"payments/orders/x.py": "from flask import session as s"}, "reads Flask's session"),
    ("stories", {"payments/orders/x.py": "db.session.commit()"}, "commits (line 1)"),
    ("imports_on_top", {"events/mail/x.py": "def f():\n    import os"}, "imports inside f (line 2)"),
    ("lengths", {"tests/test_x.py": "\n" * (LONGEST_FILE + 1)}, f"has {LONGEST_FILE + 1} lines"),
    ("lengths", {"static/js/x.js": "\n" * (LONGEST_FILE + 1)}, f"has {LONGEST_FILE + 1} lines"),
    ("top_level", {"utils/x.py": ""}, "utils does not belong at the top"),
    ("templates", {"templates/events/nowhere/x.html": ""}, "belongs to no room"),
    ("pages", {"templates/events/mail/x.html": "<p class='a'\n style='color: red'>"}, "content policy"),
    ("pages", {"templates/events/mail/x.html": "<button onclick='go()'>"}, "content policy"),
    ("pages", {"templates/events/mail/x.html": "<script type='module'>go()</script>"}, "content policy"),
    ("pages", {"templates/layout.html": "<style>p {}</style>"}, "content policy"),
    ("public_addresses", {"templates/layout.html": "{{ url_for('x', _external=True) }}"}, "from the request"),
]


def checkout() -> dict[str, str]:
    """The texts that git keeps or would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [path for path in listing.split("\0") if path and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text(encoding="utf-8", errors="replace") for path in paths}


def test_the_house_keeps_its_rules() -> None:
    assert violations(checkout()) == []


def test_a_sound_tree_breaks_none() -> None:
    assert violations(SOUND) == []


@pytest.mark.parametrize(("rule", "broken", "words"), BROKEN, ids=[f"{i}-{case[0]}" for i, case in enumerate(BROKEN)])
def test_each_rule_can_be_broken(rule: str, broken: Mapping[str, str], words: str) -> None:
    found = list(next(one for one in RULES if one.__name__ == rule)(Tree({**SOUND, **broken})))
    assert any(words in sentence for sentence in found), found


def test_no_rule_is_without_an_example() -> None:
    assert {rule.__name__ for rule in RULES} == {rule for rule, _broken, _words in BROKEN}


def test_long_migrations_are_excepted() -> None:
    assert violations({**SOUND, "events/core/migrations/versions/1.py": "\n" * 1000}) == []


def test_long_scripts_of_others_are_excepted() -> None:
    assert violations({**SOUND, "static/vendor/one.js": "\n" * 1000}) == []
