"""What becomes of a refund later: it waits for the buyer, it fails, it is made again, or Stripe's dashboard made it."""

import pytest

from tests.support.desk import (
    Treasurer,
    intent_of,
    lines_of,
    paid,
    refunds_of,
    standing,
    stripe_ids,
)
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

SEAT, MEAL, GIFT = 150_000, 90_000, 60_000


def kinds_of_letters(bought: Purchase) -> list[str]:
    """Of the letters to the buyer, without the tickets'."""
    return [kind for kind in bought.seen().letters if kind != "order_paid"]


def test_a_refund_that_waits_for_the_buyer(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = shop.buy(1)
    bought.pay("promptpay")
    system.standin.control("complete-async", session=bought.session_id)
    system.quiet()
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.refunds) == ("paid", [("lines", "requires_action", SEAT)])
    assert (seen.tickets, shop.seats(), seen.raised) == (["void"], (0, 0), (0, 0))
    assert kinds_of_letters(bought) == ["refund_waits"]
    assert "Stripe has asked you by mail" in bought.page.text
    assert "waits for the buyer" in treasurer.desk(bought).text
    system.standin.control("refund", refund=stripe_ids(bought)[0], status="succeeded")
    system.quiet()
    assert standing(bought).status == "refunded"


@pytest.mark.both_engines
def test_a_refund_that_fails_after_it_had_succeeded_is_owed_until_it_is_made_again(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = paid(shop.buy(2))
    treasurer.refund(bought, **dict.fromkeys(lines_of(bought), "all"))
    system.quiet()
    system.standin.control("refund", refund=stripe_ids(bought)[0], status="failed")
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.refunds) == ("refunded", [("lines", "failed", 2 * SEAT)])
    assert (seen.tickets, shop.seats(), seen.refunded) == (["void", "void"], (0, 0), 0)  # no seat is taken in silence
    assert "refund.failed" in bought.seen().notes
    assert kinds_of_letters(bought) == ["refund_sent", "refund_failed"]
    assert "still owed to the buyer" in treasurer.desk(bought).text
    listed = f"/treasury/{treasurer.evening.slug}"
    assert "a refund has failed" in treasurer.visitor.get(listed).text
    assert ("Not all the money" in bought.page.text, "Your money is back" in bought.page.text) == (True, False)
    assert any(finding.startswith("owed:") for finding in system.violations())
    (failed,) = refunds_of(bought)
    assert treasurer.press(bought, f"refunds/{failed}/again").status == 303
    assert treasurer.press(bought, f"refunds/{failed}/again").status == 409
    system.quiet()
    seen = standing(bought)
    assert seen.refunds[1:] == [("lines", "succeeded", 2 * SEAT)]
    assert "a refund has failed" not in treasurer.visitor.get(listed).text
    assert ("Not all the money" in bought.page.text, "Your money is back" in bought.page.text) == (False, True)
    assert (seen.refunded, seen.raised, seen.back[0]) == (2 * SEAT, (0, 0), ("ticket", MEAL, GIFT, 0))
    written = treasurer.visitor.get(f"/treasury/exports/refunds.csv?event={treasurer.evening.slug}").text
    parts = ",".join(f"{-2 * part / 100:.2f}" for part in (MEAL, GIFT, 0, SEAT)).replace("-0.00", "0.00")
    assert [parts in line for line in written.splitlines() if "succeeded" in line] == [True], written


def test_a_refund_that_fails_is_made_again_in_the_dashboard(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    system.standin.control("refund", refund=stripe_ids(bought)[0], status="failed")
    system.quiet()
    system.standin.control("refund", payment_intent=intent_of(bought), amount=SEAT)
    system.quiet()
    seen = standing(bought)
    assert seen.refunds == [("lines", "failed", SEAT), ("external", "succeeded", SEAT)]
    assert (seen.tickets, seen.back[1], seen.refunded) == (["void", "valid"], ("ticket", 0, 0, 0), SEAT)


def test_what_the_dashboard_has_paid_of_a_debt_is_not_paid_twice(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    """Everything failed; somebody gives back a part under another sum, and the button only asks for the rest."""
    bought = paid(shop.buy(2))
    treasurer.refund(bought, **dict.fromkeys(lines_of(bought), "all"))
    system.quiet()
    system.standin.control("refund", refund=stripe_ids(bought)[0], status="failed")
    system.quiet()
    system.standin.control("refund", payment_intent=intent_of(bought), amount=50_000)
    system.quiet()
    (failed, _external) = refunds_of(bought)
    assert treasurer.press(bought, f"refunds/{failed}/again").status == 303
    system.quiet()
    seen = standing(bought)
    assert seen.refunds[1:] == [("external", "succeeded", 50_000), ("lines", "succeeded", 2 * SEAT - 50_000)]
    assert (seen.status, seen.refunded) == ("refunded", 2 * SEAT)


def test_a_refund_that_stripe_fails_at_once_leaves_all_as_it_was(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    bought = paid(shop.buy(1))
    system.standin.control("faults", refund_status="failed")
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.refunds, seen.tickets) == ("paid", [("lines", "failed", SEAT)], ["valid"])
    assert (seen.raised, seen.refunded, shop.seats()) == ((GIFT, MEAL), 0, (0, 1))
    assert seen.receipts[-1] == ("issued", SEAT, MEAL)


def test_pending_then_succeeded(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1, gift="500"))
    system.standin.control("faults", refund_status="pending")
    treasurer.refund(bought, **{lines_of(bought, "gift")[0]: "all"})
    system.quiet()
    assert standing(bought).refunds == [("lines", "pending", 50_000)]
    assert "are on their way back to you" in bought.page.text
    system.standin.control("refund", refund=stripe_ids(bought)[0], status="succeeded")
    system.quiet()
    assert standing(bought).status == "partly_refunded"
    assert kinds_of_letters(bought) == ["refund_sent"]


@pytest.mark.both_engines
def test_a_part_given_back_in_the_dashboard_leaves_the_tickets(system: System, shop: Shop) -> None:
    bought = paid(shop.buy(1, gift="500"))
    system.standin.control("faults", events={"repeat": 10})
    system.standin.control("refund", payment_intent=intent_of(bought), amount=120_000)
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.refunds) == ("partly_refunded", [("external", "succeeded", 120_000)])
    assert seen.back == [("ticket", 10_000, 60_000, 0), ("gift", 0, 50_000, 0)]
    assert (seen.tickets, shop.seats(), seen.raised) == (["valid"], (0, 1), (0, 80_000))
    assert "refund.external" in bought.seen().notes
    assert "were paid back to you on" in bought.page.text
    assert kinds_of_letters(bought) == ["refund_sent"]


