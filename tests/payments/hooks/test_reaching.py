"""No message goes to a machine of ours, whatever somebody types, their name server says, or their server answers."""

import socket
import ssl
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from events.core.refusal import Refusal
from payments.hooks import reaching
from payments.hooks.reaching import Unreachable
from tests.payments.hooks.conftest import Receiver
from tests.support import certificates

PRIVATE = [
    *("127.0.0.1", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.1.2.3", "224.0.0.1"),
    *("255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "64:ff9b:1::1"),
]
PUBLIC = ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not reaching.is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_that_are(address: str) -> None:
    assert reaching.is_public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        *("", "hooks.example.org", "ftp://hooks.example.org/", "http://hooks.example.org/", "https://", "https:///x"),
        *("https://user:secret@hooks.example.org/", "https://hooks.example.org/#part", "https://127.0.0.1/"),
        *("https://[::1]/", "https://10.1.2.3:8443/x", "http://127.0.0.1:80/", "https://hooks.example.org:99999/"),
        *(
            "https://[nonsense/",
            "https://hooks.example.org/with space",
            "https://exämple.org/",
            "https://h/" + "x" * 600,
        ),
    ],
)
def test_addresses_that_are_refused_when_they_are_typed(url: str) -> None:
    with pytest.raises(Refusal) as refused:
        reaching.check(url, demo=False)
    assert refused.value.code == "bad_address"


def test_what_may_be_typed() -> None:
    reaching.check("https://hooks.example.org:8443/told?by=us", demo=False)
    reaching.check("http://127.0.0.1:8000/told", demo=True)
    with pytest.raises(Refusal):
        reaching.check("http://localhost:8000/told", demo=True)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["1.1.1.1", "10.0.0.5"], ["fe80::1%eth0"], ["::ffff:192.168.0.1"]])
def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch, found: list[str]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (one, 443)) for one in found])
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("connected"))
    with pytest.raises(Unreachable, match="not public"):
        reaching.post("https://hooks.example.org/", b"{}", {}, demo=True)


def test_the_address_that_was_looked_at_is_the_one_that_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, asked = [["1.1.1.1"], ["127.0.0.1"]], list[object]()

    def connect(address: tuple[str, int], _timeout: float) -> socket.socket:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: [(0, 0, 0, "", (one, 0)) for one in answers.pop(0)])
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(Unreachable, match="could not be reached"):
        reaching.post("https://hooks.example.org:8443/", b"{}", {}, demo=False)
    assert asked == [("1.1.1.1", 8443)]


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver) -> None:
    receiver.answers, receiver.headers = [307], {"Location": receiver.url}
    assert reaching.post(receiver.url, b"{}", {}, demo=True) == 307
    assert len(receiver.heard) == 1


def test_outside_the_demonstration_this_machine_is_not_told(receiver: Receiver) -> None:
    with pytest.raises(Unreachable):
        reaching.post(receiver.url, b"{}", {}, demo=False)
    assert receiver.heard == []


def test_who_answers_a_letter_at_a_time_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reaching, "PATIENCE", 0.15)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(Unreachable):  # the connection is taken, and nobody ever answers
            reaching.post(url, b"{}", {}, demo=True)


@pytest.mark.parametrize("trusted", [False, True], ids=["of nobody", "of another name"])
def test_a_receiver_must_show_a_certificate_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    shown = certificates.issue("other.example.org", None, ec.generate_private_key(ec.SECP256R1()))
    kept, key = tmp_path / "shown.pem", shown.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    kept.write_bytes(shown.certificate.public_bytes(Encoding.PEM) + key)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(kept)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(kept))
    monkeypatch.setattr(reaching, "resolve", lambda *_asked: ["127.0.0.1"])
    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = Thread(target=_greet, args=[server, context])
        serving.start()
        url = f"https://hooks.example.org:{server.getsockname()[1]}/"
        with pytest.raises(Unreachable, match="its certificate is not accepted"):
            reaching.post(url, b"{}", {}, demo=False)
        serving.join()


def _greet(server: socket.socket, context: ssl.SSLContext) -> None:
    """One handshake, which the other side breaks off."""
    connection, _address = server.accept()
    with connection, pytest.raises(OSError, match="."):
        context.wrap_socket(connection, server_side=True).recv(1)
