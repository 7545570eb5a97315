"""A ticket in Apple's wallet: signed so that openssl agrees, whole, and offered only where it would be taken."""

import hashlib
import json
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from events.core.settings import SettingsError, load
from events.tickets import wallets
from tests.events.tickets.conftest import ADDRESS, Seat, becomes, change_event, is_called, ticket_of
from tests.support import certificates
from tests.support.world import SETTINGS

PASS = f"{ADDRESS}/pass.pkpass"
NAMES = [
    "ณัฐพงษ์ ศรีสุวรรณ",
    "=1+1",
    "O'Brien <b>",
    'A "quoted" \\ name',
    "شركة عبد الرحمن",
    "שרה כהן",
    "Zoé 🌸",
    "Ngô Thị Hương",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of an authority in Apple's place."""
    return tmp_path_factory.mktemp("apple")


@pytest.fixture(scope="module")
def settings(folder: Path) -> dict[str, str]:
    """Apple's wallet, configured."""
    return certificates.apple(folder)


def opened(body: bytes) -> dict[str, bytes]:
    """The files of a pass."""
    with ZipFile(BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def values_of(content: dict[str, Any]) -> dict[str, str]:
    """What stands on the pass, by the keys of its fields."""
    return {field["key"]: field["value"] for fields in content["eventTicket"].values() for field in fields}


def verified(files: dict[str, bytes], folder: Path, tmp_path: Path, manifest: bytes | None = None) -> bool:
    """Whether openssl takes the signature for one of the manifest, by an authority that we trust."""
    (tmp_path / "signature").write_bytes(files["signature"])
    (tmp_path / "manifest.json").write_bytes(files["manifest.json"] if manifest is None else manifest)
    command = ["openssl", "smime", "-verify", "-inform", "DER", "-in", "signature", "-content", "manifest.json"]
    command += ["-CAfile", str(folder / "root.pem"), "-purpose", "any", "-binary"]
    return subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_openssl_agrees_with_the_signature_and_every_digest(
    seat: Seat, settings: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    answer = seat(**settings).get(f"{PASS}?lang=en")
    assert answer.mimetype == "application/vnd.apple.pkpass"
    files = opened(answer.data)
    assert verified(files, folder, tmp_path)
    assert not verified(files, folder, tmp_path, files["manifest.json"].replace(b"pass.json", b"pass.jsom"))
    digests = json.loads(files["manifest.json"])
    assert set(digests) == set(files) - {"manifest.json", "signature"}
    for name, digest in digests.items():
        assert hashlib.sha1(files[name], usedforsecurity=False).hexdigest() == digest, name


def test_pass_holds_the_code_the_evening_and_whose_it_is(seat: Seat, settings: dict[str, str]) -> None:
    guest = seat(**settings)
    content = json.loads(opened(guest.get(f"{PASS}?lang=en").data)["pass.json"])
    ticket_id, code = ticket_of(guest)
    assert [one["message"] for one in content["barcodes"]] == [code]
    assert (content["passTypeIdentifier"], content["teamIdentifier"]) == (certificates.PASS_TYPE, certificates.TEAM)
    assert content["serialNumber"] == f"ticket-{ticket_id}"
    assert content["relevantDate"] == "2038-02-27T19:00+07:00"
    said = values_of(content)
    assert said["evening"] == "Dinner for all"
    assert said["when"] == "Saturday 27 February 2038, 7\u00a0pm".replace("\u00a0", " ")
    assert said["guest"] == "A guest"
    assert said["page"] == "http://localhost/t/the-secret?lang=en"


def test_names_of_the_world_stand_on_the_pass_as_they_were_typed(
    seat: Seat, settings: dict[str, str], folder: Path, tmp_path: Path
) -> None:
    guest = seat(**settings)
    for name in NAMES:
        is_called(guest, name)
        files = opened(guest.get(f"{PASS}?lang=th").data)
        assert values_of(json.loads(files["pass.json"]))["guest"] == name
        assert name.encode() not in files["fr.lproj/pass.strings"]
        assert verified(files, folder, tmp_path)


def test_telephone_in_another_language_finds_its_own_words(seat: Seat, settings: dict[str, str]) -> None:
    guest = seat(**settings)
    change_event(guest, title={"fr": 'Un "soir"', "en": "An evening", "th": "ค่ำคืนหนึ่ง"})
    files = opened(guest.get(f"{PASS}?lang=en").data)
    assert '"An evening" = "Un \\"soir\\"";' in files["fr.lproj/pass.strings"].decode()
    assert '"An evening" = "ค่ำคืนหนึ่ง";' in files["th.lproj/pass.strings"].decode()
    assert "พ.ศ. 2581" in files["th.lproj/pass.strings"].decode()
    assert files["en.lproj/pass.strings"] == b""


def test_pictures_take_the_evenings_colour_and_every_size(seat: Seat, settings: dict[str, str]) -> None:
    guest = seat(**settings)
    blue = opened(guest.get(PASS).data)
    change_event(guest, accent_hue=20, accent_chroma=120)
    red = opened(guest.get(PASS).data)
    for name, side in (("icon", 29), ("logo", 50), ("thumbnail", 90)):
        for scale in (1, 2, 3):
            file = f"{name}.png" if scale == 1 else f"{name}@{scale}x.png"
            assert Image.open(BytesIO(red[file])).size == (side * scale, side * scale)
    assert blue["icon@2x.png"] != red["icon@2x.png"]
    assert json.loads(blue["pass.json"])["backgroundColor"] == "rgb(24, 32, 79)"
    assert json.loads(red["pass.json"])["backgroundColor"] != "rgb(24, 32, 79)"


def test_ticket_that_opens_no_door_gives_no_pass(seat: Seat, settings: dict[str, str]) -> None:
    guest = seat(**settings)
    assert "Add to Apple Wallet" in guest.get(f"{ADDRESS}?lang=en").text
    for status in ("void", "replaced", "unpaid"):
        becomes(guest, status)
        answer = guest.get(PASS)
        assert answer.status_code == 410
        assert not answer.data.startswith(b"PK")
        assert "Add to Apple Wallet" not in guest.get(f"{ADDRESS}?lang=en").text


def test_without_configuration_there_is_no_pass_and_no_button(seat: Seat) -> None:
    guest = seat()
    assert guest.get(PASS).status_code == 404
    assert guest.get(f"{ADDRESS}/google-wallet").status_code == 404
    assert "Wallet" not in guest.get(f"{ADDRESS}?lang=en").text


def test_certificate_that_has_ended_offers_nothing(seat: Seat, tmp_path: Path) -> None:
    guest = seat(**certificates.apple(tmp_path, days=-1))
    assert guest.get(PASS).status_code == 404
    assert "Wallet" not in guest.get(f"{ADDRESS}?lang=en").text


def read(settings: dict[str, str]) -> wallets.Wallets:
    return wallets.read(load(SETTINGS | settings))


def test_key_may_have_a_password(tmp_path: Path) -> None:
    settings = certificates.apple(tmp_path, password="open, please")  # noqa: S106 - of a test
    assert read(settings).apple is not None
    with pytest.raises(SettingsError, match="APPLE_PASS_KEY_PASSWORD"):
        read(settings | {"APPLE_PASS_KEY_PASSWORD": ""})


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("APPLE_PASS_CERTIFICATE", "/nowhere.pem", "cannot be read"),
        ("APPLE_PASS_CERTIFICATE", "{folder}/pass.key", "no certificate"),
        ("APPLE_PASS_CERTIFICATE", "{folder}/between.pem", "is not the key"),
        ("APPLE_PASS_KEY", "{folder}/pass.pem", "no key"),
        ("APPLE_WWDR_CERTIFICATE", "{folder}/root.pem", "did not issue"),
        ("APPLE_PASS_TYPE_ID", "pass.org.example.other", "APPLE_PASS_TYPE_ID"),
        ("APPLE_TEAM_ID", "ANOTHER", "APPLE_TEAM_ID"),
        ("APPLE_TEAM_ID", "", "APPLE_TEAM_ID is not set"),
    ],
)
def test_what_does_not_belong_together_is_said(
    settings: dict[str, str], folder: Path, setting: str, value: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said):
        read(settings | {setting: value.format(folder=folder)})


def test_certificates_that_end_soon_are_told(tmp_path: Path) -> None:
    known = read(certificates.apple(tmp_path, days=20))
    assert known.apple
    now = known.apple.ends_at - wallets.SOON
    assert [one[:22] for one in wallets.worries(known, now)] == ["APPLE_PASS_CERTIFICATE"]
    assert list(wallets.worries(known, now - wallets.SOON)) == []
    assert "no pass is offered" in next(wallets.worries(known, known.apple.ends_at))