def test_all_given_back_in_the_dashboard_makes_the_tickets_void(system: System, shop: Shop) -> None:
    bought = paid(shop.buy(2))
    system.standin.control("refund", payment_intent=intent_of(bought), amount=100_000)
    system.quiet()
    system.standin.control("refund", payment_intent=intent_of(bought))
    system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, shop.seats()) == ("refunded", ["void", "void"], (0, 0))
    assert [state for state, _paid, _benefit in seen.receipts] == ["cancelled", "cancelled"]


def test_a_bell_faster_than_our_own_answer_is_our_own_refund(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(1, gift="500"))
    lost = {"kind": "answer_lost", "method": "POST", "path": "/v1/refunds", "count": 3}
    system.standin.control("faults", requests=[lost])
    treasurer.refund(bought, amount="100")
    system.quiet()  # the answer is lost; the bell names our own key
    assert standing(bought).refunds == [("goodwill", "succeeded", 10_000)]
    system.go_on(60)
    system.quiet()
    assert standing(bought).refunds == [("goodwill", "succeeded", 10_000)]


def test_a_refund_that_was_made_a_week_ago_is_found_and_not_made_again(
    system: System, shop: Shop, treasurer: Treasurer
) -> None:
    """The answer was lost, no bell rang, and Stripe has long forgotten the key."""
    bought = paid(shop.buy(1, gift="500"))
    system.standin.control("faults", events={"lose": 5})
    lost = {"kind": "answer_lost", "method": "POST", "path": "/v1/refunds", "count": 3}
    system.standin.control("faults", requests=[lost])
    treasurer.refund(bought, amount="100")
    system.work()
    with system.standin.books.lock:
        system.standin.books.saved.clear()
    system.go_on(60)
    system.work()
    assert standing(bought).refunds == [("goodwill", "succeeded", 10_000)]
    with system.standin.books.lock:
        made = [row for row in system.standin.books.all("refund") if row["payment_intent"] == intent_of(bought)]
    assert len(made) == 1


def test_given_back_in_the_dashboard_before_we_had_heard_of_the_money(system: System, shop: Shop) -> None:
    """The bell of the payment is lost, that of its refund is not: it waits until the order is settled."""
    bought = shop.buy(1)
    system.standin.control("faults", events={"lose": 50})
    bought.pay()
    assert system.standin.control("quiet", seconds=20)["quiet"]
    system.standin.control("faults", reset=True)
    with system.standin.books.lock:
        intent = system.standin.books.get("checkout.session", bought.session_id)["payment_intent"]
    system.standin.control("refund", payment_intent=intent)
    system.quiet()
    assert bought.seen().refunds == []
    for _ in range(3):
        system.go_on(240)
        system.quiet()
    seen = standing(bought)
    assert (seen.status, seen.tickets, seen.refunds) == ("refunded", ["void"], [("external", "succeeded", SEAT)])
    assert shop.seats() == (0, 0)


def test_a_debt_that_the_dashboard_pays_with_all_the_rest(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    system.standin.control("refund", refund=stripe_ids(bought)[0], status="failed")
    system.quiet()
    system.standin.control("refund", payment_intent=intent_of(bought))
    system.quiet()
    seen = standing(bought)
    assert seen.refunds == [("lines", "failed", SEAT), ("external", "succeeded", 2 * SEAT)]
    assert (seen.status, seen.tickets, seen.refunded) == ("refunded", ["void", "void"], 2 * SEAT)
    assert "Try again" not in treasurer.desk(bought).text


def test_the_tickets_letter_sent_again_adds_up(system: System, shop: Shop, treasurer: Treasurer) -> None:
    bought = paid(shop.buy(2))
    treasurer.refund(bought, **{lines_of(bought)[0]: "all"})
    system.quiet()
    assert bought.visitor.post(f"/o/{bought.token}/letters", bought.page.fields).status == 303
    system.quiet()
    told = system.letters_to(bought.email)[-1].text.replace("\r\n", "\n")
    assert "Paid: ฿3,000\nPaid back to you: ฿1,500\n" in told
    assert "Of what is left, ฿600 is a gift" in told
    assert "฿900 pays for the meal" in told
