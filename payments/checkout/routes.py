"""The order form, and the bill while one fills it in."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events.catalogue import offers
from events.catalogue.codes import DiscountCode, find_code
from events.catalogue.finding import get_event_on_offer
from events.catalogue.models import Event
from events.core import assets, callers, clock, i18n, own_page, tokens
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.web import come_by, source_of
from events.team.access import public
from payments.checkout import begin, offered, return_routes
from payments.checkout.begin import Buyer
from payments.checkout.forms import OrderForm, Typed, choice_of, field_of, read_buyer, read_wish
from payments.giving import extras
from payments.guarding import access, admitting, repeats
from payments.guarding.admitting import Caller
from payments.orders import fees
from payments.orders.billing import Bill, bill
from payments.orders.placing import Placed
from payments.orders.pricing import Quote, Wish, check_code, is_shown, quote
from payments.waiting import taking
from payments.waiting.taking import Offer

blueprint = Blueprint("checkout", __name__)

FOUND_AGAIN = {"Cache-Control": assets.ASKING_FIRST}
"""Whoever comes back to the form from the pay page finds what was typed, and no question whether to send it again."""


@blueprint.get("/e/<slug>/order")
@public
def order_form(slug: str) -> ResponseReturnValue:
    """An empty form; `?gift=` and `?code=` fill in what links of ours promise, `?from=` says where it was found."""
    event = _event(slug)
    if clock.now() >= event.sales_end_at or event.status != "published":
        return redirect(url_for("catalogue.event", slug=slug, lang=i18n.language()))
    given = {name: request.args.get(name, "") for name in ("gift", "code")}
    typed = read_wish(event, given)
    known = {"lang": i18n.language(), "source": source_of(request.args)}
    page = _page(event, OrderForm(data=given | known), typed, typed.mistakes, extras.begin(event))
    return page, FOUND_AGAIN


@blueprint.post("/e/<slug>/order")
@public
def order(slug: str) -> ResponseReturnValue:
    """Hold the seats and go to the pay page; or say what is wrong, with everything that was typed."""
    event, given = _in_its_words(offers.get(slug)), _given()
    typed, more = read_wish(event, given), extras.read(event, given)
    if "suggested" in given or given.get("action") == "total":
        _bill(event, typed)
        return _page(_event(slug), _form(given), typed, typed.mistakes, extras.unjudged(event, given)), FOUND_AGAIN
    buyer = read_buyer(given, i18n.language()) if own_page.is_token(given.get("csrf_token")) else None
    if buyer is None or typed.mistakes or more.mistakes:
        form = _form(given)
        form.validate()
        _bill(event, typed, sent=True)
        mistakes = typed.mistakes | form.mistakes() | more.mistakes
        return _page(_event(slug), form, typed, mistakes, more), 422, FOUND_AGAIN
    if (one_moment := access.ask_for_pass(event)) is not None:
        return one_moment
    sent = repeats.digest(session.get("csrf_token") or tokens.new_token(), request.path, access.typed())
    try:
        placed, attempt_id = _place(event, buyer, typed.wish, more, sent)
    except Refusal as refusal:
        if (token := repeats.token_of(sent)) is not None:  # perhaps refused because of the seats that this one keeps
            return redirect(url_for("checkout.pay", token=token), 303)
        field = field_of(event := _event(slug), typed.wish, refusal)
        return _page(event, _form(given), typed, {field: refusal.sentence}, more), refusal.status, FOUND_AGAIN
    address = begin.open_page(attempt_id) if attempt_id is not None else None
    return redirect(address or url_for("orders.order", token=placed.token), 303)


@blueprint.get("/w/<secret>/order")
@public
def take(secret: str) -> ResponseReturnValue:
    """The same form for places that the waiting list has offered: nobody else can take them meanwhile."""
    group = taking.find(secret).group
    g.language = group.language
    event, known = _event(group.event.slug), {"name": group.name, "email": group.email, "lang": i18n.language()}
    wish = Wish({group.ticket_type.public_id: group.count})
    return _page(event, OrderForm(data=known), Typed(wish), {}, extras.begin(event))


@blueprint.post("/e/<slug>/order/quote")
@public
def order_quote(slug: str) -> Response:
    """The bill for what is in the form now: what the script shows, computed where prices are."""
    event = _event(slug)
    typed = read_wish(event, request.form)
    if (made := _bill(event, typed)) is None:
        return jsonify({"lines": [], "total": None, "mistakes": typed.mistakes})
    return jsonify(made.as_json() | {"mistakes": typed.mistakes})


def _place(event: Event, buyer: Buyer, wish: Wish, more: extras.Extras, sent: str) -> tuple[Placed, int | None]:
    """The order, and the attempt whose pay page is to be opened. Raises Refusal."""
    with transaction():
        event = offers.still(event)
        priced = quote(event, wish, clock.now(), find_code(event.id, wish.code))
        remember = _admit(event, priced, buyer.email)
        repeats.check(sent)

        def also(placed: Placed) -> None:
            extras.keep(placed, more)
            remember(placed.party_id)
            repeats.remember(sent, placed.id)

        return offered.begin_order(event, priced, buyer, wish, request.form.get("offer", ""), also)


def _admit(event: Event, priced: Quote, email: str) -> Callable[[int], None]:
    """Whether one more order may be placed from here; raises Refusal."""
    if not access.use_pass():
        raise Refusal("pass_spent", _("Please press the button once more."), status=429)
    seats = sum(count * ticket_type.bundle_size for ticket_type, count in priced.wanted)
    return admitting.admit(Caller(email, callers.network()), seats, event.time_zone)


def _offer() -> Offer | None:
    """The offer of the waiting list that this form is for."""
    secret = request.form.get("offer") or (request.view_args or {}).get("secret")
    return taking.find(secret) if secret else None


def _event(slug: str) -> Event:
    """The evening with the places that are left, for a page of the form."""
    return _in_its_words(get_event_on_offer(slug))


def _in_its_words(event: Event) -> Event:
    wanted = request.args.get("lang") or request.form.get("lang")
    if wanted in event.languages:
        g.language = wanted
    return event


def _given() -> dict[str, str]:
    """What was typed; a suggested gift that was pressed stands in its field, and goes from it when pressed again."""
    given = request.form.to_dict()
    if (wanted := given.get("suggested")) is not None:
        given["gift"] = "" if given.get("gift", "").strip() == wanted else wanted
    return given


def _form(given: Mapping[str, str]) -> OrderForm:
    """What was typed, as the page shows it again."""
    form = OrderForm()
    form.gift.data = given.get("gift", "")
    return form


def _page(event: Event, form: OrderForm, typed: Typed, mistakes: dict[str, str], more: extras.Extras) -> str:
    made = _bill(event, typed)
    code = _shown_code(event, typed.wish)
    shown = [ticket_type for ticket_type in event.ticket_types if is_shown(ticket_type, code)]
    offer = _offer()
    choices = [choice_of(ticket_type, request.form, mistakes, clock.now()) for ticket_type in shown]
    context: dict[str, Any] = {
        "event": event,
        "form": form,
        "choices": [offered.choice(offer, request.form, mistakes)] if offer else choices,
        "offer": offer,
        "mistakes": [(name, sentence) for name, sentence in mistakes.items()],
        "quote": made,
        "good_code": code,
        "fee_hint": fees.hint(event),
        "more": more,
        "told": more.told,
        "language_urls": {
            code: url_for("checkout.take", secret=offer.secret, lang=code)
            if offer
            else url_for("checkout.order_form", slug=event.slug, lang=code, **come_by(form.source.data))
            for code in event.languages
        },
    }
    return render_template("payments/checkout/order_form.html", **context)


def _shown_code(event: Event, wish: Wish) -> DiscountCode | None:
    """The code that was typed, if it is good now: it may open hidden tickets."""
    try:
        return _good_code(event, wish)
    except Refusal:
        return None


def _good_code(event: Event, wish: Wish) -> DiscountCode | None:
    return check_code(event, find_code(event.id, wish.code), clock.now()) if wish.code else None


def _bill(event: Event, typed: Typed, sent: bool = False) -> Bill | None:
    """The bill of what could be read; a refusal becomes a mistake (an empty order is one when it is `sent`)."""
    if typed.mistakes:
        return None
    try:
        code = _good_code(event, typed.wish)
        if not sent and not (typed.wish.gift or any(typed.wish.tickets.values())):
            return None
        return bill(quote(event, typed.wish, clock.now(), code))
    except Refusal as refusal:
        typed.mistakes[field_of(event, typed.wish, refusal)] = refusal.sentence
        return None


for address, view, methods in return_routes.ADDRESSES:
    blueprint.add_url_rule(address, view_func=view, methods=methods)
