"""Another e-mail address for an order: asked for by the buyer, confirmed from the new address, told to the old one."""

from datetime import timedelta

from sqlalchemy import func, select, update

from events.core import clock, tokens, trail
from events.core.db import changed, db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests.models import Party
from events.mail import outbox
from events.mail.models import Letter
from payments.buyer import proving
from payments.buyer.models import EmailChange
from payments.orders import placing
from payments.orders.models import Order

LIFETIME = timedelta(hours=24)
MOST, WITHIN = 3, timedelta(hours=1)


def ask(order_id: int, email: str) -> None:
    """Mail a link to the new address; nothing changes before its button is pressed. Raises Refusal."""
    order, moment = placing.lock(order_id), clock.now()
    if email == order.party.email:
        raise Refusal("same_address", _("The order has this address already."), field="email")
    recent = select(func.count()).where(EmailChange.order_id == order_id, EmailChange.created_at > moment - WITHIN)
    if (db.session.scalar(recent) or 0) >= MOST:
        sentence = _("Three addresses were tried within an hour. Please try again later.")
        raise Refusal("too_many_addresses", sentence, status=429)
    change = EmailChange(
        order_id=order_id,
        email_before=order.party.email,
        email=email,
        digest=tokens.digest(tokens.new_token()),
        created_at=moment,
        expires_at=moment + LIFETIME,
    )
    db.session.add(change)
    db.session.flush()
    _write(order, "confirm_email", f"confirm-email:{change.id}", email, change_id=change.id)


def draw(change_id: int) -> str:
    """The secret of the link, drawn while its letter is written; in the caller's transaction."""
    secret = tokens.new_token()
    values = {"digest": tokens.digest(secret), "expires_at": clock.now() + LIFETIME}
    changed(update(EmailChange).where(EmailChange.id == change_id).values(**values))
    return secret


def get(secret: str) -> EmailChange:
    """The change behind a link; raises NotFound, or Refusal 410 when it was used, withdrawn or left too long."""
    found = db.session.scalars(select(EmailChange).where(EmailChange.digest == tokens.digest(secret))).one_or_none()
    if found is None:
        raise NotFound(_("This page does not exist, or it is not for you."))
    if found.used_at is not None or found.expires_at <= clock.now():
        raise Refusal("too_late", _("This link was used before, or it is too old."), status=410)
    return found


def confirm(secret: str) -> Order:
    """The new address is the order's from now on; the letter with the tickets goes there. Raises as `get`."""
    change_id = get(secret).id
    order = placing.lock(get(secret).order_id)
    change = db.session.get_one(EmailChange, change_id, populate_existing=True)
    if not _first(change) or order.party.email != change.email_before:
        raise Refusal("too_late", _("This link was used before, or it is too old."), status=410)
    changed(update(Party).where(Party.id == order.party_id).values(email=change.email))
    db.session.refresh(order.party)
    proving.withdraw(order.id)
    _send_tickets(order)
    _write(order, "email_changed", f"email-changed:{change.id}", change.email_before, order_id=order.id)
    trail.note("buyer", "order.email_changed", order.code, order.organisation_id)
    return order


def _first(change: EmailChange) -> bool:
    """First come, first served; every other link of the order is withdrawn with it."""
    moment = clock.now()
    unused = update(EmailChange).where(EmailChange.order_id == change.order_id, EmailChange.used_at.is_(None))
    won = changed(unused.where(EmailChange.id == change.id).values(used_at=moment)) == 1
    changed(unused.values(used_at=moment))
    return won


def _send_tickets(order: Order) -> None:
    """To the new address, if they were sent (or were about to be)."""
    letter = db.session.scalars(select(Letter).filter_by(key=f"order-paid:{order.id}")).one_or_none()
    if letter is not None:
        changed(update(Letter).where(Letter.id == letter.id).values(recipient_email=order.party.email))
        outbox.resend(letter.id)


def _write(order: Order, kind: str, key: str, email: str, **args: int) -> None:
    name, language = order.party.name, order.party.language
    outbox.put(kind, key, name=name, email=email, language=language, event_id=order.event_id, **args)
