"""From the order form to the pay page: seats held, amounts frozen, the intent committed before Stripe is asked."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock, jobs, tokens
from events.core.db import changed, db, end_reading, transaction
from events.guests.parties import write_party
from events.mail.links import absolute
from payments.checkout import in_line
from payments.checkout.models import Attempt
from payments.gateway import turns
from payments.gateway.answers import CheckoutSession
from payments.gateway.failures import ProviderBusy, ProviderRefused, ProviderUnavailable
from payments.gateway.parameters import SESSION_LIFE, session_params
from payments.gateway.stripe_api import current_gateway
from payments.orders import keeping, placing
from payments.orders.billing import pay_lines
from payments.orders.models import Order
from payments.orders.placing import Also, Placed, nothing_else
from payments.orders.pricing import Quote

AGAIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Buyer:
    """Who buys, as they typed it; `source` is the word in the link they came by."""

    name: str
    email: str
    phone: str
    language: str
    source: str = ""

    def as_party(self, event: Event, code: str) -> int:
        """The party of a new order with this code, as its row's number; in the caller's transaction."""
        return write_party(event.id, self.name, self.email, self.phone, self.language, self.source, code)


def begin(
    event: Event, priced: Quote, buyer: Buyer, giver: int | None = None, also: Also = nothing_else
) -> tuple[Placed, Attempt]:
    """Rows of an order, its held seats and its first attempt. Raises SoldOut; the caller commits or rolls back.

    `giver` is the party that holds the seats already: those of an offer. `also` writes what else belongs to the order.
    """
    code = tokens.new_reference()
    order = placing.write(event, buyer.as_party(event, code), code, priced, clock.now() + SESSION_LIFE)
    attempt = _attempt(order, buyer.email, buyer.language)
    also(order)
    keeping.hold(order, priced, giver)
    in_line.join(attempt)
    return order, attempt


def begin_again(order: Order) -> Attempt:
    """A further attempt of an order whose last one is over, as when a promise is paid. In the caller's transaction."""
    attempt = new_attempt(order)
    in_line.join(attempt)
    return attempt


def new_attempt(order: Order) -> Attempt:
    """The intent of a pay page: key and exact parameters are rows before Stripe hears of them."""
    return _attempt(order, order.party.email, order.party.language)


def _attempt(order: Order | Placed, email: str, language: str) -> Attempt:
    moment = clock.now()
    attempt = Attempt(
        order_id=order.id,
        status="creating",
        idempotency_key=f"attempt-{tokens.new_token(16)}",
        params=_params(order, email, language),
        amount=order.total,
        currency=order.currency,
        expires_at=moment + SESSION_LIFE,
        created_at=moment,
    )
    db.session.add(attempt)
    db.session.flush()
    jobs.put("watch_attempt", attempt.watcher, moment + jobs.FIRST_PAUSE * 6, attempt_id=attempt.id)
    return attempt


def _params(order: Order | Placed, email: str, language: str) -> dict[str, object]:
    return session_params(
        order_id=str(order.id),
        order_code=order.code,
        lines=pay_lines(order.lines, language),
        currency=order.currency,
        email=email,
        locale=language,
        success_url=absolute("checkout.paid", token=order.token),
        cancel_url=absolute("orders.order", token=order.token),
        expires_at=clock.now() + SESSION_LIFE,
    )


def open_page(attempt_id: int) -> str | None:
    """The address to pay at, for a request of the web server's, outside any transaction.

    None when the order must wait for it: in line, because nobody here has a turn to ask, or because Stripe is away.
    Its own page then goes on by itself.
    """
    seconds = in_line.may_ask_in(attempt_id)
    if seconds is None:
        return None
    with turns.taken() as mine:
        if mine:
            clock.pause(seconds)
            session = open_session(attempt_id)
            return session.url if session else None
    with transaction():
        in_line.leave_to_worker(attempt_id)
    return None


def open_session(attempt_id: int) -> CheckoutSession | None:
    """Ask Stripe for the pay page of an attempt, outside any transaction, and write down the answer.

    A lost answer is asked for again with the same key and parameters. None when Stripe is away or refuses: the order
    then waits with its seats kept, and the attempt's watcher tries again.
    """
    try:
        return ask_for_session(attempt_id)
    except ProviderBusy:
        return None


def ask_for_session(attempt_id: int, *, patient: bool = True) -> CheckoutSession | None:
    """The same, but raises ProviderBusy for a 429: this call came to nothing, and there is no need to look for it.

    Whoever stands in line is not `patient`: the whole line waits, instead of one who would be overtaken meanwhile.
    """
    attempt = db.session.get_one(Attempt, attempt_id)
    params, key = dict(attempt.params), attempt.idempotency_key
    end_reading()
    try:
        session = current_gateway().create_session(params, key, patient=patient)
    except ProviderBusy:
        with transaction():
            in_line.was_too_much(attempt_id)
        raise
    except ProviderUnavailable:
        with transaction():
            in_line.wait_until(attempt_id, "Stripe is away", clock.now() + AGAIN)
        return None
    except ProviderRefused as refused:
        _refused(attempt_id, refused)
        return None
    with transaction():
        record_open(attempt_id, session)
    return session


def record_open(attempt_id: int, session: CheckoutSession) -> None:
    """creating -> open: the address is shown only after this is committed."""
    changed(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.status == "creating")
        .values(status="open", session_id=session.id, url=session.url, expires_at=session.expires_at)
    )
    order = placing.lock(db.session.scalars(select(Attempt.order_id).where(Attempt.id == attempt_id)).one())
    if order.status == "waiting":
        placing.move(order, "held", "there is a pay page now")
        placing.keep_until(order, session.expires_at)


def _refused(attempt_id: int, refused: ProviderRefused) -> None:
    """A definite no: there is no session. The attempt is closed; the watcher opens another or lets the order expire.

    In one transaction: an order left `held` with its attempt closed would be nobody's business any more.
    """
    with transaction():
        close(attempt_id)
        in_line.wait_until(attempt_id, f"Stripe refuses: {refused.code or 'no code'}", clock.now() + AGAIN)


def close(attempt_id: int) -> None:
    """creating -> closed: no session came of it, and none will. In the caller's transaction."""
    changed(update(Attempt).where(Attempt.id == attempt_id, Attempt.status == "creating").values(status="closed"))
