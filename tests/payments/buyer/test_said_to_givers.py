"""What the page says to whoever gives and takes no seat, and until when something is kept for readers abroad."""

import pytest

from events.core.db import transaction
from payments.orders import placing
from tests.support.evening import System
from tests.support.shopping import Purchase, Shop

pytestmark = pytest.mark.both_engines


def moved(system: System, bought: Purchase, *states: str) -> str:
    """The page once the order has gone through these states."""
    with system.looking():
        for state in states:
            with transaction():
                placing.move(placing.lock(bought.id), state, "a test")
    return bought.page.text


def test_a_gift_alone_that_is_looked_at_or_sent_back_is_told_nothing_of_seats(system: System, shop: Shop) -> None:
    bought = shop.buy(0, gift="500")
    looked_at = moved(system, bought, "needs_review")
    assert "so a person looks at it first. We write to" in looked_at
    assert "before tickets are issued" not in looked_at
    sent_back = moved(system, bought, "refund_due")
    assert "Your payment could not be taken for this gift." in sent_back
    assert "the seats were gone" not in sent_back
    moved(system, bought, "refunded")


def test_an_order_with_seats_is_told_of_them(system: System, shop: Shop) -> None:
    bought = shop.buy(1)
    assert "before tickets are issued" in moved(system, bought, "needs_review")
    assert "when the seats were gone already" in moved(system, bought, "refund_due")
    moved(system, bought, "refunded")


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "(Bangkok time)"), ("fr", "(fuseau horaire\u00a0: Bangkok)"), ("th", "(ตามเวลากรุงเทพ)")]
)
def test_until_when_seats_are_kept_names_whose_hour_it_is(system: System, shop: Shop, lang: str, said: str) -> None:
    bought = shop.buy(1)
    assert said in bought.visitor.get(f"/o/{bought.token}?lang={lang}").text


def test_only_where_no_card_fee_comes_off_it_a_gift_is_said_to_arrive_in_full(system: System, shop: Shop) -> None:
    covered, plain = shop.buy(0, gift="800", cover_fees="1"), shop.buy(0, gift="800")
    for bought in (covered, plain):
        bought.pay()
    system.quiet()
    said = ["goes to the mission in full." in bought.page.text for bought in (covered, plain)]
    assert (said, "goes to the mission." in plain.page.text) == ([True, False], True)
