"""Before a list is taken over: which cells it changes, what it leaves alone, and which columns it does not know."""

import json
import re

import pytest
from sqlalchemy import select, update

from events.core.db import db, transaction
from events.core.trail import TrailEntry
from events.guests.models import Guest
from events.office import editing
from events.tickets.models import Ticket
from tests.payments.guest_import.test_importing import IMPORT, look, take_over
from tests.support.staff import Staff


def names(page: str) -> list[str]:
    """The names that the rows would give."""
    told = re.search(r'name="rows" value="(.*?)"><input', page)  # the page has been unescaped
    return [values["name"] for _number, values in json.loads(told[1])] if told else []


def cells(page: str) -> list[str]:
    """What stood before in the cells that change."""
    return [old or empty for old, empty in re.findall(r"<del>([^<]*)</del>|(was empty)", page)]


def test_a_row_that_changes_nothing_is_no_change(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        lines = browser.get("/manage/dinner/guests.csv", buffered=True).text.replace("Luc Moreau", "Luc Morel")
        page = look(browser, lines)[1]
    assert "0 new guests, 1 change, 6 unchanged, 0 rows with mistakes" in page
    assert "Take over 1 row<" in page
    assert cells(page) == ["Luc Moreau"]


def test_cells_that_change_show_what_stood_there(staff: Staff) -> None:
    with staff.app.app_context(), transaction():
        guest = db.session.scalars(select(Guest).join(Ticket).where(Ticket.number == 1, Ticket.event_id == 1)).one()
        guest.diet, guest.allergies, guest.note = "vegan", ["milk", "peanuts"], "Wheelchair"
    with staff.signed_in("organiser") as browser:
        heading = "ticket,name,diet,allergies,note,mark,table\n"
        page = look(browser, heading + '1,,Vegan,"Peanuts, milk",Wheelchair,,\n')[1]
        assert "0 changes, 1 unchanged" in page
        page = look(browser, heading + "1,,vegetarian,milk,Wheelchair at the door,press,2\n")[1]
        assert cells(page) == ["Vegan", "Milk, Peanuts", "Wheelchair", "was empty", "was empty"]
        assert "was: <del>Wheelchair</del>" in page


def test_a_cell_of_a_table_changes_with_the_table_and_not_with_its_name(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert take_over(browser, "ticket,table\n1,2\n")[0] == 303
        assert "0 changes, 1 unchanged" in look(browser, "ticket,table\n1,2 · Elsewhere\n")[1]
        assert "1 change, 0 unchanged" in look(browser, "ticket,table\n1,1\n")[1]


def test_nothing_is_written_for_rows_that_change_nothing(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    write = editing.write

    def noted(known: editing.Known, data: editing.Data) -> None:
        written.append(known.ticket.number)
        write(known, data)

    monkeypatch.setattr(editing, "write", noted)
    with staff.signed_in("organiser") as browser:
        exported = browser.get("/manage/dinner/guests.csv", buffered=True).text
        assert take_over(browser, exported.replace("Luc Moreau", "Luc Morel"))[0] == 303
    assert len(written) == 1
    with staff.app.app_context():
        entry = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "guests.imported")).one()
        assert (entry.details["new"], entry.details["changed"]) == (0, 1)


def test_what_somebody_else_wrote_meanwhile_is_looked_at_again(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        page = look(browser, "ticket,note,shoe size\n1,Wheelchair,38\n")[1]
        values = dict(re.findall(r'name="(rows|shown|ignored)" value="(.*?)">', page))
        with staff.app.app_context(), transaction():
            db.session.execute(update(Guest).values(note="Comes late"))
        answer = browser.post(f"{IMPORT}/confirmation", data=values)
    assert answer.status_code == 409
    assert "<del>Comes late</del>" in answer.text
    assert "leaves it out: shoe size." in answer.text


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("name,Shoe size", "does not know this column and leaves it out: Shoe size."),
        ("name,Shoe size,,Nickname", "does not know these columns and leaves them out: Shoe size and Nickname."),
        ("First name,Last name,Name", "leaves them out: First name and Last name."),
    ],
)
def test_columns_that_nobody_knows_are_named(staff: Staff, heading: str, sentence: str) -> None:
    with staff.signed_in("organiser") as browser:
        assert sentence in look(browser, f"{heading}\nEve,x,y,z\n")[1]
        assert "The import does not know" not in look(browser, "name,email\nEve,eve@example.org\n")[1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prénom;Nom\nAna;Silva\n", ["Ana Silva"]),
        ("NOM;PRÉNOM\nSilva;Ana\n", ["Ana Silva"]),
        ("First name,Last name\nAna,Silva\nRui,\n,Dee\n", ["Ana Silva", "Rui", "Dee"]),
        ("Name,First name\nSilva,Ana\n", ["Ana Silva"]),
        ("ชื่อ,นามสกุล\nสมชาย,ใจดี\n", ["สมชาย ใจดี"]),
        ("Nom;Courriel\nAna Silva;\n", ["Ana Silva"]),
        ("ชื่อ,อีเมล\nสมชาย ใจดี,\n", ["สมชาย ใจดี"]),
        ("Prénom;Nom;Prénom et nom\nA;B;Ana Silva\n", None),
        ("First name,Last name,Full name\nA,B,Ana Silva\n", ["Ana Silva"]),
    ],
)
def test_first_and_last_name_in_two_columns_are_one_name(staff: Staff, text: str, expected: list[str] | None) -> None:
    with staff.signed_in("organiser") as browser:
        status, page = look(browser, text)
    assert status == (200 if expected else 422)
    assert names(page) == (expected or [])
