"""The evening is cancelled, and everybody's money goes back after one decision of the treasurer's."""

import pytest
from sqlalchemy import select, update

from events.catalogue.models import Event
from events.core import clock, jobs
from events.core.db import db, transaction
from events.guests.models import Guest
from payments.desk import all_back
from payments.orders.models import Order, Payment
from payments.refunds import requesting
from tests.support.desk import Treasurer, paid, refunds_of, standing, stripe_ids
from tests.support.entering import Desk
from tests.support.evening import Evening, System
from tests.support.shopping import Purchase, Shop, new_email
from tests.support.visitor import Answer

pytestmark = pytest.mark.both_engines


def set_status(system: System, evening: Evening, status: str) -> None:
    """As the organiser does."""
    moment = clock.now() if status == "cancelled" else None
    with system.looking(), transaction():
        db.session.execute(update(Event).where(Event.id == evening.id).values(status=status, cancelled_at=moment))


def own_address(bought: Purchase) -> str:
    """One of the guests has an address of their own."""
    email = new_email()
    with bought.system.looking(), transaction():
        order = db.session.get_one(Order, bought.id)
        guest = db.session.scalars(select(Guest).filter_by(party_id=order.party_id).limit(1)).one()
        guest.email = email
    return email


def give_back(treasurer: Treasurer, **fields: str) -> Answer:
    """The page's form, ticked and sent."""
    address = f"/treasury/{treasurer.evening.slug}/all-back"
    given = treasurer.visitor.get(address).fields
    form = {name: given[name] for name in ("csrf_token", "key", "what") if name in given}
    return treasurer.visitor.post(address, form | {"sure": "yes"} | fields)


def page(treasurer: Treasurer) -> str:
    """As HTML."""
    return treasurer.visitor.get(f"/treasury/{treasurer.evening.slug}/all-back").text


def test_everything_goes_back_after_one_decision(system: System, shop: Shop, evening: Evening) -> None:
    bought = [paid(shop.buy(2, gift="500", cover_fees="1")), paid(shop.buy(1))]
    guest = own_address(bought[1])
    treasurer = Treasurer(system, evening)
    assert "Give the money back" not in treasurer.visitor.get(f"/treasury/{evening.slug}").text
    set_status(system, evening, "cancelled")
    assert "Give the money back" in treasurer.visitor.get(f"/treasury/{evening.slug}").text
    total = sum(standing_total(one) for one in bought)
    assert f"฿{total / 100:,.2f}".removesuffix(".00") in page(treasurer)
    assert give_back(treasurer, what="everything", note="storm").status == 303
    assert "It is under way" in page(treasurer)
    system.quiet()
    system.quiet()
    for one in bought:
        left = standing(one)
        assert (left.status, set(left.tickets)) == ("refunded", {"void"})
        assert [(why, status) for why, status, _amount in left.refunds] == [("lines", "succeeded")]
        assert one.seen().letters == ["order_paid", "refund_sent"]
    assert system.letters_to(guest) == []  # told of the cancellation, not of a ticket that opens no door
    assert ("Nothing is left to go back by card." in page(treasurer), "2 refunds" in page(treasurer)) == (True, True)
    assert give_back(treasurer, what="everything", key="x" * 16).status == 409
    assert "still owed" not in page(treasurer)
    system.standin.control("refund", refund=stripe_ids(bought[1])[0], status="failed")
    system.quiet()
    listed = [f'/orders/{one.public["code"]}"' in page(treasurer) for one in bought]
    assert ("still owed" in page(treasurer), listed) == (True, [False, True])
    assert treasurer.press(bought[1], f"refunds/{refunds_of(bought[1])[0]}/again").status == 303
    system.quiet()
    assert "still owed" not in page(treasurer)


def test_extra_gifts_may_stay_and_a_gift_alone_always_does(system: System, shop: Shop, evening: Evening) -> None:
    seat, gift = paid(shop.buy(1, gift="500")), paid(shop.buy(0, gift="800"))
    set_status(system, evening, "cancelled")
    treasurer = Treasurer(system, evening)
    words = page(treasurer)
    assert ("฿2,000" in words, "฿1,500" in words, "฿2,800" in words) == (True, True, False)
    assert give_back(treasurer, what="seats").status == 303
    system.quiet()
    assert (standing(seat).status, standing(seat).refunded, standing(seat).tickets) == (
        "partly_refunded", 150_000, ["void"],
    )  # fmt: skip
    assert (standing(gift).status, standing(gift).refunds) == ("paid", [])
    said = ("evening does not take place", "goes to the mission")
    assert [[words in one.page.text for words in said] for one in (seat, gift)] == [[True, False], [False, True]]
    assert "Nothing is left to go back by card." in page(treasurer)


