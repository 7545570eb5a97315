"""Closing the drawer: both counters sign the same statement with their own accounts; the second signature closes it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock, tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.box_office import drawers, expecting
from payments.box_office.models import Drawer, DrawerCount, DrawerSignature
from payments.ledger import posting
from payments.ledger.models import DOOR_CASH, OVER_SHORT

LONGEST = 500
ENTRY = "drawer_closed"


@dataclass(frozen=True)
class Statement:
    """What is signed: amounts in minor units, and why they differ, in the words of whoever signs first.

    `signed_by` are the accounts that stand for exactly this; a refund in between makes another statement of it.
    """

    round: int
    expected: int
    counted: int
    explanation: str
    signed_by: tuple[int, ...] = ()

    @property
    def difference(self) -> int:
        """Above zero: more was found than expected."""
        return self.counted - self.expected

    @property
    def digest(self) -> str:
        """Names the statement in the form and in the signature."""
        return tokens.digest(f"{self.round}:{self.expected}:{self.counted}:{self.explanation}")


def agreed(counts: Sequence[DrawerCount]) -> bool:
    """Whether two people found the same sum."""
    return len(counts) == drawers.NEEDED and len({one.total for one in counts}) == 1


def find_statement(drawer: Drawer) -> Statement | None:
    """What is to be signed now; None while two counts do not agree."""
    counts = drawers.counts(drawer)
    if drawer.status != "counting" or not agreed(counts):
        return None
    bare = Statement(drawer.round, expecting.expected(drawer), counts[0].total, "")
    query = select(DrawerSignature).filter_by(event_id=drawer.event_id, round=drawer.round)
    for signature in db.session.scalars(query.order_by(DrawerSignature.id.desc())):
        words, who = signature.explanation, signature.account_id
        signed = Statement(bare.round, bare.expected, bare.counted, words, (who,))
        if signed.digest == signature.statement:
            return signed
    return bare


def sign(event: Event, account_id: int, shown: str, explanation: str) -> bool:
    """Sign what was shown (its digest); True when this was the second signature, and the drawer is closed.

    Raises Refusal: not_counting, counts_differ, not_a_counter, changed, explanation_needed, signed_already.
    """
    drawer = drawers.hold_counting(event.id)
    statement = find_statement(drawer)
    if statement is None:
        raise Refusal("counts_differ", _("The two counts do not agree: count again."), status=409)
    if account_id not in {one.account_id for one in drawers.counts(drawer)}:
        raise Refusal("not_a_counter", _("Only the two who counted can sign."), status=403)
    if not tokens.same(statement.digest, shown):
        raise Refusal("changed", _("Something has changed since you looked. Please look again."), status=409)
    if account_id in statement.signed_by:
        raise Refusal("signed_already", _("You have signed. The other counter signs next."), status=409)
    if not statement.signed_by:
        statement = _explained(statement, " ".join(explanation.split())[:LONGEST])
    _write(drawer, account_id, statement)
    who = f"account:{account_id}"
    trail.note(who, "drawer.signed", f"event:{event.id}", event.organisation_id)
    if statement.signed_by:
        _close(event, drawer, statement, who)
    return bool(statement.signed_by)


def _explained(statement: Statement, explanation: str) -> Statement:
    if statement.difference and not explanation:
        sentence = _("Say in a few words why the sums differ.")
        raise Refusal("explanation_needed", sentence, field="explanation")
    return Statement(statement.round, statement.expected, statement.counted, explanation)


def _write(drawer: Drawer, account_id: int, statement: Statement) -> None:
    db.session.add(
        DrawerSignature(
            event_id=drawer.event_id,
            round=drawer.round,
            account_id=account_id,
            statement=statement.digest,
            explanation=statement.explanation,
            at=clock.now(),
        )
    )
    db.session.flush()


def _close(event: Event, drawer: Drawer, statement: Statement, actor: str) -> None:
    """counting -> closed, once; what was found too much or too little leaves the drawer's account."""
    mine = update(Drawer).where(Drawer.event_id == drawer.event_id, Drawer.status == "counting")
    changed(
        mine.values(
            status="closed",
            closed_at=clock.now(),
            expected=statement.expected,
            counted=statement.counted,
            explanation=statement.explanation,
        )
    )
    difference = {
        (DOOR_CASH, drawer.currency): statement.difference,
        (OVER_SHORT, drawer.currency): -statement.difference,
    }
    posting.enter(event.organisation_id, "cash", ENTRY, f"drawer:{event.id}", f"Drawer of {event.slug}", difference)
    details = {"expected": statement.expected, "counted": statement.counted}
    trail.note(actor, "drawer.closed", f"event:{event.id}", event.organisation_id, **details)
