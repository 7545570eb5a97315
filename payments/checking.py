"""The configuration doctor: every problem as a sentence with its mend. Prints no secret, changes nothing."""

import smtplib
from collections.abc import Callable, Iterator, Mapping

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from events.catalogue.models import Event
from events.core import clock, migrating
from events.core.db import db, end_reading
from events.core.settings import Settings, SettingsError, environment, load
from events.tickets import wallets
from payments.gateway.failures import GatewayError
from payments.gateway.notices import EVENT_TYPES
from payments.gateway.stripe_api import current_gateway
from payments.orders.prices import check_prices

PATIENCE = 10.0
"""Seconds for the mail server's answer."""


def given() -> Mapping[str, str]:
    """What the environment says."""
    return environment()


def problems(factory: Callable[..., Flask], values: Mapping[str, str]) -> list[str]:
    """One sentence per problem; an empty list is good news."""
    try:
        settings = load(values)
    except SettingsError as error:
        return [str(error)]
    found = [*_secrets(settings), *_address(settings), *_mail(settings), *_wallets(settings)]
    try:
        app = factory(values)
        with app.app_context():
            found += [*_database(), *_prices(), *_stripe(settings)]
    except SQLAlchemyError as error:
        found.append(f"The database cannot be opened ({type(error).__name__}): look at DATABASE_URL.")
    return found


def _secrets(settings: Settings) -> Iterator[str]:
    if len(set(settings.secret_key)) < 10:
        yield "SECRET_KEY is too regular to be a secret: draw a random one."


def _address(settings: Settings) -> Iterator[str]:
    local = settings.host.startswith(("127.0.0.1", "localhost"))
    if not settings.is_https and not local:
        yield "PUBLIC_URL is not https: phones refuse the camera and cookies travel in the open. Put TLS before it."
    if settings.is_https and not local and not settings.trusted_proxies:
        yield (
            "TRUSTED_PROXIES is not set, though PUBLIC_URL is https: behind the proxy that ends TLS all visitors look "
            "alike, and limits by network cannot work. Give its address, such as TRUSTED_PROXIES=127.0.0.1."
        )
    if settings.live and local:
        yield "PUBLIC_URL is this machine, but the Stripe key is live: nobody else could open the tickets."


def _mail(settings: Settings) -> Iterator[str]:
    if not settings.mail_server:
        yield "MAIL_SERVER is not set: no letter would ever leave."
        return
    if not settings.mail_default_sender:
        yield "MAIL_DEFAULT_SENDER is not set: letters need a sender, such as Tickets <tickets@example.org>."
    try:
        with smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=PATIENCE) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        yield f"The mail server {settings.mail_server}:{settings.mail_port} does not answer ({error})."


def _wallets(settings: Settings) -> Iterator[str]:
    """Files of the telephones' wallets; nothing where they are not configured."""
    try:
        yield from wallets.worries(wallets.read(settings), clock.now())
    except SettingsError as error:
        yield str(error)


def _database() -> Iterator[str]:
    if not migrating.is_current(db.engine):
        yield "The database is not at the newest schema: run `bonsoir migrate`."
    end_reading()


def _prices() -> Iterator[str]:
    """Prices that Stripe would refuse, found before a donor finds them."""
    if migrating.is_current(db.engine):
        for event in db.session.scalars(select(Event).where(Event.status == "published", Event.ends_at > clock.now())):
            yield from (f"{event.slug}: {sentence}" for sentence in check_prices(event))
    end_reading()


def _stripe(settings: Settings) -> Iterator[str]:
    if not settings.stripe_secret_key:
        yield "STRIPE_SECRET_KEY is not set: nobody could pay. A test key begins with sk_test_."
        return
    if not settings.stripe_webhook_secret:
        yield "STRIPE_WEBHOOK_SECRET is not set: webhooks would all be refused. It begins with whsec_."
    try:
        endpoints = current_gateway().get_webhook_endpoints()
    except GatewayError as error:
        yield f"Stripe does not accept the key, or cannot be reached: {error}"
        return
    wanted = f"{settings.public_url}/webhooks/stripe"
    ours = next((endpoint for endpoint in endpoints if endpoint.url == wanted), None)
    if ours is None:
        yield f"Stripe knows no webhook endpoint {wanted}: add it in Stripe's dashboard."
    elif "*" not in ours.enabled_events and (missing := sorted(set(EVENT_TYPES) - set(ours.enabled_events))):
        yield f"The webhook endpoint is not set to send: {', '.join(missing)}."
    yield from _clock()


def _clock() -> Iterator[str]:
    if clock.now().year < 2026:
        yield "This machine's clock is wrong: signatures of webhooks would be refused."
