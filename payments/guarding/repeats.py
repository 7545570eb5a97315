"""One form, one order: whoever sends it again because the answer was lost, or goes back and presses once more, comes to
the order that they have, instead of keeping twice as many seats.

The order must still wait for its money: when it is paid, or its seats have gone back, the same form is a new wish.
"""

import json
from collections.abc import Iterable
from typing import Final

from sqlalchemy import bindparam, select, update

from events.core import clock, tokens
from events.core.db import changed, insert_once, rows, table_of
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.guarding.models import SentForm
from payments.orders.models import UNPAID, Order


class SentBefore(Refusal):
    """There is an order of this form already."""


def digest(browser: str, address: str, typed: Iterable[tuple[str, str]]) -> str:
    """What stands for a form, where it was sent, and the browser that sent it.

    `browser` is a secret of that browser's alone: who types what somebody else typed must not come to their order.
    """
    return tokens.digest(json.dumps([browser, address, sorted(typed)]))


def token_of(sent: str) -> str | None:
    """The token of the order that came of the same form and is under way; None where there is none."""
    for token, status, held_until in rows(_CAME_OF_IT, {"sent": sent}):
        if status == "processing" or (status in UNPAID and held_until > clock.now()):
            return str(token)
    return None


def check(sent: str) -> None:
    """Raises SentBefore. In the caller's transaction, after `admitting.admit`, which makes two orders of one e-mail
    address follow one another: then the second finds what the first remembered."""
    if token_of(sent) is not None:
        raise SentBefore("sent_before", _("You have this order already. It waits to be paid."), status=409)


def remember(sent: str, order_id: int) -> None:
    """This order came of it. In the caller's transaction."""
    row = {"digest": sent, "order_id": order_id, "at": clock.now()}
    if not insert_once(SentForm, row, ["digest"]):
        changed(update(SentForm).where(SentForm.digest == sent).values(order_id=order_id, at=row["at"]))


# Made once: to write a statement anew costs more than to run it.
_S, _O = table_of(SentForm).c, table_of(Order).c
_CAME_OF_IT: Final = (
    select(_O.token, _O.status, _O.held_until)
    .select_from(table_of(Order).join(table_of(SentForm), _S.order_id == _O.id))
    .where(_S.digest == bindparam("sent"))
)
