"""The same evening by HTTP alone, on both engines: bought, paid, written to, let in once, accounted for."""

import csv
import io
from decimal import Decimal
from uuid import uuid4

import pytest

from events.core import tokens
from events.core.db import transaction
from events.door import pairing
from tests.support.browsing import decoded, printed
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop
from tests.support.visitor import Visitor, links

pytestmark = pytest.mark.both_engines


def signed_in(system: System, email: str) -> Visitor:
    """A member of staff who asked for the letter, opened its link and pressed its button."""
    visitor = system.visitor()
    visitor.post("/sign-in", visitor.get("/sign-in").fields | {"email": email})
    system.work()
    (link,) = [word for word in system.letters_to(email)[-1].text.split() if "/sign-in/" in word]
    assert visitor.post(link, visitor.get(link).fields).status == 303
    return visitor


def ticket_codes(system: System, bought: Purchase) -> list[str]:
    """What the QR codes in the letter's PDF say."""
    (letter,) = system.letters_to(bought.email)
    papers = [part for part in letter.attachments if str(part.get_filename()).startswith("tickets-")]
    (paper,) = papers  # the receipt comes along in a paper of its own
    content = paper.get_payload(decode=True)
    assert isinstance(content, bytes)
    return [decoded(page) for page in printed(content)]


def paired(system: System, event_id: int) -> dict[str, str]:
    """The headers of a phone at the door."""
    with system.looking(), transaction():
        code = pairing.new_code(event_id, "Door A", None)
    told = system.visitor().post_json("/door/api/pair", {"code": code, "name": "A phone"}).json()
    return {"Authorization": f"Bearer {told['token']}"}


def verdict(system: System, phone: dict[str, str], code: str) -> tuple[str, str | None]:
    """What the door says to a code."""
    scans = {"scans": [{"scan_id": str(uuid4()), "code": code}]}
    (result,) = system.visitor().post_json("/door/api/scans", scans, phone).json()["results"]
    return result["verdict"], result["reason"]


def test_one_evening_by_http(system: System, shop: Shop) -> None:
    bought = shop.buy(2, gift="1234.56", cover_fees="1")
    bought.pay()
    bought.come_back()
    system.quiet()
    told = bought.public
    fees = bought.seen().payments[0][1] - 300_000 - 123_456
    assert (told["status"], told["total"], told["currency"]) == ("paid", 300_000 + 123_456 + fees, "THB")
    codes = ticket_codes(system, bought)
    assert len(set(codes)) == 2

    phone = paired(system, shop.evening.id)
    assert verdict(system, phone, codes[0]) == ("admitted", None)
    assert verdict(system, phone, codes[0]) == ("refused", "already_admitted")
    assert verdict(system, phone, tokens.new_ticket_code()) == ("refused", "unknown")

    treasurer = signed_in(system, "treasurer@example.org")
    page = treasurer.get(f"/treasury/{shop.evening.slug}/exports")
    (address,) = [link for link in links(page.text) if "/orders.csv" in link]
    order, total = csv.DictReader(io.StringIO(treasurer.get(address).body.decode("utf-8-sig")))
    expected = [Decimal(amount).scaleb(-2) for amount in (180_000, 120_000 + 123_456, fees, 423_456 + fees)]
    for row in (order, total):
        assert [Decimal(row[name]) for name in ("benefit", "gift", "fee_cover", "total")] == expected


def test_what_others_have_bought_is_found_by_nobody(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    door = signed_in(system, "door@example.org")
    assert door.get(f"/treasury/{shop.evening.slug}/exports").status == 404
    assert door.get(f"/manage/{shop.evening.slug}/guests").status == 404
    assert system.visitor().get(f"/o/{bought.token[:-1]}").status == 404
    assert system.visitor().get(f"/treasury/{shop.evening.slug}").status == 302
