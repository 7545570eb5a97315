"""The tables of steps in docs/inside.md, written from the code: `python -m tests.support.states`."""

import re
from collections.abc import Sequence
from pathlib import Path

import click

from events.core import jobs
from events.tickets import models as tickets
from payments.checkout import models as attempts
from payments.orders import models as orders
from payments.refunds import models as refunds

PAGE = Path(__file__).parents[2] / "docs" / "inside.md"
Steps = Sequence[tuple[str, str, str]]

MACHINES: dict[str, Steps] = {
    "order": orders.TRANSITIONS,
    "attempt": attempts.TRANSITIONS,
    "ticket": tickets.TRANSITIONS,
    "refund": refunds.TRANSITIONS,
    "job": jobs.TRANSITIONS,
}


def table(steps: Steps) -> str:
    """The steps as Markdown; those that lead to one state for one reason share a line."""
    lines: dict[tuple[str, str], list[str]] = {}
    for before, after, trigger in steps:
        lines.setdefault((after, trigger), []).append(f"`{before}`")
    rows = (f"| {' '.join(froms)} | `{after}` | {trigger} |" for (after, trigger), froms in lines.items())
    return "\n".join(("| from | to | when |", "|---|---|---|", *rows))


def written(page: str) -> str:
    """The page with its tables as the code has them. Raises KeyError for a machine that there is not."""
    return re.sub(
        r"(<!-- steps of (\w+) -->\n).*?(<!-- end -->)",
        lambda found: f"{found[1]}\n{table(MACHINES[found[2]])}\n\n{found[3]}",
        page,
        flags=re.DOTALL,
    )


@click.command()
def main() -> None:
    """Write the tables anew."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
