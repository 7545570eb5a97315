"""Making codes: who may, what is refused, what becomes of a code that was made."""

import re

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


def test_a_code_that_takes_off_more_than_the_ticket_costs_is_pointed_at(staff: Staff) -> None:
    with staff.signed_in("owner") as browser:
        browser.post(PAGE, data={"code": "USUAL", "off": "100"})
        assert "more than the ticket costs" not in browser.get(PAGE).text
        browser.post(PAGE, data={"code": "NOUGHTS", "off": "9,000,000"})
        assert browser.get(PAGE).text.count("more than the ticket costs") == 1


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
        "This end is over already": {"code": "LATE", "off": "10 %", "ends_at": "2020-02-01T10:00"},
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


def only_id(staff: Staff) -> int:
    """Of the one code there is."""
    with staff.app.app_context():
        return db.session.scalars(select(DiscountCode.id)).one()


def test_the_terms_of_a_code_can_be_changed(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        typed = {"code": "SPRING", "off": "10 %", "use_limit": "5", "ends_at": "2027-02-01T18:30", "note": "friends"}
        browser.post(PAGE, data=typed)
        address = f"{PAGE}/{only_id(staff)}"
        shown = browser.get(address).text
        for value in ('value="10%"', 'value="5"', 'value="2027-02-01T18:30', 'value="friends"'):
            assert value in shown, value
        browser.post(f"{address}/end")
        changed = browser.post(address, data={"off": "250", "use_limit": "", "ends_at": "", "note": "all"})
        assert changed.status_code == 303
        assert "over" not in browser.get(PAGE).text
    assert made(staff) == [("SPRING", None, 25_000, None)]


def test_a_code_is_never_good_for_fewer_orders_than_use_it(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.post(PAGE, data={"code": "SPRING", "off": "10 %"})
        with staff.app.app_context(), transaction():
            db.session.scalars(select(DiscountCode)).one().uses = 3
        address = f"{PAGE}/{only_id(staff)}"
        refused = browser.post(address, data={"off": "20 %", "use_limit": "2", "note": "kept"})
        assert (refused.status_code, "more often than that already" in refused.text) == (409, True)
        assert 'value="kept"' in refused.text
        assert browser.post(address, data={"off": "", "use_limit": "3"}).status_code == 422
        assert browser.post(address, data={"off": "2,495"}).status_code == 422
        assert made(staff) == [("SPRING", 1_000, None, None)]
        assert browser.post(address, data={"off": "20 %", "use_limit": "3"}).status_code == 303
    assert made(staff) == [("SPRING", 2_000, None, 3)]


def test_many_codes_are_made_at_once_and_stand_in_one_line_and_one_file(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.post(PAGE, data={"code": "OTHER", "off": "10 %"})
        assert browser.post(PAGE, data={"code": "friends-", "off": "10 %", "count": "40"}).status_code == 303
        codes = [code for code, *_terms in made(staff) if code != "OTHER"]
        assert len(set(codes)) == 40
        assert all(re.fullmatch(r"FRIENDS-[A-HJ-NP-Z2-9]{8}", code) for code in codes)
        assert {terms[1:] for terms in made(staff)[1:]} == {(1_000, None, 1)}
        page = browser.get(PAGE).text
        assert ("40 codes" in page, "FRIENDS-…" in page, "0 / 40" in page) == (True, True, True)
        assert not any(code in page for code in codes)
        (address,) = set(re.findall(r'href="([^"]+\.csv)"', page))
        told = browser.get(address)
        lines = told.get_data().decode("utf-8-sig").splitlines()
        assert (told.content_type, len(lines)) == ("text/csv; charset=utf-8", 41)
        assert {line.split(",")[0] for line in lines[1:]} == set(codes)
        link = lines[1].split(",")[-1]
        assert f'value="{lines[1].split(",")[0]}"' in browser.get(link).text
        one = browser.get(address.removesuffix(".csv")).text
        assert all(code in one for code in codes)
        assert browser.post(f"{address.removesuffix('.csv')}/end?together=1").status_code == 303
        assert browser.get(PAGE).text.count("over</span>") == 1
        assert "Yes, end it" in browser.get(PAGE).text  # the other is as good as before


def test_a_form_of_many_codes_that_is_sent_twice_makes_them_once(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        first, second = (re.findall(r'name="key" value="([^"]+)"', browser.get(PAGE).text)[0] for _form in "ab")
        wanted = {"code": "FRIENDS", "off": "10 %", "count": "3"}
        for key, so_many in ((first, 3), (first, 3), (second, 6)):
            assert browser.post(PAGE, data=wanted | {"key": key}).status_code == 303
            assert len(made(staff)) == so_many
        assert browser.post(PAGE, data=wanted | {"key": first, "off": "20 %"}).status_code == 303
        assert len(made(staff)) == 9  # other terms are other codes


def test_no_more_codes_are_made_at_once_than_one_can_use(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        for typed in ({"count": "501"}, {"count": "0"}, {"count": "many"}, {"count": "2", "code": "A" * 32}):
            answer = browser.post(PAGE, data={"code": "MANY", "off": "10 %"} | typed)
            assert answer.status_code == 422, typed
    assert made(staff) == []


def test_codes_of_another_house_are_not_found(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        browser.post(PAGE, data={"code": "SPRING", "off": "10 %"})
    code_id = only_id(staff)
    for who, slug in (("stranger", "ball"), ("stranger", "dinner"), ("treasurer", "dinner"), ("door", "dinner")):
        with staff.signed_in(who) as browser:
            address = f"/manage/{slug}/codes/{code_id}"
            answers = [
                browser.get(address),
                browser.get(f"{address}.csv"),
                browser.post(address, data={"off": "100 %"}),
            ]
            assert {answer.status_code for answer in answers} == {404}
    assert made(staff) == [("SPRING", 1_000, None, None)]
