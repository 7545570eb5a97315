"""May this ticket come in? A pure decision: facts in, a reason or nothing out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final


@dataclass(frozen=True)
class Facts:
    """What is known of a ticket at the moment it is shown at the door of `door_event_id`."""

    door_event_id: int
    event_id: int
    status: str  # of the ticket: valid, unpaid, void, replaced
    moment: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    inside: bool = False  # nobody is left to admit: this guest, or the whole party when it comes at once
    unanswered: int = 0  # questions that those who are to be admitted must answer first


def _outside_hours(facts: Facts) -> bool:
    too_early = facts.opens_at is not None and facts.moment < facts.opens_at
    too_late = facts.closes_at is not None and facts.moment >= facts.closes_at
    return too_early or too_late


# The order is part of the contract: whether a ticket is good is asked before whether it was used.
REFUSALS: Final[tuple[tuple[str, Callable[[Facts], bool]], ...]] = (
    ("other_event", lambda facts: facts.event_id != facts.door_event_id),
    ("void", lambda facts: facts.status == "void"),
    ("replaced", lambda facts: facts.status == "replaced"),
    ("unpaid", lambda facts: facts.status != "valid"),
    ("outside_hours", _outside_hours),
    ("already_admitted", lambda facts: facts.inside),
    ("answer_needed", lambda facts: facts.unanswered > 0),
)


def reason_to_refuse(facts: Facts | None) -> str | None:
    """The first reason that applies, or None: let them in. No facts means that no ticket has this code."""
    if facts is None:
        return "unknown"
    return next((reason for reason, applies in REFUSALS if applies(facts)), None)
