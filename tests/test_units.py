"""The units of docs/running as systemd reads them, and how little they may do."""

import subprocess
from pathlib import Path
from shutil import which

import pytest

from events.core.settings import ROOT

RUNNING = ROOT / "docs" / "running"
UNITS = sorted(RUNNING.glob("bonsoir-*.*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 20
"""Tenths of systemd's scale from 0 to 10, on which a service without any restriction has 96."""

pytestmark = pytest.mark.skipif(which("systemd-analyze") is None, reason="systemd-analyze is Debian's")


def analysed(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """What systemd-analyze says."""
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, timeout=60)  # noqa: S603, S607


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """The programs stand where docs/running.md puts them, so here something else does in their place."""
    assert len(UNITS) == 5
    small = tmp_path / "bonsoir-web@8000.service.d" / "small.conf"
    small.parent.mkdir()
    places = {unit: tmp_path / unit.name.replace("@.", "@8000.") for unit in UNITS}
    for file, place in (places | {RUNNING / small.name: small}).items():
        read = file.read_text(encoding="utf-8")
        for program in ("/opt/bonsoir/.venv/bin/bonsoir", "/opt/litestream/bin/litestream"):
            read = read.replace(program, "/bin/true")
        place.write_text(read, encoding="utf-8")
    said = analysed("verify", "--man=no", *sorted(places.values()))
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.stem)
def test_a_service_may_do_little_beside_its_work(unit: Path) -> None:
    said = analysed("security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}", unit)
    assert said.returncode == 0, said.stdout[-3000:]
