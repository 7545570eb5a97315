"""A ticket for the wallets of telephones; where a wallet is not configured, its address is not found."""

from flask import Response, redirect
from flask.typing import ResponseReturnValue

from events.core import clock
from events.core.i18n import gettext as _
from events.core.i18n import language
from events.core.refusal import NotFound
from events.team.access import public
from events.tickets import wallets
from events.tickets.finding import get_valid
from events.tickets.google import save_link
from events.tickets.passes import apple_pass
from events.tickets.sealing import MIMETYPE


@public
def apple(token: str) -> Response:
    """The pass of a valid ticket, signed now."""
    known = wallets.current()
    if known.apple is None or not known.offers_apple(clock.now()):
        raise _not_there()
    ticket = get_valid(token)
    answer = Response(apple_pass(ticket, language(), known.apple), mimetype=MIMETYPE)
    answer.headers["Content-Disposition"] = f'inline; filename="ticket-{ticket.short_number}.pkpass"'
    return answer


@public
def google(token: str) -> ResponseReturnValue:
    """To Google, with a link that holds the ticket; which address it came from is not told (Referrer-Policy)."""
    known = wallets.current()
    if known.google is None:
        raise _not_there()
    return redirect(save_link(get_valid(token), language(), known.google), 303)


def _not_there() -> NotFound:
    return NotFound(_("This page does not exist, or it is not for you."))


ADDRESSES = (("pass.pkpass", "apple_pass", apple), ("google-wallet", "google_wallet", google))
