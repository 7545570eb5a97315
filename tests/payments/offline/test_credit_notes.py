"""Credit notes: what an invoice no longer asks for, on a paper with a number of its own."""

import re

import pytest
from sqlalchemy import select

from events.core.db import db
from payments.offline.models import CreditNote
from tests.support.desk import lines_of
from tests.support.entering import Desk
from tests.support.evening import System
from tests.support.shopping import Purchase

pytestmark = pytest.mark.both_engines
COMPANY = {"company": "Rice and Sons", "tax_id": "0105536000000", "address": "1 Rice Road\nBangkok"}


def credited(bought: Purchase) -> list[int]:
    """The amounts of the order's credit notes."""
    with bought.system.looking():
        return [note.amount for note in db.session.scalars(select(CreditNote).order_by(CreditNote.id))][-2:]


def issue(desk: Desk, bought: Purchase) -> int:
    """Press the button; the answer's status."""
    return desk.press(f"/orders/{bought.public['code']}/credit-note").status


def test_what_went_back_of_an_invoice_is_credited_once_and_told(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 2, **COMPANY)
    assert desk.press(f"/orders/{bought.public['code']}/money").status == 303
    assert issue(desk, bought) == 409
    first, second = lines_of(bought)
    assert desk.treasurer.refund(bought, **{first: "all"}, how="transfer").status == 303
    page = desk.treasurer.visitor.get(f"{desk.home}/transfers").text
    assert ("partly refunded" in page, "Credit note over ฿1,500" in page) == (True, True)
    assert "a credit note over ฿1,500 is still to be issued" in desk.treasurer.desk(bought).text
    assert (issue(desk, bought), issue(desk, bought)) == (303, 409)
    assert credited(bought)[-1:] == [150_000]
    system.work()
    letter = system.letters_to(bought.email)[-1]
    (paper,) = letter.attachments
    assert ("฿1,500 were paid back" in letter.text, paper.get_content_type()) == (True, "application/pdf")
    papers = re.findall(r'href="([^"]+/papers/[^"]+)"', bought.page.text)
    assert [bought.visitor.get(one).headers["content-type"] for one in papers] == ["application/pdf"] * 2
    assert bought.visitor.get(papers[0].replace(bought.token, desk.shop.buy().token)).status == 404
    assert desk.treasurer.refund(bought, **{second: "all"}, how="transfer").status == 303
    assert issue(desk, bought) == 303
    assert credited(bought) == [150_000, 150_000]
    page = desk.treasurer.visitor.get(f"{desk.home}/transfers").text
    assert ("Credit note over" in page, page.count(">Credit note C-")) == (False, 2)


def test_an_invoice_that_was_never_paid_is_credited_whole(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 1, **COMPANY)
    assert issue(desk, bought) == 409
    assert desk.treasurer.press(bought, "cancel").status == 303
    assert (issue(desk, bought), credited(bought)[-1:]) == (303, [150_000])


def test_without_an_invoice_there_is_nothing_to_credit_and_strangers_find_none(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 1)
    assert issue(desk, bought) == 404
    assert desk.treasurer.visitor.get(f"{desk.home}/credit-notes/C-2026-000001.pdf").status == 404
    assert system.visitor().get(f"{desk.home}/credit-notes/C-2026-000001.pdf").status in (302, 303)
