"""A ticket for Google's wallet: a link whose signature holds, with the evening and the guest in it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from events.core.settings import SettingsError, load
from events.tickets import wallets
from tests.events.tickets.conftest import ADDRESS, Seat, becomes, change_event, is_called, ticket_of
from tests.support import certificates
from tests.support.world import SETTINGS

SAVE = f"{ADDRESS}/google-wallet"
PLACE = "https://pay.google.com/gp/v/save/"


@pytest.fixture(scope="module")
def configured(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], rsa.RSAPublicKey]:
    """Google's wallet, and the key to check with."""
    return certificates.google(tmp_path_factory.mktemp("google"))


def bytes_of(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def claims_of(address: str, key: rsa.RSAPublicKey) -> dict[str, Any]:
    """The claims of the token at the end of an address. Raises InvalidSignature."""
    assert address.startswith(PLACE)
    head, body, signature = address.removeprefix(PLACE).split(".")
    key.verify(bytes_of(signature), f"{head}.{body}".encode(), PKCS1v15(), SHA256())
    assert json.loads(bytes_of(head)) == {"alg": "RS256", "typ": "JWT"}
    return dict(json.loads(bytes_of(body)))


def test_link_is_signed_and_says_whose_place_it_is(
    seat: Seat, configured: tuple[dict[str, str], rsa.RSAPublicKey]
) -> None:
    settings, key = configured
    guest = seat(**settings)
    assert "Add to Google Wallet" in guest.get(f"{ADDRESS}?lang=en").text
    answer = guest.get(f"{SAVE}?lang=en")
    assert answer.status_code == 303
    assert answer.headers["Referrer-Policy"] == "same-origin"  # Google is not told the ticket's address
    claims = claims_of(answer.location, key)
    ticket_id, code = ticket_of(guest)
    assert (claims["iss"], claims["aud"], claims["typ"]) == ("tickets@project.example", "google", "savetowallet")
    (evening,), (place,) = claims["payload"]["eventTicketClasses"], claims["payload"]["eventTicketObjects"]
    assert evening["eventName"]["defaultValue"] == {"language": "en", "value": "Dinner for all"}
    assert evening["dateTime"]["start"] == "2038-02-27T19:00+07:00"
    assert (place["id"], place["classId"]) == (f"{certificates.ISSUER}.ticket-{ticket_id}", evening["id"])
    assert place["barcode"]["value"] == code
    assert place["ticketHolderName"] == "A guest"


def test_changed_claims_are_found_out(seat: Seat, configured: tuple[dict[str, str], rsa.RSAPublicKey]) -> None:
    settings, key = configured
    head, body, signature = seat(**settings).get(SAVE).location.removeprefix(PLACE).split(".")
    other = base64.urlsafe_b64encode(bytes_of(body).replace(b"A guest", b"A thief")).rstrip(b"=").decode()
    assert other != body
    with pytest.raises(InvalidSignature):
        claims_of(f"{PLACE}{head}.{other}.{signature}", key)


def test_names_of_the_world_are_in_it_and_the_link_stays_short_enough(
    seat: Seat, configured: tuple[dict[str, str], rsa.RSAPublicKey]
) -> None:
    settings, key = configured
    guest = seat(**settings)
    title = {"fr": "Un soir, pour elles", "th": "ค่ำคืนหนึ่งเพื่อพวกเธอ"}
    change_event(guest, title=title, venue="ร้านอาหาร Bonjour Bonsoir กรุงเทพมหานคร")
    for name in ("ณัฐพงษ์ ศรีสุวรรณ", "=1+1", "O'Brien <b>", "شركة عبد الرحمن", "Zoé 🌸"):
        is_called(guest, name)
        address = guest.get(f"{SAVE}?lang=th").location
        (place,) = claims_of(address, key)["payload"]["eventTicketObjects"]
        assert place["ticketHolderName"] == name
        assert len(address) < 2_000


def test_ticket_that_opens_no_door_is_not_saved(
    seat: Seat, configured: tuple[dict[str, str], rsa.RSAPublicKey]
) -> None:
    guest = seat(**configured[0])
    for status in ("void", "replaced", "unpaid"):
        becomes(guest, status)
        assert guest.get(SAVE).status_code == 410
        assert "Wallet" not in guest.get(f"{ADDRESS}?lang=en").text


@pytest.mark.parametrize("written", ["no json", "{}", '{"client_email": "a@b.c", "private_key": "none"}', "[]"])
def test_file_that_is_no_service_account_is_told(tmp_path: Path, written: str) -> None:
    (tmp_path / "account.json").write_text(written, encoding="utf-8")
    settings = {"GOOGLE_WALLET_SERVICE_ACCOUNT": str(tmp_path / "account.json"), "GOOGLE_WALLET_ISSUER_ID": "1"}
    with pytest.raises(SettingsError, match="GOOGLE_WALLET_SERVICE_ACCOUNT"):
        wallets.read(load(SETTINGS | settings))
