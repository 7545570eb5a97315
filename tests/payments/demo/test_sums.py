"""What the demonstration sells and whom it invites: whole in its sums."""

from datetime import datetime

import pytest

from events.core.i18n import LANGUAGES
from events.team.models import ROLES
from tests.payments.demo.test_content import DINNERS, THAI, read


@pytest.mark.parametrize("name", DINNERS)
def test_amounts_are_whole_and_a_benefit_never_exceeds_its_price(name: str) -> None:
    dinner = read(name)
    amounts = [dinner["goal"], dinner["absent_gift"], *dinner["gift_amounts"]]
    amounts += [kind[key] for kind in dinner["ticket_types"] for key in ("price", "benefit")]
    amounts += [quota["size"] for quota in dinner["quotas"]]
    assert [amount for amount in amounts if type(amount) is not int or amount <= 0] == []
    assert [kind["key"] for kind in dinner["ticket_types"] if kind["benefit"] > kind["price"]] == []


@pytest.mark.parametrize("name", DINNERS)
def test_every_ticket_type_draws_on_the_shared_seats_and_on_quotas_that_exist(name: str) -> None:
    dinner = read(name)
    known = {quota["key"] for quota in dinner["quotas"]}
    for kind in dinner["ticket_types"]:
        assert "seats" in kind["quotas"]
        assert set(kind["quotas"]) <= known


def test_the_early_seat_has_a_quota_and_an_end_of_its_own() -> None:
    dinner = read("next_dinner")
    kinds = {kind["key"]: kind for kind in dinner["ticket_types"]}
    sizes = {quota["key"]: quota["size"] for quota in dinner["quotas"]}
    assert (kinds["early"]["quotas"], kinds["early"]["sales_end_days_before"]) == (["seats", "early"], 60)
    assert sizes == {"seats": 96, "early": 24, "counter": 6}
    assert {key: (kind["price"], kind["benefit"], kind["bundle_size"]) for key, kind in kinds.items()} == {
        "seat": (250000, 120000, 1),
        "early": (220000, 120000, 1),
        "table": (2000000, 960000, 8),
        "counter": (350000, 160000, 1),
    }


def test_the_past_dinner_was_on_the_twenty_second_of_february_at_seven_with_sales_closed_before() -> None:
    past = read("past_dinner")
    begins = datetime.fromisoformat(past["starts_at"])
    assert begins.isoformat() == "2026-02-22T19:00:00+07:00"
    assert datetime.fromisoformat(past["sales_end_at"]) < begins < datetime.fromisoformat(past["ends_at"])
    assert set(past["raised"]) == {"gifts", "benefits"}


def test_what_the_past_dinner_is_said_to_have_raised_fits_in_its_room() -> None:
    past = read("past_dinner")
    seat = next(kind for kind in past["ticket_types"] if kind["key"] == "seat")
    seats, rest = divmod(past["raised"]["benefits"], seat["benefit"])
    assert (rest, 0 < seats <= past["quotas"][0]["size"]) == (0, True)


def test_the_organisation_is_plainly_invented_where_it_must_be() -> None:
    organisation = read("organisation")
    assert "demonstration" in organisation["address"]
    assert organisation["email"].endswith("@example.org")
    assert organisation["tax_id"] is None


def test_guests_are_twelve_reachable_nowhere_and_written_in_several_scripts() -> None:
    guests = read("guests")["guests"]
    assert len(guests) == len({guest["email"] for guest in guests}) == len({guest["name"] for guest in guests}) == 12
    assert all(guest["email"].endswith("@example.org") for guest in guests)
    assert {guest["language"] for guest in guests} == set(LANGUAGES)
    assert any(THAI.search(guest["name"]) for guest in guests)
    assert any("ễ" in guest["name"] for guest in guests)


def test_a_table_of_eight_is_taken_whole() -> None:
    guests = read("guests")["guests"]
    kinds = {kind["key"]: kind["bundle_size"] for kind in read("next_dinner")["ticket_types"]}
    orders: dict[int, list[str]] = {}
    for guest in guests:
        orders.setdefault(guest["order"], []).append(guest["ticket_type"])
    for taken in orders.values():
        assert len(set(taken)) == 1
        assert len(taken) % kinds[taken[0]] == 0


def test_staff_are_one_account_for_each_role() -> None:
    staff = read("guests")["staff"]
    assert sorted(member["role"] for member in staff) == sorted(ROLES)
    assert all(member["email"] == f"{member['role']}@example.org" for member in staff)
