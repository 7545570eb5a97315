"""Cash, transfers and invitations on the running system: seats, tickets, books, invoices, the bank's file."""

import re

import pypdfium2
from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core.db import db, transaction
from payments.ledger.models import BANK, CASH, COMPS
from payments.offline.models import Arrangement
from payments.orders.models import OrderStatus, Payment
from tests.support.desk import Treasurer
from tests.support.entering import Desk, booked
from tests.support.evening import System
from tests.support.shopping import Shop


def test_cash_is_paid_at_once_by_whom_it_says(system: System, desk: Desk) -> None:
    bought = desk.entered("cash", 2, gift="500")
    system.work()
    seen = bought.seen()
    assert (seen.status, seen.tickets, seen.payments) == ("paid", ["valid", "valid"], [("fulfilled", 350_000)])
    assert seen.letters == ["order_paid"]
    assert booked(system, CASH, bought.id) == 350_000
    assert desk.shop.seats() == (0, 2)
    with system.looking():
        actors = set(db.session.scalars(select(OrderStatus.actor).filter_by(order_id=bought.id)))
        arrangement = db.session.scalars(select(Arrangement).filter_by(order_id=bought.id)).one()
        assert actors == {arrangement.entered_by}
        assert arrangement.entered_by.startswith("account:")


def test_a_transfer_keeps_its_seats_and_is_settled_when_it_comes(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 2)
    system.work()
    assert (bought.public["status"], desk.shop.seats()) == ("held", (2, 0))
    assert desk.reference(bought) in bought.page.text
    assert desk.reference(bought) in system.letters_to(bought.email)[-1].text
    code = str(bought.public["code"])
    assert desk.press(f"/orders/{code}/money").status == 303
    assert desk.press(f"/orders/{code}/money").status == 409
    system.work()
    seen = bought.seen()
    assert (seen.status, seen.payments, seen.letters) == (
        "paid", [("fulfilled", 300_000)], ["transfer_asked", "order_paid"],
    )  # fmt: skip
    assert booked(system, BANK, bought.id) == 300_000


def test_the_letter_about_a_transfer_has_its_french_spaces(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 1, language="fr")
    system.work()
    said = system.letters_to(bought.email)[-1].text
    assert "Montant\u00a0: 1\u00a0500" in said
    assert f"\u00a0: {desk.reference(bought)}" in said


def test_before_a_transfer_is_booked_its_buyer_and_sum_are_asked_for(desk: Desk) -> None:
    desk.entered("transfer", 2)
    page = desk.treasurer.visitor.get(f"{desk.home}/transfers").text
    ((first, second),) = re.findall(r'<details class="sure"><summary[^>]*>(.*?)</summary>(.*?)</details>', page, re.S)
    assert ("The money came" in first, "<button" in first) == (True, False)
    assert "Yes, ฿3,000 of Malee Sponsor came" in second
    assert page.count("/money") == 1


def test_a_transfer_that_never_comes_gives_its_seats_back(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 20)
    system.go_on(16 * 86_400)
    system.work()
    assert (bought.seen().path, desk.shop.seats()) == (["held", "expired"], (0, 0))
    code = str(bought.public["code"])
    assert bought.public["status"] == "expired"
    assert desk.press(f"/orders/{code}/money").status == 303
    assert desk.shop.seats() == (0, 20)


def test_late_transfers_take_their_seats_again_where_there_is_room(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 2)
    system.go_on(16 * 86_400)
    system.work()
    assert desk.press(f"/orders/{bought.public['code']}/money").status == 303
    assert (bought.seen().path, desk.shop.seats()) == (["held", "expired", "paid"], (0, 2))


def test_an_invitation_costs_nothing_and_its_meal_is_a_cost(system: System, desk: Desk) -> None:
    bought = desk.entered("comp", 2)
    system.work()
    seen = bought.seen()
    assert (seen.status, seen.tickets, seen.payments) == ("paid", ["valid", "valid"], [("fulfilled", 0)])
    assert bought.public["total"] == 0
    assert bought.public["receipts"] == []
    assert booked(system, COMPS, bought.id) == 180_000
    assert desk.enter("comp", 1, gift="100").status == 422


def test_a_company_gets_an_invoice_with_name_number_and_tax_id(system: System, desk: Desk) -> None:
    company = {"company": "Société Générale du Riz <b>", "tax_id": "0105536000000", "address": "1 Rice Road\nBangkok"}
    bought = desk.entered("transfer", 1, **company)
    system.work()
    letter = system.letters_to(bought.email)[-1]
    assert "I-" in letter.text
    paper = desk.treasurer.visitor.get(f"{desk.home}/orders/{bought.public['code']}/invoice.pdf")
    assert (paper.status, paper.headers["content-type"]) == (200, "application/pdf")
    words = text_of(paper.body)
    for word in ("Société Générale du Riz <b>", "0105536000000", "1 Rice Road", desk.reference(bought), "฿1,500"):
        assert word in words


def test_a_card_order_is_taken_over_and_its_pay_page_closed(system: System, desk: Desk) -> None:
    bought = desk.shop.buy(2)
    page = f"{desk.home}/orders/{bought.public['code']}/arrangement"
    fields = desk.treasurer.visitor.get(page).fields
    assert desk.treasurer.visitor.post(page, fields | {"way": "transfer"}).status == 303
    assert (bought.seen().status, bought.seen().attempts, desk.shop.seats()) == ("held", ["expired"], (2, 0))
    system.go_on(3_600)
    system.work()
    assert bought.seen().status == "held"
    assert desk.press(f"/orders/{bought.public['code']}/money").status == 303
    assert bought.seen().path == ["held", "paid"]
    assert desk.treasurer.visitor.post(page, fields | {"way": "cash"}).status == 409


