"""The whole past evening of the demonstration meets: unexplained 0; without any one row it does not."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from events.core import clock
from events.core.db import db, end_reading
from events.catalogue.models import Event
from payments import auditing
from payments.auditing import facts, gaps
from payments.gateway.sandbox.server import RunningSandbox
from payments.gateway.stripe_api import current_gateway
from payments.reconciliation import meeting
from tests.support.linked import link
from tests.support.past_evening import live_through


def test_the_whole_evening_ends_with_unexplained_0(
    database_url: str, tmp_path: Path, turn_clock: Callable[[timedelta], None], lonely: RunningSandbox
) -> None:
    turn_clock(timedelta())
    app = link(database_url, lonely, tmp_path / "var")
    with app.app_context():
        event_id = live_through(lonely.url, turn_clock)
        house = db.session.get_one(Event, event_id).organisation_id
        known = facts.of_organisation(house)
        met = meeting.meet(known, gaps.of_organisation(known, house), clock.now(), "THB")
        assert {fact.kind for fact in known} >= {"payment", "refund", "dispute", "dispute_reversal", "payout"}
        assert {fact.provider for fact in known} == {"stripe", "cash"}
        assert met.gaps == []
        assert met.is_zero, met.columns
        end_reading()
        assert auditing.audit()[0] == []
        end_reading()
        assert auditing.audit_against(current_gateway()) == []