def test_sent_twice_it_is_done_once_and_unticked_not_at_all(system: System, shop: Shop, evening: Evening) -> None:
    bought = paid(shop.buy(1))
    set_status(system, evening, "cancelled")
    treasurer = Treasurer(system, evening)
    unticked = give_back(treasurer, sure="", what="everything", note="storm")
    assert (unticked.status, "Tick the box" in unticked.text, unticked.fields["note"]) == (422, True, "storm")
    assert standing(bought).refunds == []
    key = unticked.fields["key"]
    assert [give_back(treasurer, key=key, what="everything").status for _ in range(2)] == [303, 303]
    system.quiet()
    assert [amount for _why, _status, amount in standing(bought).refunds] == [150_000]


def test_what_a_bank_decides_and_what_came_in_cash_is_only_listed(system: System, shop: Shop, evening: Evening) -> None:
    treasurer = Treasurer(system, evening)
    contested, card = paid(shop.buy(1)), paid(shop.buy(1))
    cash = Desk(shop, treasurer).entered("cash", 1)
    with system.looking():
        reference = db.session.scalars(select(Payment.reference).filter_by(order_id=contested.id)).one()
    set_status(system, evening, "cancelled")
    system.standin.control("dispute", payment_intent=reference)
    system.quiet()
    with system.looking():
        event = db.session.get_one(Event, evening.id)
        known = [(one.order_id, one.is_by_card, one.is_contested) for one in all_back.due(event)]
        assert known == [(contested.id, False, True), (card.id, True, False), (cash.id, False, False)]
    listed = [f'/orders/{one.public["code"]}"' in page(treasurer) for one in (contested, card, cash)]
    assert listed == [True, False, True]
    give_back(treasurer, what="everything")
    system.quiet()
    assert [standing(one).status for one in (contested, card, cash)] == ["paid", "refunded", "paid"]


def test_an_evening_that_takes_place_gives_nothing_back_by_itself(system: System, shop: Shop, evening: Evening) -> None:
    bought = paid(shop.buy(1))
    treasurer = Treasurer(system, evening)
    assert "for an evening that was cancelled" in page(treasurer)
    set_status(system, evening, "cancelled")
    given = treasurer.visitor.get(f"/treasury/{evening.slug}/all-back").fields
    set_status(system, evening, "published")
    form = {name: given[name] for name in ("csrf_token", "key")} | {"what": "everything", "sure": "yes"}
    answer = treasurer.visitor.post(f"/treasury/{evening.slug}/all-back", form)
    assert (answer.status, standing(bought).refunds) == (409, [])


def test_killed_between_two_orders_it_goes_on_where_it_stood(system: System, shop: Shop, evening: Evening) -> None:
    bought = [paid(shop.buy(1)) for _ in range(3)]
    set_status(system, evening, "cancelled")
    give_back(Treasurer(system, evening), what="everything")
    with system.looking():
        waits = jobs.Job.kind == all_back.JOB, jobs.Job.status == "queued"
        args, asked, real = dict(db.session.scalars(select(jobs.Job.args).where(*waits)).one()), 0, requesting.request
        db.session.rollback()

        def dies(order_id: int, wish: requesting.Wish) -> object:
            nonlocal asked
            asked += 1
            if asked == 2:
                raise KeyboardInterrupt
            return real(order_id, wish)

        with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(requesting, "request", dies)
            all_back.give_back(args)
    assert [len(standing(one).refunds) for one in bought] == [1, 0, 0]
    system.quiet()
    assert [len(standing(one).refunds) for one in bought] == [1, 1, 1]
    assert {standing(one).status for one in bought} == {"refunded"}


def standing_total(bought: Purchase) -> int:
    """What the order cost, in minor units."""
    with bought.system.looking():
        return db.session.get_one(Order, bought.id).total
