"""docs/rights.md is walked: every address, as every role, as the owner of others, without a role, as a stranger."""

import pytest

from events.team.models import ROLES
from tests.support import rights
from tests.support.staff import Staff

OTHERS = ("stranger", "nobody")
"""The owner of another organisation, and an account without any role."""


def closed_to(who: str) -> set[tuple[str, str]]:
    """Address and method of every row of the document that says no to them; what opens to all roles opens to all.

    The owner of another house has pages of their own wherever the address names no evening.
    """
    told = [[cell.strip(" `") for cell in row.split("|")[1:-1]] for row in documented()]
    marks = [(address, method, dict(zip(ROLES, says, strict=False))) for address, method, *says in told]
    opened = {role for role in ROLES if role == who}
    return {
        (address, method)
        for address, method, says in marks
        if set(says.values()) != {"yes"}
        and not any(says[role] == "yes" for role in opened)
        and (who != "stranger" or "<slug>" in address)
    }


def documented() -> list[str]:
    return rights.documented(rights.DOCUMENT.read_text(encoding="utf-8"))


def test_the_document_says_what_the_addresses_demand(staff: Staff) -> None:
    with staff.signed_in("nobody") as nobody:
        now = [right.row for right in rights.rights(staff.app, nobody)]
    assert documented() == now


def test_no_address_opens_to_nobody_at_all(staff: Staff) -> None:
    """Such a row would mean that nothing was demanded: the view looks for something before it asks who wants it."""
    with staff.signed_in("nobody") as nobody:
        assert [right.address for right in rights.rights(staff.app, nobody) if not right.roles] == []


@pytest.mark.parametrize("who", [*ROLES, *OTHERS])
def test_what_is_not_ones_own_is_not_found(staff: Staff, who: str) -> None:
    closed = closed_to(who)
    with staff.signed_in(who) as browser:
        answers = {
            (rule.rule, method): browser.open(rights.address_of(staff.app, rule), method=method).status_code
            for rule, method in rights.staff_rules(staff.app)
            if (rule.rule, method) in closed
        }
    assert len(answers) == len(closed)
    assert {asked: status for asked, status in answers.items() if status != 404} == {}


def test_a_stranger_is_asked_to_sign_in_everywhere(staff: Staff) -> None:
    for rule, method in rights.staff_rules(staff.app):
        answer = staff.app.test_client().open(rights.address_of(staff.app, rule), method=method)
        asked = answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in")
        assert asked or answer.status_code in (401, 404), (rule.rule, method, answer.status_code)


def test_a_view_that_demands_nothing_is_noticed(staff: Staff) -> None:
    staff.app.view_functions["treasury.orders"] = lambda slug: slug
    with staff.signed_in("nobody") as nobody:
        now = {right.address: right for right in rights.rights(staff.app, nobody)}
    assert now["/treasury/<slug>"].row not in documented()
