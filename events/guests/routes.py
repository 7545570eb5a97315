"""A guest's own page, and the link by which a party's guests find their places. The addresses are the secrets."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.models import Event
from events.core import clock, i18n
from events.core.db import transaction
from events.core.refusal import Refusal
from events.guests import answering, asking, naming
from events.guests.asking import Asked, Reading
from events.guests.forms import ReplyForm
from events.guests.models import Guest
from events.team.access import public
from events.tickets.models import Ticket
from events.tickets.web import note_opening

blueprint = Blueprint("guests", __name__)
blueprint.add_app_template_filter(naming.told, "named")


@blueprint.route("/t/<token>/guest", methods=["GET", "POST"])
@public
def guest(token: str) -> ResponseReturnValue:
    """Who comes on this ticket, and what kitchen and door should know; the guest writes it down and changes it."""
    found = answering.get(token)
    _speak(found.party.language)
    note_opening(Ticket, found.ticket_id, found.ticket.opened_at)
    form, asked = ReplyForm(data=_known(found)), _read(asking.of_ticket(found.ticket))
    sent = request.method == "POST" and not i18n.is_asked_for_another()
    if sent and form.validate() and not asked.mistakes:
        with transaction():
            answering.answer(answering.get(token), form.reply(asked.answers))
        return redirect(url_for(".guest", token=token, lang=i18n.language(), said="saved"), 303)
    return _page("guest", found.ticket.event, form, asked, token=token, ticket=found.ticket), 422 if sent else 200


@blueprint.route("/g/<invitation>", methods=["GET", "POST"])
@public
def invitation(invitation: str) -> ResponseReturnValue:
    """One link for all guests of a party: whoever opens it takes a free place and gets a ticket of their own."""
    there = answering.invited(invitation)
    party = there.party
    _speak(party.language)
    form, asked = ReplyForm(), _read(asking.of_guests(party.event_id))
    status = 200
    if request.method == "POST" and not i18n.is_asked_for_another():
        status = 422
        if form.validate() and not asked.mistakes:
            try:
                with transaction():
                    token = answering.claim(invitation, form.reply(asked.answers)).token
                return redirect(url_for("tickets.ticket", token=token, lang=i18n.language(), said="welcome"), 303)
            except Refusal as refusal:
                form.name.errors, status = [refusal.sentence], refusal.status
    event, places = party.event, answering.places(there)
    past = event.ends_at < clock.now() or event.is_cancelled
    return _page("invitation", event, form, asked, there=there, party=party, places=places, past=past), status


def _read(asked: list[Asked]) -> Reading:
    """The organiser's questions, as they stand or as they were answered now."""
    if request.method != "POST":
        return Reading(asked)
    reading = asking.read(asked, request.form)
    return reading.unjudged if i18n.is_asked_for_another() else reading


def _speak(language: str) -> None:
    """The visitor's choice; else the language of whoever invited."""
    wanted = request.args.get("lang")
    g.language = wanted if wanted in i18n.LANGUAGES else language


def _known(found: Guest) -> dict[str, Any]:
    names = ("email", "alias", "diet", "allergies", "note")
    return {"name": found.ticket.guest_name or ""} | {name: getattr(found, name) for name in names}


def _page(name: str, event: Event, form: ReplyForm, reading: Reading, **context: Any) -> str:
    here = request.view_args or {}
    return render_template(
        f"events/guests/{name}.html",
        event=event,
        form=form,
        asked=reading.asked,
        mistakes=[*form.mistakes(), *reading.mistakes.items()],
        said=request.args.get("said"),
        language_urls={code: url_for(f".{name}", lang=code, **here) for code in event.languages},
        **context,
    )
