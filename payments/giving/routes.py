"""What goes with a gift: the buyer's page of wishes, and the organiser's list of whom to thank and may write to."""

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.core import clock, i18n, trail
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.guests import asking
from events.team.access import MANAGERS, actor, public
from payments.giving import listing, telling
from payments.giving.models import ORGANISERS
from payments.orders import placing
from payments.orders.models import Order

blueprint = Blueprint("giving", __name__)


@blueprint.get("/o/<token>/wishes")
@public
def wishes(token: str) -> ResponseReturnValue:
    """Dedication, anonymity, questions to whoever ordered, and who may write."""
    found = _order(token)
    asked = asking.Reading(asking.of_party(found.event_id, found.party_id))
    return _page(found, telling.of(found), asked)


@blueprint.post("/o/<token>/wishes")
@public
def keep(token: str) -> ResponseReturnValue:
    """Write them down, or say what is wrong beside it."""
    found = _order(token)
    told, asked = telling.read(found.event, request.form), _asked(found)
    told.consents = []  # consents are given with an order alone: this page's address may have been forwarded
    if told.mistakes or asked.mistakes:
        return _page(found, told, asked), 422
    _demand_time(found)
    with transaction():
        order = placing.lock(found.id)
        telling.keep(order, told)
        asking.keep_of_party(order.party_id, asked.answers, "buyer")
    return redirect(url_for(".wishes", token=token, lang=i18n.language(), said="saved"), 303)


@blueprint.post("/o/<token>/wishes/consents/<organiser>/withdraw")
@public
def withdraw(token: str, organiser: str) -> ResponseReturnValue:
    """From now on they may not write."""
    found = _order(token)
    if organiser not in ORGANISERS:
        raise NotFound(_("This page does not exist, or it is not for you."))
    with transaction():
        if telling.withdraw(found, organiser):
            trail.note("buyer", "consent.withdrawn", found.code, found.organisation_id, organiser=organiser)
    return redirect(url_for(".wishes", token=token, lang=i18n.language(), said="withdrawn"), 303)


@blueprint.get("/manage/<slug>/gifts")
def gifts(slug: str) -> ResponseReturnValue:
    """What guests answered, and what came with the orders: dedications, names to thank, answers, consents."""
    event = get_managed_event(slug, MANAGERS)
    return render_template(
        "payments/giving/gifts.html",
        event=event,
        givers=listing.givers(event),
        guests=listing.guest_answers(event),
        thanked=listing.thanked(event),
        organisers=listing.organisers(event),
    )


@blueprint.get("/manage/<slug>/gifts/<organiser>.csv")
def addresses(slug: str, organiser: str) -> Response:
    """Who may be written to by this organiser, with when and in which words; the trail notes who took it."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    if organiser not in ORGANISERS:
        raise NotFound(_("This page does not exist, or it is not for you."))
    with transaction():
        trail.note(who, "consents.exported", f"event:{event.id}", event.organisation_id, organiser=organiser)
    body = b"".join(listing.write_csv(get_managed_event(slug, MANAGERS), organiser))
    headers = {"Content-Disposition": f'attachment; filename="{slug}-{organiser}.csv"', "Cache-Control": "no-store"}
    return Response(body, content_type="text/csv; charset=utf-8", headers=headers)


def _order(token: str) -> Order:
    found = placing.get_by_token(token)
    wanted = request.args.get("lang")
    g.language = wanted if wanted in i18n.LANGUAGES else found.party.language
    return found


def _asked(order: Order) -> asking.Reading:
    return asking.read(asking.of_party(order.event_id, order.party_id), request.form)


def _demand_time(order: Order) -> None:
    if order.event.ends_at < clock.now():
        raise Refusal("too_late", _("This evening is over: nothing can be changed any more."), status=410)


def _page(order: Order, told: telling.Told, asked: asking.Reading) -> str:
    mistakes = told.mistakes | asked.mistakes
    return render_template(
        "payments/giving/wishes.html",
        order=order,
        event=order.event,
        told=told,
        asked=asked.asked,
        mistakes=list(mistakes.items()),
        past=order.event.ends_at < clock.now(),
        said=request.args.get("said"),
        language_urls={code: url_for(".wishes", token=order.token, lang=code) for code in order.event.languages},
    )
