"""An order from the button to the answer, against one UPDATE ... RETURNING and three INSERTs in a bare handler.

Without Stripe: of a seat that costs nothing. Such an order goes through the same form, guard, prices, seats and
history, and leaves a letter where a dear one leaves the intent of a pay page; no provider and no second transaction
belong to it. Beside it, as a figure only, a dear order whose pay page is there at once, without a network: two commits.
"""

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.bench import hall
from tests.bench.driving import Side, in_turns, serve
from tests.bench.orders import FORM, Buyers, in_turn
from tests.support.servers import free_port

ROUNDS, SECONDS = 5, 1.5
CROWD = 64
SEASONS = (1_000, 100_000)


def reference(port: int, among: int) -> Side:
    """(d), on so many rows in turn."""
    body = urlencode({"name": "Buyer"}).encode()
    return Side("(d)", port, f"/order/{among}", FORM, repeat(body), says=b"taken")


@pytest.mark.both_engines
def test_orders(database_url: str, tmp_path: Path, note: Callable[..., None]) -> None:
    engine = database_url.split(":")[0].split("+")[0]
    ports = free_port(), free_port()
    values = hall.settings(database_url, ports[0], str(tmp_path / "var"))
    slug = hall.furnish(values, sells=True)
    shares = []
    with ExitStack() as stack:
        serve(stack, "tests.bench.bare:create_app", ports[1], tmp_path / "bare.log", values)
        serve(stack, "tests.bench.ours:create_app", ports[0], tmp_path / "ours.log", values)
        buyers, bare_ = Buyers(ports[0], slug), reference(ports[1], hall.TYPES)
        free = buyers.side("free", in_turn(), b"/o/")
        dear = buyers.side("dear", repeat("dear"), b"ocation: ")  # to the pay page, or to the line before it
        for orders in SEASONS:
            hall.fill(values, slug, orders)
            sides = (free, bare_, dear) if orders == SEASONS[0] else (free, bare_)
            rate = {name: statistics.median(found) for name, found in in_turns(sides, ROUNDS, SECONDS).items()}
            shares.append(rate["free"] / rate["(d)"])
            against = {"engine": engine, "reference": rate["(d)"], "against": "(d) writes"}
            note(f"order begin, {orders:,} orders", rate["free"], "/s", at_least=0.5, **against)
            if "dear" in rate:
                note("order that is to be paid", rate["dear"], "/s", **against)
        note("order begin: many orders over few", shares[1], "of (d)", engine=engine, reference=shares[0], at_least=0.9)
        one = (buyers.side("one quota", repeat("free-0"), b"/o/"), reference(ports[1], 1))
        rate = {name: statistics.median(found) for name, found in in_turns(one, ROUNDS, SECONDS, CROWD).items()}
        against = {"engine": engine, "reference": rate["(d)"], "against": "(d) writes"}
        note(f"{CROWD} buyers on one quota", rate["one quota"], "/s", at_least=0.4, **against)
