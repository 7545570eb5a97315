"""Making codes: who may, what is refused, what becomes of a code that was made."""

from sqlalchemy import select

from events.catalogue.codes import DiscountCode
from events.core.db import db, transaction
from events.core.trail import TrailEntry
from tests.support.staff import Staff

PAGE = "/manage/dinner/codes"


def made(staff: Staff) -> list[tuple[str, int | None, int | None, int | None]]:
    """Every code as (code, basis points, amount, limit)."""
    with staff.app.app_context():
        query = select(DiscountCode.code, DiscountCode.percent_bp, DiscountCode.amount, DiscountCode.use_limit)
        rows = db.session.execute(query.order_by(DiscountCode.id))
        return [(row.code, row.percent_bp, row.amount, row.use_limit) for row in rows]


def test_an_organiser_makes_a_code_of_ten_per_cent(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        typed = {"code": " spring 27 ", "off": "10 %", "use_limit": "5", "note": "for friends"}
        assert browser.post(PAGE, data=typed).status_code == 303
        page = browser.get(PAGE).text
    assert made(staff) == [("SPRING27", 1_000, None, 5)]
    assert "SPRING27" in page
    assert "for friends" in page
    with staff.app.app_context():
        assert db.session.scalars(select(TrailEntry.actor).where(TrailEntry.action == "code.made")).all() == [
            f"account:{staff.accounts['organiser']}"
        ]


def test_an_amount_is_read_in_the_currency_of_the_evening(staff: Staff) -> None:
    with staff.signed_in("owner") as browser:
        browser.post(PAGE, data={"code": "FRIENDS", "off": "1,250.50"})
    assert made(staff) == [("FRIENDS", None, 125_050, None)]


def test_codes_are_for_owner_and_organiser(staff: Staff) -> None:
    for who in ("treasurer", "door", "stranger", "nobody"):
        with staff.signed_in(who) as browser:
            assert browser.get(PAGE).status_code == 404
            assert browser.post(PAGE, data={"code": "MINE", "off": "100 %"}).status_code == 404
    assert made(staff) == []


def test_what_makes_no_sense_is_refused_and_nothing_typed_is_lost(staff: Staff) -> None:
    refused = {
        "Say by how much it lowers the price": {"code": "EMPTY", "off": ""},
        "Please give a percentage": {"code": "MUCH", "off": "150 %"},
        "Letters, digits": {"code": "<b>", "off": "10 %"},
        "The end comes before": {
            "code": "BACK", "off": "10 %", "starts_at": "2027-02-02T10:00", "ends_at": "2027-02-01T10:00",
        },
        "Stripe takes": {"code": "ALMOST", "off": "2,495"},
    }  # fmt: skip
    with staff.signed_in("organiser") as browser:
        for sentence, typed in refused.items():
            answer = browser.post(PAGE, data=typed)
            assert answer.status_code == 422, sentence
            assert sentence in answer.text
            assert typed["code"].replace("<", "&lt;").replace(">", "&gt;") in answer.text
        browser.post(PAGE, data={"code": "TWICE", "off": "10 %"})
        assert "has a code of this name already" in browser.post(PAGE, data={"code": "twice", "off": "20 %"}).text
    assert made(staff) == [("TWICE", 1_000, None, None)]


def test_a_code_that_is_ended_is_over(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.post(PAGE, data={"code": "SHORT", "off": "10 %"})
        with staff.app.app_context(), transaction():
            code_id = db.session.scalars(select(DiscountCode.id)).one()
        assert browser.post(f"{PAGE}/{code_id}/end").status_code == 303
        assert "over" in browser.get(PAGE).text
    with staff.signed_in("stranger") as browser:
        assert browser.post(f"/manage/ball/codes/{code_id}/end").status_code == 404
