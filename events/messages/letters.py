"""A message as a letter: in the reader's language, with what belongs to that reader alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import language
from events.core.refusal import NotFound
from events.guests.models import Guest, Party
from events.mail.links import absolute
from events.mail.message import Message
from events.messages import segments, texts
from events.messages.models import GuestMessage
from events.messages.texts import Places
from events.team.models import Account
from events.tickets.models import Ticket

LETTER: Final = "guest_message"


def guest_message(args: Mapping[str, Any]) -> Message:
    """The letter of one reader: a `guest_id`, a `party_id`, somebody else, or an `account_id` that tries it out."""
    message = db.session.get_one(GuestMessage, args["message_id"], populate_existing=True)
    if "account_id" in args:
        account = db.session.get_one(Account, args["account_id"])
        tried = compose(message, trial_places(message, account.name), args["reader"])
        return replace(tried, subject=_("[Test] %(subject)s", subject=tried.subject), headers={})
    return compose(message, _places(args, message), args["reader"])


def compose(message: GuestMessage, places: Places, reader: str) -> Message:
    """In the current language, or the evening's main one. `reader` is the digest that an objection is kept under."""
    event = message.event
    spoken = segments.language_for(message, event.language, language())
    text, headers = message.text.get(spoken, ""), dict[str, str]()
    context: dict[str, Any] = {
        "event": event,
        "organisation": event.organisation,
        "spoken": spoken,
        "html": texts.html(text, places),
        "plain": texts.plain(text, places),
        "appeal": message.purpose == "appeal",
    }
    if message.purpose == "appeal":
        context["stop_url"] = absolute("messages.unsubscribe", token=token_for(event.organisation_id, reader))
        headers["List-Unsubscribe"] = f"<{context['stop_url']}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    subject = texts.line(message.subject.get(spoken, ""), places)
    return Message(subject, "guest_message", context, reply_to=event.organisation.email, headers=headers)


def trial_places(message: GuestMessage, name: str) -> Places:
    """What a trial shows: the name of whoever tries, and the evening's page instead of somebody's own."""
    return Places(name, "4", absolute("catalogue.event", slug=message.event.slug))


def token_for(organisation_id: int, reader: str) -> str:
    """The secret of the address where a reader objects; it holds no mail address."""
    return str(_serializer().dumps([organisation_id, reader]))


def read_token(token: str) -> tuple[int, str]:
    """Organisation and reader of such an address; raises NotFound."""
    try:
        organisation_id, reader = _serializer().loads(token)
        return int(organisation_id), str(reader)
    except (BadData, TypeError, ValueError) as error:
        raise NotFound(_("This page does not exist. Please check the address in your letter.")) from error


def _places(args: Mapping[str, Any], message: GuestMessage) -> Places:
    if "guest_id" in args:
        query = select(Ticket.guest_name, Guest.table_name, Ticket.token).join(Guest, Guest.ticket_id == Ticket.id)
        name, table, token = db.session.execute(query.where(Guest.id == args["guest_id"])).one()
        return Places(name or "", table or "", absolute("tickets.ticket", token=token, lang=language()))
    if "party_id" not in args:
        return Places("", "", _page(message))
    party = db.session.get_one(Party, args["party_id"], populate_existing=True)
    link = segments.link_of(party.id) or _ticket_of(party.id) or _page(message)
    return Places(party.name, _tables_of(party.id), link)


def _tables_of(party_id: int) -> str:
    query = select(Guest.table_name).distinct().join(Ticket, Ticket.id == Guest.ticket_id)
    names = db.session.scalars(query.where(Guest.party_id == party_id, Ticket.status == "valid"))
    return ", ".join(sorted(filter(None, names)))


def _ticket_of(party_id: int) -> str | None:
    query = select(Ticket.token).where(Ticket.party_id == party_id, Ticket.status == "valid").order_by(Ticket.number)
    token = db.session.scalar(query.limit(1))
    return absolute("tickets.ticket", token=token, lang=language()) if token else None


def _page(message: GuestMessage) -> str:
    return absolute("catalogue.event", slug=message.event.slug)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="bonsoir-objection")
