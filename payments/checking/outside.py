"""What others see of us and we of them: the public address, its certificate, the mail server, Stripe and its clock."""

import json
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr
from http.client import HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from events.core import clock
from events.core.settings import Settings
from payments.gateway.answers import WebhookEndpoint
from payments.gateway.failures import GatewayError, ProviderUnavailable
from payments.gateway.notices import EVENT_TYPES
from payments.gateway.stripe_api import current_gateway

PATIENCE = 10.0
"""Seconds for anybody's answer."""
_EXAMPLE = "put_yours_here"
"""What the quick start writes where a person's own value belongs."""
RENEW_WITHIN = timedelta(days=14)
MOST_SKEW = timedelta(seconds=30)
"""Stripe's signatures are refused at five minutes, codes of authenticator apps at half of one."""


def address(settings: Settings) -> Iterator[str]:
    """The public address as it is configured."""
    local = _is_local(settings)
    if not settings.is_https and not local:
        yield "PUBLIC_URL is not https: phones refuse the camera and cookies travel in the open. Put TLS before it."
    if settings.is_https and not local and not settings.trusted_proxies:
        yield (
            "TRUSTED_PROXIES is not set, though PUBLIC_URL is https: behind the proxy that ends TLS all visitors look "
            "alike, and limits by network cannot work. Give its address, such as TRUSTED_PROXIES=127.0.0.1."
        )
    if any(network.endswith("/0") for network in settings.trusted_proxies):
        yield "TRUSTED_PROXIES believes everybody: name your own proxies, such as TRUSTED_PROXIES=127.0.0.1."
    if settings.live and local:
        yield "PUBLIC_URL is this machine, but the Stripe key is live: nobody else could open the tickets."


def certificate(settings: Settings) -> Iterator[str]:
    """Whether visitors get an answer there, under a certificate that will last."""
    if not settings.is_https or _is_local(settings):
        return
    name = settings.host
    try:
        ends, told = _ask(settings.public_url)
    except ssl.SSLCertVerificationError as error:
        yield f"Browsers refuse the certificate of {name} ({error.verify_message}): renew it, and name the whole chain."
        return
    except (OSError, HTTPException, ValueError) as error:
        yield f"{settings.public_url} cannot be reached from here ({type(error).__name__}): does the proxy run?"
        return
    left = (ends - clock.now()).days
    if left < RENEW_WITHIN.days:
        yield f"The certificate of {name} ends in {left} days: does its renewal run?"
    if told != {"status": "alive"}:
        yield f"{settings.public_url}/healthz is not answered by Bonsoir: start `bonsoir serve`, or look at the proxy."


def mail(settings: Settings) -> Iterator[str]:
    """Whether letters could leave."""
    if not settings.mail_server:
        yield "MAIL_SERVER is not set: no letter would ever leave."
        return
    if not settings.mail_default_sender:
        yield "MAIL_DEFAULT_SENDER is not set: letters need a sender, such as Tickets <tickets@example.org>."
    elif "@" not in parseaddr(settings.mail_default_sender)[1]:
        yield "MAIL_DEFAULT_SENDER has no address in it: write it like Tickets <tickets@example.org>."
    if settings.mail_password and not settings.mail_use_tls:
        yield "MAIL_USE_TLS is not set, though there is a password: it would travel in the open. Set MAIL_USE_TLS=1."
    where = f"The mail server {settings.mail_server}:{settings.mail_port}"
    try:
        _greet(settings)
    except smtplib.SMTPAuthenticationError:
        yield f"{where} refuses MAIL_USERNAME and MAIL_PASSWORD: correct them."
    except (ssl.SSLError, smtplib.SMTPNotSupportedError):
        yield f"{where} offers no TLS that can be trusted: name it as its certificate does, or another port."
    except (OSError, smtplib.SMTPException) as error:
        yield f"{where} does not answer ({type(error).__name__}): look at MAIL_SERVER, MAIL_PORT and the firewall."


