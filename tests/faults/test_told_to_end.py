"""SIGTERM in the middle of orders, again and again: whoever was answered has an order, and the next server goes on.

The small dose stands at the end of `test_database_away`.
"""

import time
from pathlib import Path

import pytest

from tests.support.evening import open_evening
from tests.support.rush import rush
from tests.support.serving import arranged, served
from tests.support.shopping import Shop

TIMES = 40
PAUSE = 0.15
"""Seconds between two orders of one of four buyers: fewer than call the breaker, or Stripe's line, in."""


@pytest.mark.soak
@pytest.mark.both_engines
def test_sigterm_in_the_middle_of_orders_loses_none(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with arranged(database_url, tmp_path, monkeypatch) as (system, environment):
        evening = open_evening(system, 20_000)
        for turn in range(TIMES):
            with served(system, environment, tmp_path) as process:
                with rush(Shop(system, evening), pause=PAUSE) as crowd:
                    time.sleep(0.3 + turn / TIMES)
                    process.terminate()
                    process.join(20)
                assert process.exitcode == 0
            assert len(crowd.acknowledged) > 3
            assert (crowd.refused, crowd.lost()) == ([], [])
        with served(system, environment, tmp_path):
            last = Shop(system, evening).buy()
            system.quiet()  # those before were cut off from their pay pages, and it stands behind them
            last.with_page().pay()
            system.settle_up()
            assert last.seen().status == "paid"
        assert system.violations() == []
