"""The tables of docs/scale.md are what the simulation says of what was measured; and it waits as queues do."""

import json

import pytest

from events.core.settings import ROOT
from tests.bench import capacity

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
MEASURED = json.loads((ROOT / "tests" / "bench" / "costs.json").read_text(encoding="utf-8"))


def test_the_page_has_the_tables_of_the_simulation() -> None:
    for line in (*capacity.carries(MEASURED), *capacity.report(MEASURED), MEASURED["circumstances"]):
        assert line in PAGE


@pytest.mark.parametrize(("rate", "waits"), [(0.5, 0.5), (0.8, 2.0)])
def test_the_simulation_waits_as_long_as_theory_says(rate: float, waits: float) -> None:
    """One server with fixed times: the mean wait is r / 2(1 - r) times what one act takes (Pollaczek and Khinchine)."""
    one = capacity.Resource("one", 1, {"act": 0.01})
    found = capacity.simulate(one, {"act": 6000 * rate}, 1, seed=3)
    assert found.used == pytest.approx(rate)
    assert found.mean / 0.01 == pytest.approx(waits, rel=0.25)


def test_too_much_is_never_done_in_time() -> None:
    one = capacity.Resource("one", 1, {"act": 0.01})
    assert capacity.simulate(one, {"act": 6000}, 3).slowest > 60
    assert capacity.simulate(one, {"act": 6000}, 3).needed == 5
