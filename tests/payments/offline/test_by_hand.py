"""What goes back by a person's hand: cash and transfers, late ones too, and invitations."""

from sqlalchemy import select

from events.core.db import db
from payments.ledger.models import BANK, CASH, COMPS
from payments.refunds.models import Refund
from tests.payments.checkout.test_called_off import cancel
from tests.support.desk import Treasurer, lines_of, standing
from tests.support.entering import Desk, booked
from tests.support.evening import System
from tests.support.shopping import Purchase


def refunds_of(bought: Purchase) -> list[tuple[str, str, int, str, bool, str]]:
    """Why, status, amount, how, whether a person did it, and the note."""
    with bought.system.looking():
        rows = db.session.scalars(select(Refund).filter_by(order_id=bought.id).order_by(Refund.id))
        return [
            (row.why, row.status, row.amount, row.way, row.actor.startswith("account:"), row.note)
            for row in rows
            if row.settled_at
        ]


def test_late_money_without_seats_is_owed_until_somebody_has_sent_it_back(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 20)
    system.go_on(16 * 86_400)
    system.work()
    desk.entered("cash", 1)
    answer = desk.press(f"/orders/{bought.public['code']}/money")
    assert (answer.status, "said=owed" in answer.location) == (303, True)
    seen = bought.seen()
    assert (seen.status, seen.payments, seen.tickets) == ("refund_due", [("refund_due", 3_000_000)], [])
    assert "payment.late_no_seats" in seen.notes
    assert "To be sent back" in desk.treasurer.visitor.get(f"{desk.home}/transfers").text
    assert booked(system, BANK, bought.id) == 3_000_000
    assert desk.shop.seats() == (0, 1)
    assert any("due back" in finding for finding in system.violations())

    assert "It is sent back" in desk.treasurer.desk(bought).text
    assert desk.treasurer.press(bought, "refunds/late", how="transfer", note="same account").status == 303
    assert desk.treasurer.press(bought, "refunds/late", how="transfer").status == 409
    system.work()
    assert refunds_of(bought) == [("late", "succeeded", 3_000_000, "transfer", True, "same account")]
    assert (bought.seen().status, booked(system, BANK, bought.id)) == ("refunded", 0)
    assert bought.seen().letters == ["transfer_asked", "refund_sent"]
    assert "go back to you by bank transfer" in system.letters_to(bought.email)[-1].text


def test_a_transfer_for_a_cancelled_evening_is_not_said_to_have_lost_its_seats(system: System, desk: Desk) -> None:
    bought = desk.entered("transfer", 1)
    cancel(system, desk.shop.evening)
    system.work()
    assert desk.press(f"/orders/{bought.public['code']}/money").status == 303
    assert bought.seen().status == "refund_due"
    pages = desk.treasurer.desk(bought).text, desk.treasurer.visitor.get(f"{desk.home}/transfers?said=owed").text
    assert ["after the evening had been cancelled" in pages[0], "The evening is cancelled. The money" in pages[1]] == [
        True
    ] * 2
    assert [page for page in pages if "when the seats of this order had gone" in page] == []
    assert desk.treasurer.press(bought, "refunds/late", how="transfer").status == 303


def test_cash_goes_back_by_hand_as_it_came_or_by_transfer(system: System, desk: Desk) -> None:
    bought = desk.entered("cash", 2, gift="500")
    system.work()
    first, second = lines_of(bought)
    form = desk.treasurer.form(bought, **{first: "keep_gift"}, how="cash", note="she is ill")
    assert "said=by_hand" in desk.treasurer.send(bought, form).location
    assert desk.treasurer.send(bought, form).status == 303  # pressed twice, given once
    page = desk.treasurer.desk(bought).text
    assert ("Stripe is asked" in page, "handed back by a person" in page) == (False, True)
    seen = standing(bought)
    assert (seen.status, seen.tickets, seen.refunded) == ("partly_refunded", ["void", "valid"], 90_000)
    assert seen.receipts == [("cancelled", 350_000, 180_000), ("issued", 260_000, 90_000)]
    assert (booked(system, CASH, bought.id), booked(system, BANK, bought.id)) == (260_000, 0)
    assert desk.treasurer.refund(bought, **{second: "all"}, how="transfer").status == 303
    assert (booked(system, CASH, bought.id), booked(system, BANK, bought.id)) == (260_000, -150_000)
    assert [row[:4] for row in refunds_of(bought)] == [
        ("lines", "succeeded", 90_000, "cash"), ("lines", "succeeded", 150_000, "transfer"),
    ]  # fmt: skip
    assert all(by_person for *_rest, by_person, _note in refunds_of(bought))
    assert desk.shop.seats() == (0, 0)
    answer = desk.treasurer.refund(bought, amount="2000", how="cash")
    assert (answer.status, "can still be given back" in answer.text) == (409, True)
    system.work()
    letters = " ".join(letter.text for letter in system.letters_to(bought.email))
    assert ("go back to you in cash" in letters, "go back to you by bank transfer" in letters) == (True, True)
    assert "she is ill" in desk.treasurer.desk(bought).text
    assert "Stripe is being asked" not in desk.treasurer.desk(bought).text


def test_only_who_keeps_the_money_hands_it_back(system: System, desk: Desk) -> None:
    bought = desk.entered("cash", 1)
    code = bought.public["code"]
    organiser = Treasurer(system, desk.shop.evening, role="organiser")
    token = desk.treasurer.desk(bought).fields["csrf_token"]
    for what in ("refunds", "refunds/late", "tickets/void"):
        assert organiser.visitor.post(f"{desk.home}/orders/{code}/{what}", {"csrf_token": token}).status in (400, 404)
    assert bought.seen().status == "paid"


def test_an_invitation_is_taken_back(system: System, desk: Desk) -> None:
    bought = desk.entered("comp", 2)
    system.work()
    assert "Take back the tickets" in desk.treasurer.desk(bought).text
    assert desk.treasurer.press(bought, "tickets/void", note="cannot come").status == 303
    assert desk.treasurer.press(bought, "tickets/void").status == 409
    seen = bought.seen()
    assert (seen.path, seen.tickets, desk.shop.seats()) == (["held", "paid", "cancelled"], ["void", "void"], (0, 0))
    assert booked(system, COMPS, bought.id) == 0
    assert "order.taken_back" in seen.notes
    assert "taken back: cannot come" in desk.treasurer.desk(bought).text
    assert bought.public["status"] == "cancelled"


def test_whoever_was_invited_reads_nothing_of_money_when_the_evening_is_cancelled(system: System, desk: Desk) -> None:
    invited, paid = desk.entered("comp", 2), desk.entered("cash", 1)
    system.work()
    cancel(system, desk.shop.evening)
    system.work()
    told = {one.email: system.letters_to(one.email)[-1].text for one in (invited, paid)}
    assert all("ticket is no longer needed" in text for text in told.values())
    assert ["the money you paid" in told[one.email] for one in (invited, paid)] == [False, True]


def test_what_was_paid_for_is_not_taken_back_without_money(desk: Desk) -> None:
    bought = desk.entered("cash", 1)
    assert "Take back the tickets" not in desk.treasurer.desk(bought).text
    assert desk.treasurer.press(bought, "tickets/void").status == 409
    assert bought.seen().tickets == ["valid"]
