"""Sending to an address that somebody typed, and to no machine of our own: not by name, not by redirect, not by luck.

The name is resolved once, every address it has must be public, and the connection goes to one that was looked at: a
second answer of the name server changes nothing. Redirects are not followed and the answer's body is not read.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from events.core.i18n import gettext as _
from events.core.refusal import Refusal

LONGEST_ADDRESS = 500
PATIENCE = 10.0
"""Seconds for each step; the whole takes no more than twice as long."""

THIS_MACHINE = "127.0.0.1"
_NAT64 = IPv6Network("64:ff9b::/96")


class Unreachable(Exception):  # noqa: N818 - the other side's matter, told to staff as it is
    """Nothing was sent, or nobody answered; the message is short and names no address of ours."""


def check(url: str, *, demo: bool) -> None:
    """Raise Refusal `bad_address` for what could not be sent to, as far as its form tells."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    odd = parts.username is not None or parts.password is not None or parts.fragment or port == 0
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_ADDRESS
    if odd or not parts.hostname or not plain:
        raise _bad(_("Please give a whole address that begins with https://."))
    if not _may_be_asked(parts, demo):
        raise _bad(_("Only https:// addresses on the open Internet can be told."))


def _may_be_asked(parts: SplitResult, demo: bool) -> bool:
    if _is_own(parts, demo):
        return True
    with suppress(ValueError):
        return parts.scheme == "https" and is_public(ip_address(parts.hostname or ""))
    return parts.scheme == "https"


def _is_own(parts: SplitResult, demo: bool) -> bool:
    """A program on this machine, in the demonstration alone."""
    return demo and parts.scheme == "http" and parts.hostname == THIS_MACHINE


def _bad(sentence: str) -> Refusal:
    return Refusal("bad_address", sentence, field="url")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the open Internet; one that carries another (mapped, 6to4, NAT64) counts as that one."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or (inside is not None and not is_public(inside)):
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, all of them public; raises Unreachable when one is not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("the name is not known") from error
    addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
    if not addresses or not all(is_public(ip_address(one)) for one in addresses):
        raise Unreachable("the name leads to an address that is not public")
    return addresses


class _Pinned(HTTPConnection):
    """A connection to addresses that were looked at; TLS still speaks to the name."""

    def __init__(self, parts: SplitResult, addresses: Sequence[str], context: ssl.SSLContext | None) -> None:
        usual = 443 if context else 80
        super().__init__(parts.hostname or "", parts.port or usual, timeout=PATIENCE)
        self.default_port = usual
        self._addresses, self._tls = addresses, context

    def connect(self) -> None:
        """To the first address that answers."""
        for number, address in enumerate(self._addresses, 1):
            try:
                self.sock = socket.create_connection((address, self.port), PATIENCE / len(self._addresses))
                break
            except OSError:
                if number == len(self._addresses):
                    raise
        self.sock.settimeout(PATIENCE)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)


def post(url: str, body: bytes, headers: Mapping[str, str], *, demo: bool) -> int:
    """POST and return the status of the answer. Raises Unreachable. No transaction may be open."""
    parts = urlsplit(url)
    if not _may_be_asked(parts, demo):
        raise Unreachable("the address is not public")
    own, port = _is_own(parts, demo), parts.port or 443
    addresses = [THIS_MACHINE] if own else resolve(parts.hostname or "", port)
    connection = _Pinned(parts, addresses, None if own else ssl.create_default_context())
    # Each step has a time limit of its own; who answers a letter at a time is cut off by the clock.
    clock = Timer(2 * PATIENCE, _cut, [connection])
    clock.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {**headers, "Content-Type": "application/json", "Connection": "close"})
        return connection.getresponse().status
    except ssl.SSLError as error:
        raise Unreachable("its certificate is not accepted") from error
    except TimeoutError as error:
        raise Unreachable("it did not answer in time") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable("it could not be reached") from error
    finally:
        clock.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
