"""Guests find their own places by one link, write down what the kitchen must know, and tickets are passed on."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from events.core.db import db, transaction
from events.door import pairing
from events.guests.models import Guest
from events.tickets.models import Ticket
from tests.payments.buyer.test_changing import press, prove
from tests.support.evening import System
from tests.support.reading import TONGUE
from tests.support.shopping import Purchase, Shop, new_email
from tests.support.visitor import Answer

pytestmark = pytest.mark.both_engines


def paid(system: System, shop: Shop, seats: int = 3) -> Purchase:
    bought = shop.buy(seats)
    bought.pay()
    system.quiet()
    return bought


def invitation(bought: Purchase) -> str:
    """The link that the host sends to everybody."""
    (found,) = set(re.findall(r"/g/[\w-]+", bought.page.text))
    return str(found)


def opened(system: System, address: str) -> Callable[..., Answer]:
    """Somebody opens a link; what is called later writes down who they are."""
    visitor = system.visitor()
    page = visitor.get(address + "?lang=en")
    known = {"csrf_token": page.fields["csrf_token"], "diet": ""}
    return lambda **fields: visitor.post(address + "?lang=en", known | fields)


def reply(system: System, address: str, **fields: str) -> Answer:
    """Somebody opens a link and writes down who they are."""
    return opened(system, address)(**fields)


def names(system: System, bought: Purchase) -> list[str | None]:
    """On the valid tickets of an order, by number."""
    with system.looking():
        query = select(Ticket.guest_name).where(Ticket.token.in_(tokens(bought)), Ticket.status == "valid")
        return list(db.session.scalars(query.order_by(Ticket.number)))


def tokens(bought: Purchase) -> list[str]:
    tickets = bought.public["tickets"]
    assert isinstance(tickets, list)
    return [ticket["url"].rpartition("/")[2] for ticket in tickets]


def test_one_link_gives_every_guest_a_place_and_a_ticket(system: System, shop: Shop) -> None:
    bought, email = paid(system, shop), new_email()
    fields = {"name": "Ngô Thị Hương", "email": email, "diet": "vegan", "allergies": "nuts", "note": "A wheelchair"}
    taken = reply(system, invitation(bought), **fields)
    assert (taken.status, taken.location.startswith("/t/")) == (303, True)
    assert "Ngô Thị Hương" in system.visitor().get(taken.location).text
    system.work()
    (letter,) = system.letters_to(email)
    assert [part.get_content_type() for part in letter.attachments] == ["application/pdf", "text/calendar"]
    assert taken.location.partition("?")[0] in letter.text
    assert (bought.token in letter.text, bought.email in letter.text) == (False, False)
    with system.looking():
        guest = db.session.scalars(select(Guest).join(Ticket).where(Ticket.guest_name == "Ngô Thị Hương")).one()
        assert (guest.diet, guest.allergies, guest.note) == ("vegan", ["nuts"], "A wheelchair")
    assert "answered" in bought.page.text


def test_nobody_learns_from_the_link_who_else_comes(system: System, shop: Shop) -> None:
    bought = paid(system, shop)
    reply(system, invitation(bought), name="Somebody Else")
    page = system.visitor().get(invitation(bought) + "?lang=en").text
    assert ("One seat is still free." in page, "Somebody Else" in page, bought.email in page) == (True, False, False)


def test_of_many_who_answer_at_once_each_place_gets_one(system: System, shop: Shop) -> None:
    bought = paid(system, shop, 4)
    address = invitation(bought)
    forms = [opened(system, address) for _ in range(8)]  # whoever opens it when all is taken finds no form
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: forms[number](name=f"Guest {number}"), range(8)))
    assert sorted(answer.status for answer in answers) == [303] * 3 + [409] * 5
    assert len({answer.location for answer in answers if answer.status == 303}) == 3
    given = names(system, bought)
    assert (len(given), len(set(given)), None in given) == (4, 4, False)
    assert "Every seat of this party has a name already" in system.visitor().get(address + "?lang=en").text


def test_the_button_pressed_twice_takes_one_place(system: System, shop: Shop) -> None:
    bought = paid(system, shop, 4)
    address, fields = invitation(bought), {"name": "Twice", "email": new_email(), "allergies": "nuts"}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _n: reply(system, address, **fields), range(2)))
    assert len({answer.location for answer in answers}) == 1
    assert names(system, bought).count("Twice") == 1
    assert reply(system, address, **(fields | {"allergies": "milk"})).status == 303
    assert names(system, bought).count("Twice") == 2
    assert "Your seat is booked." in system.visitor().get(answers[0].location).text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(system: System, shop: Shop) -> None:
    bought = paid(system, shop)
    answer = reply(system, invitation(bought), name=" ", email="no address", note="Gluten!", diet="vegetarian")
    assert answer.status == 422
    said = ("An alias will do.", "This e-mail address is not complete.")
    assert [words for words in (*said, "Gluten!", 'selected value="vegetarian"') if words not in answer.text] == []
    assert names(system, bought)[1:] == [None, None]


def test_a_guest_changes_what_was_written(system: System, shop: Shop) -> None:
    bought = paid(system, shop)
    address = f"/t/{tokens(bought)[1]}/guest"
    assert reply(system, address, name="Anna", diet="halal").status == 303
    page = system.visitor().get(address + "?lang=fr")
    assert ('value="Anna"' in page.text, 'selected value="halal"' in page.text) == (True, True)
    assert reply(system, address, name="Anna B.", diet="").status == 303
    assert "Anna B." in names(system, bought)
    assert system.visitor().get("/t/nobody/guest").status == 404
    assert system.visitor().get("/g/nobody").status == 404


def test_a_passed_on_ticket_has_a_new_code_and_the_old_one_is_dead(system: System, shop: Shop) -> None:
    bought, visitor, email = paid(system, shop), system.visitor(), new_email()
    old = tokens(bought)[1]
    reply(system, f"/t/{old}/guest", name="Anna", note="Afraid of bees")
    with system.looking():
        before = db.session.scalars(select(Ticket).filter_by(token=old)).one()
        number, code, event_id = before.short_number, before.code, before.event_id
    prove(system, visitor, bought)
    passed = press(visitor, bought, "transfer", ticket=number, name="Boris", guest_email=email)
    assert passed.status == 303
    assert system.visitor().get(f"/t/{old}/guest").status == 410
    assert "Replaced" in system.visitor().get(f"/t/{old}?lang=en").text
    system.work()
    (letter,) = system.letters_to(email)
    (new,) = set(re.findall(r"/t/([\w-]+)[?\s]", letter.text))
    assert f"Ticket {number} was passed on" in system.letters_to(bought.email)[-1].text
    assert new not in system.letters_to(bought.email)[-1].text
    assert "bees" not in system.visitor().get(f"/t/{new}/guest").text
    with system.looking():
        fresh = db.session.scalars(select(Ticket).filter_by(token=new)).one()
        assert (fresh.guest_name, fresh.amount, fresh.benefit) == ("Boris", 150_000, 90_000)
        assert fresh.code != code
        verdicts = scanned(system, event_id, code, fresh.code)
    assert verdicts == ["refused replaced", "admitted None"]


@pytest.mark.parametrize(
    ("chosen", "subject", "tongue"),
    [({"language": "th"}, "บัตรของคุณ", "th"), ({"language": "xx"}, "Your ticket", "en"), ({}, "Your ticket", "en")],
)
def test_a_new_guest_is_written_to_in_their_own_language_and_the_links_lead_on_in_it(
    system: System, shop: Shop, chosen: dict[str, str], subject: str, tongue: str
) -> None:
    bought, visitor, email = paid(system, shop), system.visitor(), new_email()
    prove(system, visitor, bought)
    page = visitor.get(f"/o/{bought.token}/changes?lang=en").text
    assert re.search(r'<select[^>]* name="language"[^>]*>.*?<option selected value="en">English', page, re.DOTALL)
    with system.looking():
        number = db.session.scalars(select(Ticket).filter_by(token=tokens(bought)[0])).one().short_number
    fields = {"ticket": number, "name": "Boris", "guest_email": email}
    assert press(visitor, bought, "transfer", **fields, **chosen).status == 303
    system.work()
    (letter,) = system.letters_to(email)
    assert subject in letter.subject
    assert "was passed on" in system.letters_to(bought.email)[-1].text
    links = set(re.findall(rf"{system.url}/[tg]/\S+", letter.text))
    assert len(links) == 2
    assert {TONGUE.findall(system.visitor("fr").get(link).text)[0] for link in links} == {tongue}


def scanned(system: System, event_id: int, *codes: str) -> list[str]:
    """What the door says to codes, one after the other."""
    with transaction():
        key = pairing.new_code(event_id, "Door A", None)
    token = system.visitor().post_json("/door/api/pair", {"code": key, "name": "A phone"}).json()["token"]
    scans = [{"scan_id": f"00000000-0000-4000-8000-{n:012}", "code": code} for n, code in enumerate(codes, event_id)]
    told = system.visitor().post_json("/door/api/scans", {"scans": scans}, {"Authorization": f"Bearer {token}"})
    return [f"{one['verdict']} {one.get('reason')}" for one in told.json()["results"]]


def test_a_ticket_is_passed_on_only_behind_a_code_and_once(system: System, shop: Shop) -> None:
    bought, visitor = paid(system, shop), system.visitor()
    with system.looking():
        number = db.session.scalars(select(Ticket).filter_by(token=tokens(bought)[1])).one().short_number
    fields = {"ticket": number, "name": "Boris", "guest_email": new_email()}
    assert press(visitor, bought, "transfer", **fields).status == 403
    prove(system, visitor, bought)
    assert press(visitor, bought, "transfer", **(fields | {"name": ""})).status == 422
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _n: press(visitor, bought, "transfer", **fields).status, range(2)))
    assert sorted(answers)[0] == 303
    assert sorted(answers)[1] in (404, 422)
    assert len(names(system, bought)) == 3
