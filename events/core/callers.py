"""Where a request comes from: the network of whoever sent it, seen through the proxies that the settings name, and the
app around the browser it was sent with."""

import re
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


_LINE = re.compile(r"\bLine/\d")
_OTHER_APPS = re.compile(r"\bFB(?:AN|AV|_IAB)/|\bInstagram\b|\bMicroMessenger/|\bmusical_ly|; wv\)")
"""What browsers inside Facebook, Messenger, Instagram, WeChat, TikTok and further apps of Android call themselves."""


def app_around() -> str:
    """The app in whose own browser this page is read: line, other, or empty for a browser proper.

    Such browsers open no second window, and on Android no file either; they do so in silence.
    """
    name = request.user_agent.string
    return "line" if _LINE.search(name) else "other" if _OTHER_APPS.search(name) else ""


def openable(address: str) -> str:
    """The address of a file, for a link of the page: LINE hands on to the telephone's browser what is marked so."""
    if app_around() != "line":
        return address
    return f"{address}{'&' if '?' in address else '?'}openExternalBrowser=1"


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
