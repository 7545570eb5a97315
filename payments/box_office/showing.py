"""What the page of the drawer shows to whom. While two people count, nobody is told what they should find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from events.catalogue.models import Event
from events.core import clock
from payments.box_office import banking, closing, denominations, drawers, expecting, record
from payments.box_office.closing import Statement
from payments.box_office.expecting import DeviceCash
from payments.box_office.models import CashDeposit, Drawer, DrawerCount, DrawerPaper


@dataclass(frozen=True)
class Page:
    """The drawer for one pair of eyes; amounts in minor units."""

    status: str  # open, counting, closed
    currency: str
    drawer: Drawer | None
    opens: bool  # may enter change, and go on after a count has begun
    counts: Sequence[DrawerCount]
    own: DrawerCount | None
    statement: Statement | None
    phones: Sequence[DeviceCash]
    expected: int | None  # None when these eyes must not know
    rows: Sequence[tuple[int, list[int]]]
    pieces: Sequence[int]
    paper: DrawerPaper | None
    deposits: Sequence[CashDeposit] | None  # None for eyes that see no money
    on_hand: int  # what is still to be brought to the bank, once the drawer is closed
    today: date  # where the house is

    @property
    def both(self) -> bool:
        """Whether two people have counted in this round."""
        return len(self.counts) == drawers.NEEDED

    @property
    def float_amount(self) -> int:
        """The change that was brought."""
        return self.drawer.float_amount if self.drawer else 0


def page(event: Event, account_id: int, *, opens: bool, banks: bool) -> Page:
    """The drawer of an evening as this account may see it now."""
    drawer = drawers.find_drawer(event.id)
    status = drawer.status if drawer else "open"
    there = drawers.counts(drawer) if drawer else []
    both = len(there) == drawers.NEEDED
    knows = (status == "counting" and both) or status == "closed"  # an open drawer is still to be counted blind
    own = next((one for one in there if one.account_id == account_id), None)
    return Page(
        status=status,
        currency=drawer.currency if drawer else event.currency,
        drawer=drawer,
        opens=opens,
        counts=there if both else [one for one in there if one is own],
        own=own,
        statement=closing.find_statement(drawer) if drawer else None,
        phones=expecting.by_device(event.id) if knows else [],
        expected=expecting.expected(drawer) if drawer and knows else None,
        rows=record.rows(drawer.currency, there) if drawer and both else [],
        pieces=denominations.pieces(drawer.currency if drawer else event.currency),
        paper=record.find_paper(event.id) if status == "closed" else None,
        deposits=banking.standing(event.id) if banks else None,
        on_hand=banking.on_hand(drawer) if drawer and banks and status == "closed" else 0,
        today=clock.now().astimezone(ZoneInfo(event.organisation.time_zone)).date(),
    )
