"""The proof that a browser typed an order's code: a signed cookie for that order alone, for a quarter of an hour."""

from datetime import timedelta

from flask import current_app, request, url_for
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.wrappers import Response

from events.core import clock, cookies, tokens
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.orders.models import Order

COOKIE = "buyer"
LIFETIME = timedelta(minutes=15)


def give(response: Response, order: Order) -> Response:
    """Let this browser change the order for a while."""
    until = int((clock.now() + LIFETIME).timestamp())
    response.set_cookie(
        cookies.named(COOKIE, cookies.SECURE),
        _serializer().dumps([order.id, _address(order), until]),
        max_age=LIFETIME,
        path=url_for("orders.order", token=order.token),
        secure=cookies.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


def has_proof(order: Order) -> bool:
    """Whether this browser typed a code of the order's not long ago. A new address ends it."""
    try:
        order_id, address, until = _serializer().loads(request.cookies.get(cookies.named(COOKIE, cookies.SECURE), ""))
    except (BadData, TypeError, ValueError):
        return False
    return bool(order_id == order.id and address == _address(order) and until > clock.now().timestamp())


def demand_proof(order: Order) -> None:
    """Raise Refusal 403 unless this browser has the proof."""
    if not has_proof(order):
        sentence = _("For this a fresh code is needed: ask for one on the order’s page. It comes by e-mail.")
        raise Refusal("code_needed", sentence, status=403)


def _address(order: Order) -> str:
    return tokens.digest(order.party.email)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="bonsoir-buyer")
