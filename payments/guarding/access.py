"""The guard's eyes at the edge: where a request comes from, and the page that asks for a pass."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue

from events.catalogue.models import Event
from events.core import clock
from payments.guarding import breaker, passes, tallies

Address = IPv4Address | IPv6Address
OWN_FIELDS = ("csrf_token", "pass", "answer")


def network() -> str | None:
    """The visitor's network: an IPv4 address, or the /64 that one household or hall has in IPv6.

    None for this machine itself: behind a proxy that no setting names, everybody would seem to sit here.
    """
    address = _visitor()
    if address is None or address.is_loopback:
        return None
    return str(address) if address.version == 4 else str(IPv6Network((address, 64), strict=False))


def ask_for_pass(event: Event) -> ResponseReturnValue | None:
    """The page "one moment" when the breaker is out and the form carries no good pass; None when the order may go on.

    It carries all that was typed, and goes on by computing or by waiting.
    """
    if not breaker.is_out():
        return None
    moment, secret = clock.now(), str(current_app.config["SECRET_KEY"])
    given = passes.read(secret, request.form.get("pass", ""), moment)
    if given and passes.is_good(given, request.form.get("answer", ""), moment) and not tallies.count(_key(given.salt)):
        return None
    if given is None or tallies.count(_key(given.salt)):
        given = passes.issue(secret, moment)
    seconds = passes.seconds_left(given, moment)
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS]
    page = render_template(
        "payments/guarding/one_moment.html",
        event=event,
        given=given,
        seconds=seconds,
        typed=typed,
        hardest=passes.HARDEST,
    )
    return page, 429, {"Retry-After": str(seconds)}


def use_pass() -> bool:
    """Spend the form's pass, in the caller's transaction; False when it was spent before. True where none is given."""
    text = request.form.get("pass", "")
    return not text or tallies.once(_key(text.partition(".")[0]))


def _key(salt: str) -> str:
    return f"pass:{salt[:64]}"


def _visitor() -> Address | None:
    """The nearest address that is no proxy of ours, from the right: what stands further left anybody can write."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    names = [name.strip() for name in forwarded.split(",")] if forwarded else []
    address = _parsed(request.remote_addr or "")
    while names and address is not None and _is_proxy(address):
        further = _parsed(names.pop())
        if further is None:
            break
        address = further
    return address


def _is_proxy(address: Address) -> bool:
    return any(address in ip_network(name) for name in current_app.config["TRUSTED_PROXIES"])


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
