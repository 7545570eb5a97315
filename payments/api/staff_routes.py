"""Staff pages: tokens of programs, addresses that are told what happens, and what they were told."""

from collections.abc import Callable
from datetime import timedelta

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.core import clock
from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.team import access
from events.team.access import MANAGERS, actor, asks_again, current_account
from payments.api import choosing, keys
from payments.api.forms import TokenForm, WebhookForm
from payments.api.scopes import MAKERS, SCOPES
from payments.hooks import endpoints, signing
from payments.hooks.kinds import KINDS
from payments.hooks.models import Delivery, Endpoint

SHOWN = 100
"""Messages on one page."""


def tokens() -> ResponseReturnValue:
    """The tokens, and the form of a new one."""
    _demand(MAKERS)
    return _tokens(TokenForm().for_account(current_account().id))


@asks_again
def make_token() -> ResponseReturnValue:
    """A new token: it is shown on the answer and never again."""
    _demand(MAKERS)
    account_id = current_account().id
    form = TokenForm().for_account(account_id)
    if not form.validate_on_submit():
        return _tokens(form), 422
    try:
        with transaction():
            _token, secret = keys.make(_draft(form.for_account(account_id)), account_id)
    except Refusal as refusal:
        form = form.for_account(account_id)
        form[refusal.field or "name"].errors = [refusal.sentence]
        return _tokens(form), refusal.status
    return _tokens(TokenForm(formdata=None).for_account(account_id), secret)


def _draft(form: TokenForm) -> keys.Draft:
    place, until = form.where(), clock.now() + timedelta(days=form.days.data)
    return keys.Draft(place.organisation.id, place.event_id, form.name.data or "", form.scopes.data or [], until)


def end_token(token_id: int) -> ResponseReturnValue:
    """It opens nothing any more."""
    _demand(MAKERS)
    account_id = current_account().id
    with transaction():
        keys.end(token_id, access.organisations(choosing.OWNER), account_id)
    return redirect(url_for("api.tokens", said="ended"), 303)


def webhooks() -> ResponseReturnValue:
    """The addresses, and the form of a new one."""
    _demand(MANAGERS)
    return _webhooks(WebhookForm().for_manager())


@asks_again
def add_webhook() -> ResponseReturnValue:
    """A new address; its secret is shown on the answer and never again."""
    _demand(MANAGERS)
    who, form = actor(), WebhookForm().for_manager()
    if not form.validate_on_submit():
        return _webhooks(form), 422
    try:
        with transaction():
            place = form.for_manager().where()
            url, kinds = (form.url.data or "").strip(), form.kinds.data or []
            made = endpoints.add(place.organisation.id, place.event_id, url, kinds, who)
            secret = signing.secret_of(made.nonce)
    except Refusal as refusal:
        form = form.for_manager()
        form[refusal.field or "url"].errors = [refusal.sentence]
        return _webhooks(form), refusal.status
    return _webhooks(WebhookForm(formdata=None).for_manager(), secret)


def webhook(webhook_id: int) -> ResponseReturnValue:
    """One address and its newest messages."""
    endpoint = _get(webhook_id)
    mine = select(Delivery).where(Delivery.endpoint_id == endpoint.id).order_by(Delivery.id.desc()).limit(SHOWN)
    return render_template(
        "payments/api/webhook.html",
        endpoint=endpoint,
        deliveries=db.session.scalars(mine).all(),
        kinds=KINDS,
        said=request.args.get("said"),
    )


def ping_webhook(webhook_id: int) -> ResponseReturnValue:
    """A test message."""
    return _do(webhook_id, "test", endpoints.ping)


def switch_webhook_on(webhook_id: int) -> ResponseReturnValue:
    """It is told again."""
    who = actor()
    return _do(webhook_id, "on", lambda endpoint: endpoints.switch_on(endpoint, who))


def send_again(webhook_id: int, delivery_id: int) -> ResponseReturnValue:
    """One message once more."""
    return _do(webhook_id, "again", lambda endpoint: endpoints.send_again(endpoint, delivery_id))


def remove_webhook(webhook_id: int) -> ResponseReturnValue:
    """It is told nothing more."""
    who = actor()
    with transaction():
        endpoints.remove(_get(webhook_id), who)
    return redirect(url_for("api.webhooks", said="removed"), 303)


def _do(webhook_id: int, said: str, act: Callable[[Endpoint], object]) -> ResponseReturnValue:
    with transaction():
        act(_get(webhook_id))
    return redirect(url_for("api.webhook", webhook_id=webhook_id, said=said), 303)


def _get(webhook_id: int) -> Endpoint:
    reach = access.events_in(MANAGERS, Endpoint.organisation_id, Endpoint.event_id)  # type: ignore[arg-type]
    return endpoints.get(webhook_id, reach)


def _demand(roles: tuple[str, ...]) -> None:
    if not access.serves(roles):
        raise NotFound(_("This page does not exist, or it is not for you."))


def _tokens(form: TokenForm, secret: str = "") -> str:
    return render_template(
        "payments/api/tokens.html",
        form=form,
        secret=secret,
        tokens=choosing.tokens(),
        scopes=SCOPES,
        now=clock.now(),
        said=request.args.get("said"),
    )


def _webhooks(form: WebhookForm, secret: str = "") -> str:
    return render_template(
        "payments/api/webhooks.html",
        form=form,
        secret=secret,
        endpoints=choosing.webhooks(),
        kinds=KINDS,
        said=request.args.get("said"),
    )


_ONE = "/webhooks/<int:webhook_id>"
ADDRESSES = (
    ("", tokens, ("GET",)),
    ("", make_token, ("POST",)),
    ("/tokens/<int:token_id>/end", end_token, ("POST",)),
    ("/webhooks", webhooks, ("GET",)),
    ("/webhooks", add_webhook, ("POST",)),
    (_ONE, webhook, ("GET",)),
    (f"{_ONE}/ping", ping_webhook, ("POST",)),
    (f"{_ONE}/on", switch_webhook_on, ("POST",)),
    (f"{_ONE}/remove", remove_webhook, ("POST",)),
    (f"{_ONE}/deliveries/<int:delivery_id>/again", send_again, ("POST",)),
)
