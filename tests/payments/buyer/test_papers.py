"""The papers of an order: what they are called, and to whom they say what was paid."""

import re
from urllib.parse import unquote

import pypdfium2
import pytest

from tests.payments.buyer.test_guests import invitation, paid, reply, tokens
from tests.support.evening import System
from tests.support.shopping import Shop, new_email

pytestmark = pytest.mark.both_engines


def pages(data: bytes) -> list[str]:
    """What each page says, on one line."""
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(data)]


def test_the_price_stands_on_the_buyers_own_ticket_alone(system: System, shop: Shop) -> None:
    bought, email = paid(system, shop), new_email()
    reply(system, invitation(bought), name="Boris Guest", email=email)
    system.work()
    (paper, _calendar) = system.letters_to(email)[0].attachments
    guests = [page for page in pages(paper.get_content()) if "Boris Guest" in page]
    mine = pages(bought.visitor.get(f"/o/{bought.token}/tickets.pdf?lang=en").body)
    assert ["฿" in page for page in mine] == ["Claire Fontaine" in page for page in mine]
    for token in tokens(bought):
        guests += pages(bought.visitor.get(f"/t/{token}/ticket.pdf?lang=en").body)
        guests += pages(bought.visitor.get(f"/t/{token}/ticket.pdf?lang=en&size=phone").body)
    assert len(guests) == 7
    assert [page for page in guests if "฿" in page] == []
    letter = system.letters_to(bought.email)[0]
    assert sum("฿1,500" in page for page in pages(letter.attachments[0].get_content())) == 1


@pytest.mark.parametrize(("lang", "one", "all_of_them"), [("fr", "billet", "billets"), ("th", "บัตร", "บัตร")])
def test_papers_are_called_by_the_readers_word(
    system: System, shop: Shop, lang: str, one: str, all_of_them: str
) -> None:
    bought = shop.buy(2, lang=lang)
    bought.pay()
    system.quiet()
    code, token = bought.public["code"], tokens(bought)[0]
    assert system.letters_to(bought.email)[0].attachments[0].get_filename() == f"{all_of_them}-{code}.pdf"
    shown = bought.visitor.get(f"/o/{bought.token}/tickets.pdf?lang={lang}").headers["content-disposition"]
    assert f"{all_of_them}-{code}.pdf" in unquote(shown)
    for size in ("", "&size=phone"):
        shown = bought.visitor.get(f"/t/{token}/ticket.pdf?lang={lang}{size}").headers["content-disposition"]
        assert shown.isascii()
        assert re.search(rf"{one}-\d{{4}}", unquote(shown))
