"""To the pay page of an order that is there, back from it, and what a letter's link confirms."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from flask import g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.core.db import end_reading, transaction
from events.team.access import public
from payments.checkout import begin, confirming, watching
from payments.checkout.models import Attempt
from payments.gateway import turns
from payments.gateway.failures import GatewayError
from payments.orders import lining, placing
from payments.orders.billing import bill


@public
def pay(token: str) -> ResponseReturnValue:
    """On to the pay page of an order that is still held; where there is none, the order page says why.

    Whose turn in line is overdue asks for it here: the worker may be away.
    """
    found = placing.get_by_token(token)
    if found.event.is_cancelled:
        return redirect(url_for("orders.order", token=token))
    attempt = Attempt.live_of(found.id)
    line = lining.shown(found)
    if attempt is not None and attempt.status == "creating" and line is not None and line.overdue:
        return redirect(begin.open_page(attempt.id) or url_for("orders.order", token=token), 303)
    if attempt is None or not attempt.url or found.status != "held":
        # Its turn may come before that page is read: then it leads back here (`on`), where the way is open.
        return redirect(url_for("orders.order", token=token, on=1 if found.status == "waiting" else None))
    return redirect(attempt.url, 303)


@public
def paid(token: str) -> ResponseReturnValue:
    """Back from the pay page: settle now if Stripe says so, else the order page waits for the webhook."""
    found = placing.get_by_token(token)
    attempt = Attempt.newest_of(found.id)
    if attempt is not None and found.status in ("held", "waiting", "processing", "expired"):
        attempt_id = attempt.id
        end_reading()
        # Where this asks nothing or fails, the webhook or the watcher will bring the news; the page waits for it.
        with suppress(GatewayError), turns.taken() as mine:
            if mine:
                watching.poll(attempt_id)
    return redirect(url_for("orders.order", token=token))


@public
def confirm(token: str, secret: str) -> ResponseReturnValue:
    """The mailed link of an order that costs nothing. Looking at it does nothing: mail programs look, too."""
    found = placing.get_by_token(token)
    g.language = found.party.language
    if request.method == "POST":
        with transaction():
            confirming.confirm(token, secret)
        return redirect(url_for("orders.order", token=token), 303)
    if found.status == "paid":
        return redirect(url_for("orders.order", token=token))
    confirming.check(found, secret)
    return render_template("payments/checkout/confirm.html", order=found, event=found.event, bill=bill(found))


ADDRESSES: Final[Sequence[tuple[str, Callable[..., ResponseReturnValue], Sequence[str]]]] = (
    ("/o/<token>/pay", pay, ("GET",)),
    ("/o/<token>/paid", paid, ("GET",)),
    ("/o/<token>/confirm/<secret>", confirm, ("GET", "POST")),
)
"""Address, view, methods."""