def test_who_pays_by_card_while_cash_is_entered_gets_the_card_money_back(system: System, desk: Desk) -> None:
    bought = desk.shop.buy(1)
    bought.pay("promptpay")
    page = f"{desk.home}/orders/{bought.public['code']}/arrangement"
    answer = desk.treasurer.visitor.post(page, desk.treasurer.visitor.get(page).fields | {"way": "cash"})
    system.quiet()
    seen = bought.seen()
    assert answer.status in (303, 409)
    assert seen.status == "paid"
    assert [outcome for outcome, _amount in seen.payments].count("fulfilled") == 1


def test_a_banks_file_is_shown_first_and_booked_whole(system: System, desk: Desk) -> None:
    first, second = desk.entered("transfer", 1), desk.entered("transfer", 2)
    text = (
        "Date,Details,Amount\n"
        f"2027-02-01,{desk.reference(first)} thanks,1500.00\n"
        f"2027-02-01,{desk.reference(second)},2999.00\n"
    )
    shown = desk.upload(text)
    assert shown.status == 200
    assert "฿2,999 came, ฿3,000 were asked." in shown.text
    assert (first.seen().status, second.seen().status) == ("held", "held")
    confirm = {name: shown.fields[name] for name in ("text", "shown")}
    assert desk.press("/statements/confirm", **confirm).status == 303
    assert (first.seen().status, second.seen().status) == ("paid", "held")
    again = desk.press("/statements/confirm", **confirm)
    assert again.status == 409
    assert "Something has changed since you looked" in again.text
    assert "is paid already" in desk.upload(text).text
    with system.looking():
        assert len(db.session.scalars(select(Payment).filter_by(order_id=first.id)).all()) == 1


def test_a_line_of_the_file_leads_to_its_order_and_what_went_out_is_no_nought(desk: Desk) -> None:
    asked = desk.entered("transfer", 2)
    text = f"Date,Details,Debit,Credit\n2027-02-01,{desk.reference(asked)},,2999.00\n2027-02-01,Fees,-25.00,\n"
    shown = desk.upload(text).text
    code = asked.public["code"]
    assert f'href="{desk.home}/orders/{code}">{code}</a> Malee Sponsor' in shown
    assert ("Money that went out." in shown, "-25.00" in shown, "฿0" in shown) == (True, True, False)


def test_a_file_of_something_else_is_refused(desk: Desk) -> None:
    answer = desk.upload("name,colour\nrose,red\n")
    assert answer.status == 422
    assert "No column named Amount or Credit" in answer.text


def test_nobody_is_asked_for_a_transfer_that_has_nowhere_to_go(system: System, desk: Desk) -> None:
    card = desk.shop.buy(1)
    with system.looking(), transaction():
        house = db.session.scalars(select(Organisation).order_by(Organisation.id).limit(1)).one()
        before, house.bank_account = house.bank_account, ""
    try:
        refused = desk.enter("transfer", 2, note="rang twice")
        assert (refused.status, "No bank account is entered yet" in refused.text) == (422, True)
        for kept in ("Malee Sponsor", "rang twice"):
            assert kept in refused.text
        page = f"{desk.home}/orders/{card.public['code']}/arrangement"
        answer = desk.treasurer.visitor.post(page, desk.treasurer.visitor.get(page).fields | {"way": "transfer"})
        assert (answer.status, "No bank account is entered yet" in answer.text) == (422, True)
        assert (card.seen().status, card.seen().attempts, desk.shop.seats()) == ("held", ["open"], (1, 0))
        assert desk.enter("cash", 1).status == 303
        assert "Nobody can be asked for a transfer" in desk.treasurer.visitor.get(f"{desk.home}/orders/new").text
    finally:
        with system.looking(), transaction():
            db.session.get_one(Organisation, house.id).bank_account = before
    assert "Nobody can be asked for a transfer" not in desk.treasurer.visitor.get(f"{desk.home}/orders/new").text


def test_only_who_keeps_the_money_enters_it(system: System, shop: Shop) -> None:
    organiser = Treasurer(system, shop.evening, "organiser")
    for page in ("orders/new", "transfers"):
        assert organiser.visitor.get(f"/treasury/{shop.evening.slug}/{page}").status == 404


def test_what_makes_no_sense_is_said_and_nothing_typed_is_lost(desk: Desk) -> None:
    answer = desk.enter("transfer", 1, until="2020-01-01", tax_id="123", email="nobody")
    assert answer.status == 422
    for sentence in ("Please choose a day between today", "name, too", "not complete"):
        assert sentence in answer.text
    assert "Malee Sponsor" in answer.text
    assert desk.enter("cash", 99).status in (409, 422)
    assert desk.shop.seats() == (0, 0)


def text_of(paper: bytes) -> str:
    """Every word of a PDF, on one line."""
    document = pypdfium2.PdfDocument(paper)
    try:
        page = document[0]
        words = page.get_textpage().get_text_range()
        page.close()
        return " ".join(words.split())
    finally:
        document.close()