def stripe(settings: Settings) -> Iterator[str]:
    """Key, webhook and clock, as Stripe sees them."""
    if not settings.stripe_secret_key:
        yield "STRIPE_SECRET_KEY is not set: nobody could pay. A test key begins with sk_test_."
        return
    if not settings.stripe_secret_key.startswith(("sk_", "rk_")):
        yield "STRIPE_SECRET_KEY begins with neither sk_ nor rk_: it is another value of Stripe's. Copy it anew."
    if _EXAMPLE in settings.stripe_secret_key + settings.stripe_webhook_secret:
        yield "STRIPE_SECRET_KEY or STRIPE_WEBHOOK_SECRET is still the example's: put your own there."
    if not settings.stripe_webhook_secret:
        yield "STRIPE_WEBHOOK_SECRET is not set: webhooks would all be refused. It begins with whsec_."
    elif not settings.stripe_webhook_secret.startswith("whsec_"):
        yield "STRIPE_WEBHOOK_SECRET does not begin with whsec_: it is another value of Stripe's. Copy it anew."
    try:
        endpoints, theirs = current_gateway().get_webhook_endpoints(), current_gateway().get_time()
    except ProviderUnavailable:
        yield "Stripe does not answer: look at status.stripe.com, at STRIPE_API_BASE and the firewall."
        return
    except GatewayError as error:
        yield f"Stripe does not accept STRIPE_SECRET_KEY: {error}"
        return
    yield from _endpoint(f"{settings.public_url}/webhooks/stripe", endpoints)
    yield from _clock(theirs)


def _endpoint(wanted: str, endpoints: list[WebhookEndpoint]) -> Iterator[str]:
    ours = next((endpoint for endpoint in endpoints if endpoint.url == wanted), None)
    if ours is None:
        yield f"Stripe knows no webhook endpoint {wanted}: add it in Stripe's dashboard."
        return
    if ours.status != "enabled":
        yield f"The webhook endpoint {wanted} is {ours.status}: enable it in Stripe's dashboard."
    if "*" not in ours.enabled_events and (missing := sorted(set(EVENT_TYPES) - set(ours.enabled_events))):
        yield f"The webhook endpoint is not set to send: {', '.join(missing)}."


def _clock(theirs: datetime | None) -> Iterator[str]:
    if theirs is None:
        return
    ahead = clock.now() - theirs
    if abs(ahead) > MOST_SKEW:
        way = "ahead of" if ahead > timedelta() else "behind"
        yield (
            f"This machine's clock is {abs(ahead).total_seconds():.0f} seconds {way} Stripe's: signatures of webhooks "
            "and codes of authenticator apps would be refused. Let it follow a time server."
        )


def _ask(public_url: str) -> tuple[datetime, Any]:
    """When the certificate ends, and what /healthz says there."""
    parts = urlsplit(public_url)
    with closing(HTTPSConnection(parts.hostname or "", parts.port, timeout=PATIENCE)) as connection:
        connection.connect()
        seconds = ssl.cert_time_to_seconds(str(_peer(connection).get("notAfter", "")))
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        body = answer.read(1000)
        return datetime.fromtimestamp(seconds, UTC), json.loads(body) if answer.status == 200 else None


def _peer(connection: HTTPSConnection) -> Mapping[str, Any]:
    """Its certificate's facts; nothing where the connection is none of TLS."""
    return (connection.sock.getpeercert() or {}) if isinstance(connection.sock, ssl.SSLSocket) else {}


def _greet(settings: Settings) -> None:
    """As a letter's delivery begins."""
    with smtplib.SMTP(settings.mail_server, settings.mail_port, timeout=PATIENCE) as server:
        if settings.mail_use_tls:
            server.starttls(context=ssl.create_default_context())
        if settings.mail_username and settings.mail_password:
            server.login(settings.mail_username, settings.mail_password)
        server.noop()


def _is_local(settings: Settings) -> bool:
    return settings.host.startswith(("127.0.0.1", "localhost"))
