"""Every module can be the first that is imported: a script, a notebook or a test asks for what it needs."""

import subprocess
import sys

from events.core.settings import ROOT

MODULES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
    for room in ("events", "payments")
    for path in (ROOT / room).rglob("*.py")
    if "migrations" not in path.parts
)

# Rows that name each other (`relationship("Receipt")`) are put together once, when all are there. What asks for that
# while it is imported works or fails by the accident of what was imported before: so nothing may.
PROGRAM = """
import importlib, sys
from sqlalchemy import event
from sqlalchemy.orm import Mapper, configure_mappers

def too_early():
    sys.exit(f"{name} asks how rows hang together while it is imported")

event.listen(Mapper, "before_configured", too_early)
for name in sys.argv[1:]:
    importlib.import_module(name)
event.remove(Mapper, "before_configured", too_early)
configure_mappers()
"""


def test_modules_can_be_imported_in_any_order_and_money_first() -> None:
    assert len(MODULES) > 400
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *reversed(MODULES), "app"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
