"""The order form, the bill while one fills it in, and the way back from the pay page."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.codes import DiscountCode, find_code
from events.catalogue.finding import get_event_on_offer
from events.catalogue.kept import carried
from events.catalogue.models import Event
from events.core import assets, callers, clock, i18n, tokens
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.web import come_by, source_of
from events.team.access import public
from payments.checkout import begin, confirming, offered, watching
from payments.checkout.begin import Buyer
from payments.checkout.forms import OrderForm, Typed, choice_of, field_of, read_wish
from payments.checkout.models import Attempt
from payments.gateway import turns
from payments.gateway.failures import GatewayError
from payments.giving import extras
from payments.guarding import access, admitting, repeats
from payments.guarding.admitting import Caller
from payments.orders import fees, lining, placing
from payments.orders.billing import Bill, bill
from payments.orders.models import Order
from payments.orders.pricing import Quote, Wish, check_code, is_shown, quote
from payments.waiting import taking
from payments.waiting.taking import Offer

blueprint = Blueprint("checkout", __name__)


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
    return page, {"Cache-Control": assets.ASKING_FIRST}  # whoever comes back to it finds what was typed


@blueprint.post("/e/<slug>/order")
@public
def order(slug: str) -> ResponseReturnValue:
    """Hold the seats and go to the pay page; or say what is wrong, with everything that was typed."""
    event, form, given = _event(slug), OrderForm(), _given()
    typed, more = read_wish(event, given), extras.read(event, given)
    form.gift.data = given.get("gift", "")
    if "suggested" in given or given.get("action") == "total":
        _bill(event, typed)
        return _page(event, form, typed, typed.mistakes, extras.unjudged(event, given))
    if not form.validate() or typed.mistakes or more.mistakes:
        _bill(event, typed, sent=True)
        return _page(event, form, typed, typed.mistakes | form.mistakes() | more.mistakes, more), 422
    if (one_moment := access.ask_for_pass(event)) is not None:
        return one_moment
    sent = repeats.digest(session.get("csrf_token") or tokens.new_token(), request.path, access.typed())
    try:
        placed, attempt_id = _place(event, form.buyer(i18n.language()), typed.wish, more, sent)
    except Refusal as refusal:
        if (token := repeats.token_of(sent)) is not None:  # perhaps refused because of the seats that this one keeps
            return redirect(url_for("checkout.pay", token=token), 303)
        field = field_of(event := _event(slug), typed.wish, refusal)
        return _page(event, form, typed, {field: refusal.sentence}, more), refusal.status
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


@blueprint.get("/o/<token>/pay")
@public
def pay(token: str) -> ResponseReturnValue:
    """On to the pay page of an order that is still held; where there is none, the order page says why.

    Whose turn in line is overdue asks for it here: the worker may be away.
    """
    found = placing.get_by_token(token)
    attempt = Attempt.live_of(found.id)
    line = lining.shown(found)
    if attempt is not None and attempt.status == "creating" and line is not None and line.overdue:
        return redirect(begin.open_page(attempt.id) or url_for("orders.order", token=token), 303)
    if attempt is None or not attempt.url or found.status != "held":
        # Its turn may come before that page is read: then it leads back here (`on`), where the way is open.
        return redirect(url_for("orders.order", token=token, on=1 if found.status == "waiting" else None))
    return redirect(attempt.url, 303)


@blueprint.get("/o/<token>/paid")
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


def _place(event: Event, buyer: Buyer, wish: Wish, more: extras.Extras, sent: str) -> tuple[Order, int | None]:
    """The order, and the attempt whose pay page is to be opened. Raises Refusal."""
    there = carried(event)
    with transaction():
        priced = quote(event := there(), wish, clock.now(), find_code(event.id, wish.code))
        remember = _admit(event, priced, buyer.email)
        repeats.check(sent)
        placed, attempt_id = offered.begin_order(event, priced, buyer, wish, request.form.get("offer", ""))
        extras.keep(placed, more)
        remember(placed.party_id)
        repeats.remember(sent, placed.id)
    return placed, attempt_id


def _admit(event: Event, priced: Quote, email: str) -> Callable[[int], None]:
    """Whether one more order may be placed from here; raises Refusal."""
    if not access.use_pass():
        raise Refusal("pass_spent", _("Please press the button once more."), status=429)
    seats = sum(count * ticket_type.bundle_size for ticket_type, count in priced.wanted)
    return admitting.admit(Caller(email, callers.network()), seats, event.time_zone)


@blueprint.route("/o/<token>/confirm/<secret>", methods=["GET", "POST"])
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


def _offer() -> Offer | None:
    """The offer of the waiting list that this form is for."""
    secret = request.form.get("offer") or (request.view_args or {}).get("secret")
    return taking.find(secret) if secret else None


def _event(slug: str) -> Event:
    event = get_event_on_offer(slug)
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
