"""Whoever finds a phone of the door finds nobody: all that it stores, against two thousand guests."""

import base64
import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from playwright.sync_api import Page
from sqlalchemy import update

from events.core import tokens
from events.core.assets import place
from events.core.db import transaction
from events.door import boxes, codes
from events.guests.models import Guest, Party
from tests.support.chromium import driver
from tests.support.phones import PIN, Cast, full_house, pair, phone, scan

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

FIRST = ["Aldous", "Béatrice", "Caspian", "Dorothée", "Evander", "Fleurette", "Gaspard", "Héloïse", "Isidore", "ณัฐชา"]
LAST = [f"{start}{end}" for start, end in product(("Mont", "Ville", "Roche", "Fontaine", "Clair"), ("brun", "rieux"))]
PARTIES = 500  # of four
DIET = "Severe walnut allergy"
TABLE = "Jasmine-terrace"
SECRETS = [*FIRST, *LAST, DIET, "walnut", TABLE, "@bonsoir.example"]

DUMP = """async () => {
  const whole = { local: { ...localStorage }, session: { ...sessionStorage }, caches: {}, databases: {} };
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      whole.caches[request.url] = await (await cache.match(request)).text();
    }
  }
  for (const { name } of await indexedDB.databases()) {
    const opened = await new Promise((resolve) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
    });
    for (const store of opened.objectStoreNames) {
      whole.databases[store] = await new Promise((resolve) => {
        const request = opened.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => resolve(request.result);
      });
    }
  }
  return whole;
}"""

# The page's own functions, without its buttons: two hundred green lights given without a network.
FILL = """async (codes) => {
  const { derive } = await import("/static/js/door/codes.js");
  const { decide } = await import("/static/js/door/deciding.js");
  const store = await import("/static/js/door/store.js");
  const place = { event: await store.recall("event"), gate: "Door A", now: Date.now() };
  const told = [];
  for (const code of codes) {
    const derived = await derive(code);
    const known = { ...derived, key: derived.hash, mark: derived.hash };
    const scan = { ...known, scan_id: crypto.randomUUID(), at: new Date().toISOString() };
    told.push((await decide(scan, place)).verdict);
  }
  return told;
}""".replace("/static", place())


@pytest.fixture
def cast(sqlite_url: str) -> Iterator[Cast]:
    names = [f"{first} {last}" for first, last in product(FIRST, LAST)] * (PARTIES // 100)
    with full_house(sqlite_url, PARTIES, names) as cast:
        with transaction() as session:
            session.execute(update(Guest).values(note=DIET, table_name=TABLE))
            session.execute(update(Party).values(phone="+66 2 555 0199"))
        yield cast


@pytest.fixture
def page(cast: Cast, tmp_path: Path) -> Iterator[Page]:
    """A phone in mid-evening: three scans online, then the network goes, two hundred and three without it."""
    with driver() as playwright, phone(playwright, tmp_path / "phone") as context:
        page = pair(context, cast, "Door A")
        page.wait_for_function(
            f"async () => await (await import('{place()}/js/door/store.js')).count('tickets') > 2000", timeout=60000
        )
        for code in cast.codes[:3]:
            scan(page, code)
        cast.house.close()
        for code in cast.codes[3:6]:
            scan(page, code)
        assert set(page.evaluate(FILL, cast.codes[6:206])) == {"admitted"}
        yield page


def disguises(secret: str) -> Iterator[bytes]:
    """A text in every encoding that a lazy programmer would call safe."""
    for raw in (secret.encode(), secret.encode("utf-16-le"), secret.encode("utf-16-be")):
        yield raw
        yield raw.hex().encode()
        yield raw.hex().upper().encode()
        for shift in range(3):  # base64 reads differently at each place it may begin at
            text = base64.b64encode(b"\0" * shift + raw).rstrip(b"=")
            yield text[{0: 0, 1: 2, 2: 3}[shift] : len(text) - 1]
    yield json.dumps(secret)[1:-1].encode()


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_search_sees_through_disguises(before: str) -> None:
    hidden = base64.b64encode(f"{before}{DIET} and more".encode())
    assert any(disguise in hidden for disguise in disguises(DIET))


def test_what_a_phone_stores_names_nobody_and_opens_nothing(page: Page, cast: Cast, tmp_path: Path) -> None:
    kept: dict[str, Any] = page.evaluate(DUMP)
    stores = kept["databases"]
    assert (len(stores["queue"]), len(stores["seen"])) == (203, 206)
    assert len(stores["tickets"]) == len(cast.codes) + 3
    assert any("/door?lang=th" in address for address in kept["caches"])
    _names_nobody(_everything(kept), cast)
    profile = b"".join(file.read_bytes() for file in (tmp_path / "phone").rglob("*") if file.is_file())
    _names_nobody(b"Door A" + profile, cast)
    lines = {line["hash"]: line["box"] for line in stores["tickets"]}
    _opens_nothing(stores, lines)
    opened = [code_hash for code_hash, box in lines.items() if _opens(cast.codes[7], box)]
    assert opened == [tokens.digest(cast.codes[7])]
    assert boxes.unseal(cast.codes[7], lines[opened[0]])["note"] == DIET


def _everything(kept: dict[str, Any]) -> bytes:
    """The dump as text, and its boxes as bytes."""
    raw = b"".join(base64.b64decode(line["box"]) for line in kept["databases"]["tickets"])
    return json.dumps(kept, ensure_ascii=False).encode() + raw


def _names_nobody(dump: bytes, cast: Cast) -> None:
    assert b"Door A" in dump  # it is the phone's, and readable
    found = [secret for secret in SECRETS for disguise in disguises(secret) if disguise in dump]
    assert found == []
    assert [code for code in cast.codes[:300] if code.encode() in dump or code.encode("utf-16-le") in dump] == []


def _opens_nothing(stores: dict[str, Any], lines: dict[str, str]) -> None:
    """Whatever the queue holds, taken as a code or as a key, opens not even its own ticket's box."""
    for waiting in stores["queue"]:
        box = base64.b64decode(lines[waiting["hash"]])
        for word in (waiting["hash"], waiting["proof"], waiting["scan_id"], PIN):
            assert not _opens(word, lines[waiting["hash"]])
        for word in (waiting["hash"], waiting["proof"]):
            for bound in (waiting["hash"].encode(), None):
                with pytest.raises(InvalidTag):
                    AESGCM(bytes.fromhex(word)).decrypt(box[:12], box[12:], bound)


def _opens(code: str, box: str) -> bool:
    raw = base64.b64decode(box)
    try:
        AESGCM(codes.box_key(code)).decrypt(raw[:12], raw[12:], tokens.digest(code).encode())
    except InvalidTag:
        return False
    return True
