"""Who sees which staff page. What one may not see is not found; strangers are asked to sign in."""

import pytest

from events.team.access import local_path
from tests.support.staff import Staff

PAGES = {
    "/manage/api": {"owner", "organiser", "treasurer", "stranger"},
    "/manage/api/webhooks": {"owner", "organiser", "stranger"},
    "/manage/dinner": {"owner", "organiser", "treasurer"},
    "/manage/dinner/guests": {"owner", "organiser"},
    "/manage/dinner/guests.csv": {"owner", "organiser"},
    "/manage/dinner/gifts": {"owner", "organiser"},
    "/manage/dinner/gifts/own.csv": {"owner", "organiser"},
    "/manage/dinner/guests/import": {"owner", "organiser"},
    "/manage/dinner/seating": {"owner", "organiser"},
    "/manage/dinner/seating/wishes": {"owner", "organiser"},
    "/manage/dinner/seating/proposal": {"owner", "organiser"},
    "/manage/dinner/guests/actions": {"owner", "organiser"},
    "/manage/dinner/kitchen": {"owner", "organiser"},
    "/manage/dinner/tonight": {"owner", "organiser"},
    "/manage/dinner/waiting": {"owner", "organiser"},
    "/manage/dinner/returns": {"owner", "organiser"},
    "/manage/dinner/messages": {"owner", "organiser"},
    "/manage/dinner/messages/new": {"owner", "organiser"},
    "/manage/dinner/letters": {"owner", "organiser", "treasurer"},
    "/manage/dinner/door": {"owner", "organiser", "door"},
    "/manage/dinner/cash": {"owner", "organiser", "treasurer", "door"},
    "/manage/dinner/door/lists": {"owner", "organiser", "door"},
    "/manage/dinner/door/questions": {"owner", "organiser"},
    "/manage/dinner/door/ticks": {"owner", "organiser"},
    "/manage/dinner/pledges": {"owner", "organiser", "treasurer"},
    "/manage/dinner/table-cards.pdf": {"owner", "organiser"},
    "/treasury/dinner": {"owner", "organiser", "treasurer"},
    "/treasury/dinner/reconciliation": {"owner", "treasurer"},
    "/treasury/dinner/figures": {"owner", "treasurer"},
    "/treasury/figures?organisation=house-of-dinner": {"owner", "treasurer"},
    "/treasury/closing?organisation=house-of-dinner": {"owner", "treasurer"},
    "/treasury/keeping?organisation=house-of-dinner": {"owner", "treasurer"},
    "/treasury/dinner/receipts": {"owner", "treasurer"},
    "/treasury/dinner/receipts/settings": {"owner", "treasurer"},
    "/treasury/dinner/exports": {"owner", "treasurer"},
    "/treasury/dinner/terms": {"owner", "treasurer"},
    "/treasury/exports/orders.csv?event=dinner": {"owner", "treasurer"},
    "/treasury/exports/receipts.xlsx?event=dinner": {"owner", "treasurer"},
}


def test_a_stranger_is_asked_to_sign_in_and_brought_back(staff: Staff) -> None:
    stranger = staff.app.test_client()
    addresses = [*PAGES, "/manage/", "/treasury/", "/treasury/exports", "/manage/nowhere"]
    answers = {address: stranger.get(address) for address in addresses}
    opened = {address: answer.status for address, answer in answers.items() if answer.status_code != 302}
    assert not opened, opened
    led = {address: answer.headers["Location"] for address, answer in answers.items()}
    astray = {address: to for address, to in led.items() if not to.startswith("/sign-in?next=/")}
    assert not astray, astray


@pytest.mark.parametrize("who", ["owner", "organiser", "treasurer", "door", "stranger", "nobody"])
def test_each_role_sees_its_own_pages_and_no_others(staff: Staff, who: str) -> None:
    with staff.signed_in(who) as browser:
        answers = {address: browser.get(address, buffered=True).status_code for address in PAGES}
    right = {address: 200 if who in seen_by else 404 for address, seen_by in PAGES.items()}
    wrong = {address: status for address, status in answers.items() if status != right[address]}
    assert not wrong, wrong


def test_the_list_of_evenings_names_only_ones_own(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = browser.get("/manage/").text
    assert "Dinner for all" in page
    assert "Ball of the others" not in page


def test_the_doors_own_evening_offers_neither_guests_nor_money(staff: Staff) -> None:
    with staff.signed_in("door") as browser:
        page = browser.get("/manage/").text
    assert "/manage/dinner/door" in page
    assert "/manage/dinner/guests" not in page
    assert "/treasury" not in page


def test_staff_pages_are_kept_by_no_cache(staff: Staff) -> None:
    with staff.signed_in("owner") as browser:
        assert browser.get("/manage/dinner/guests").headers["Cache-Control"] == "no-store"


def test_every_page_that_is_open_to_strangers_is_declared(staff: Staff) -> None:
    closed = {
        rule.endpoint
        for rule in staff.app.url_map.iter_rules()
        if rule.rule.startswith(("/manage", "/treasury")) or rule.endpoint == "team.sign_out"
    }
    opened = {name for name in closed if getattr(staff.app.view_functions[name], "is_public", False)}
    assert len(closed) > 6
    assert not opened


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "manage/", "/a\nb", "", None],
)
def test_nobody_is_sent_elsewhere_after_sign_in(address: str | None) -> None:
    assert local_path(address) is None


def test_a_path_of_our_own_is_kept_with_its_query() -> None:
    assert local_path("/manage/dinner/guests?q=ann") == "/manage/dinner/guests?q=ann"
