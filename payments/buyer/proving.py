"""A fresh code, mailed to the order's address: whoever only has the link of an order cannot know it.

Six digits, ten minutes, five tries, three letters an hour: somebody with the link guesses once in some 60,000 hours.
"""

from datetime import timedelta

from sqlalchemy import func, select, update

from events.core import clock, tokens
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.mail import outbox
from payments.buyer.models import OrderCode
from payments.orders import placing

LIFETIME = timedelta(minutes=10)
MOST_TRIES = 5
MOST_LETTERS, WITHIN = 3, timedelta(hours=1)


def ask(order_id: int) -> None:
    """Put the letter with a code to the order's address and no other. Raises Refusal 429 when three are under way."""
    order, moment = placing.lock(order_id), clock.now()  # the lock makes the count exact
    recent = select(func.count()).where(OrderCode.order_id == order_id, OrderCode.created_at > moment - WITHIN)
    if (db.session.scalar(recent) or 0) >= MOST_LETTERS:
        raise Refusal("too_many_codes", _("Three codes were sent within an hour. Please try again later."), status=429)
    code = OrderCode(
        order_id=order_id,
        digest=tokens.digest(tokens.new_token()),  # known to nobody until the letter is written
        created_at=moment,
        expires_at=moment + LIFETIME,
    )
    db.session.add(code)
    db.session.flush()
    outbox.put(
        "order_code",
        f"order-code:{code.id}",
        **order.party.letter_to,
        code_id=code.id,
        event_id=order.event_id,
    )


def draw(code_id: int) -> str:
    """The digits of a code, drawn while its letter is written: its ten minutes begin now. In the caller's transaction.

    A code that was used or withdrawn meanwhile stays so.
    """
    digits = tokens.new_digits()
    values = {"digest": _digest(code_id, digits), "expires_at": clock.now() + LIFETIME}
    changed(update(OrderCode).where(OrderCode.id == code_id).values(**values))
    return digits


def use(order_id: int, digits: str) -> bool:
    """Whether the digits are a code of this order's. Commit either way: the try counts before it is judged."""
    moment = clock.now()
    alive = (OrderCode.order_id == order_id, OrderCode.used_at.is_(None), OrderCode.expires_at > moment)
    mine = (*alive, OrderCode.failures < MOST_TRIES)
    codes = list(db.session.scalars(select(OrderCode).where(*mine).with_for_update()))
    changed(update(OrderCode).where(*mine).values(failures=OrderCode.failures + 1))
    fitting = [code.id for code in codes if tokens.same(code.digest, _digest(code.id, digits))]
    used = update(OrderCode).where(OrderCode.id.in_(fitting), OrderCode.used_at.is_(None)).values(used_at=moment)
    return bool(fitting) and changed(used) > 0


def withdraw(order_id: int) -> None:
    """Codes under way are worth nothing any more."""
    changed(
        update(OrderCode).where(OrderCode.order_id == order_id, OrderCode.used_at.is_(None)).values(used_at=clock.now())
    )


def _digest(code_id: int, digits: str) -> str:
    return tokens.digest(f"order-code:{code_id}:{digits}")
