"""Where a request comes from: the network of whoever sent it, seen through the proxies that the settings name."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from flask import current_app, request

Address = IPv4Address | IPv6Address


def network() -> str | None:
    """The visitor's network: an IPv4 address, or the /64 that one household or hall has in IPv6.

    None for this machine itself: behind a proxy that no setting names, everybody would seem to sit here.
    """
    address = _visitor()
    if address is None or address.is_loopback:
        return None
    return str(address) if address.version == 4 else str(IPv6Network((address, 64), strict=False))


def from_proxy() -> bool:
    """Whether a proxy that the settings name hands this request on, so that its headers are believed."""
    address = _parsed(request.remote_addr or "")
    return address is not None and _is_proxy(address)


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
