"""The simulation behind docs/scale.md waits as queues do."""

import pytest

from tests.bench import capacity


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
