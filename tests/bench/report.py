"""What `make bench` found: one table on the terminal, one JSON file, and from that file the table of the documentation.

`python -m tests.bench.report [FILE]` prints the Markdown.
"""

import json
import os
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from events.core import clock
from events.core.settings import ROOT

FILE = ROOT / "var" / "bench.json"
HEADINGS = ("what", "engine", "ours", "reference", "", "ratio", "target", "")


@dataclass(frozen=True)
class Figure:
    """One thing measured. A target is for the ratio where there is a reference, else for the figure itself."""

    part: str
    what: str
    ours: float
    unit: str
    engine: str = ""
    reference: float | None = None
    against: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the reference's, of the same run."""
        return self.ours / self.reference if self.reference else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met, at the two decimals that are shown; None where there is none."""
        judged = round(self.ours if self.ratio is None else self.ratio, 2)
        if self.at_least is not None:
            return judged >= self.at_least
        return None if self.at_most is None else judged <= self.at_most

    @property
    def cells(self) -> tuple[str, ...]:
        """As a row of the table."""
        sign = ">=" if self.at_least is not None else "<="
        target = self.at_least if self.at_least is not None else self.at_most
        return (
            *(self.what, self.engine, f"{_plain(self.ours)} {self.unit}".strip()),
            *("" if self.reference is None else f"{_plain(self.reference)} {self.unit}".strip(), self.against),
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if target is None else f"{sign} {target:g}",
            {True: "met", False: "NOT MET", None: ""}[self.met],
        )


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def circumstances() -> dict[str, Any]:
    """Where, when and on what it was measured. No names: not the machine's, not anybody's."""
    asked = ["git", "-C", str(ROOT)]
    commit = subprocess.run([*asked, "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=False)
    edited = subprocess.run([*asked, "status", "--porcelain", "-uno"], capture_output=True, text=True, check=False)
    return {
        "commit": commit.stdout.strip() + (" with changes" if edited.stdout.strip() else ""),
        "at": clock.now().isoformat(timespec="minutes"),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "load": [round(one, 1) for one in os.getloadavg()],
    }


def write(file: Path, figures: Sequence[Figure], about: dict[str, Any]) -> None:
    """The JSON."""
    rows = [{**asdict(one), "ratio": one.ratio, "met": one.met} for one in figures]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({**about, "figures": rows}, indent=1) + "\n", encoding="utf-8")


def read(file: Path) -> tuple[list[Figure], dict[str, Any]]:
    """What `write` wrote."""
    about = json.loads(file.read_text(encoding="utf-8"))
    names = Figure.__dataclass_fields__
    figures = [Figure(**{name: row[name] for name in names}) for row in about.pop("figures")]
    return figures, about


def table(figures: Sequence[Figure]) -> Iterator[str]:
    """Lines for a terminal."""
    rows = [HEADINGS, *(one.cells for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def markdown(figures: Sequence[Figure], about: dict[str, Any]) -> Iterator[str]:
    """The same for the documentation."""
    where = (
        f"{about['cores']} cores, load before {about['load'][0]}, Python {about['python']}, SQLite {about['sqlite']}"
    )
    yield f"Commit {about['commit']}, {about['at']}: {where}, PostgreSQL {about.get('postgresql', 'not asked')}."
    yield ""
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|" + "---|" * len(HEADINGS)
    for one in figures:
        yield "| " + " | ".join(one.cells) + " |"


if __name__ == "__main__":
    print("\n".join(markdown(*read(Path(sys.argv[1]) if len(sys.argv) > 1 else FILE))))
