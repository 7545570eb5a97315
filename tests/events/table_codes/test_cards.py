"""The cards for the tables: one code each that stays, on paper that a telephone can read, in every language."""

import io
import re

import pypdfium2
import zxingcpp
from flask import Flask
from PIL import Image

from events.core.db import db, transaction
from events.seating import tables
from events.table_codes import coding, paper
from events.table_codes.models import TableCode
from tests.support.room import evening, open_room


def codes_on(page: Image.Image) -> list[str]:
    """What a camera reads on a page, turned or not."""
    return [found.text for found in zxingcpp.read_barcodes(page)]


def test_every_printed_code_opens_its_own_table(house: Flask) -> None:
    room = open_room(house)
    pdf = pypdfium2.PdfDocument(paper.cards_pdf(evening(room)))
    assert len(pdf) == 2  # three cards, two to a sheet
    found = [text for page in pdf for text in codes_on(page.render(scale=150 / 72).to_pil())]
    wanted = [f"https://tickets.example.org/p/{code.token}" for code in room.codes()]
    assert sorted(found) == sorted(wanted * 2)  # on both sides of each card
    words = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    assert "Table 1" in re.sub(r"\s+", " ", words)
    width, height = pdf[0].get_size()
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)


def test_a_table_keeps_its_code_whatever_it_is_called_and_a_new_one_gets_its_own(house: Flask) -> None:
    room = open_room(house)
    before = {code.name: code.token for code in room.codes()}
    with transaction():
        table = tables.of_event(room.world.event_id)[0]
        tables.change_table(table, tables.Wanted(7, 8, "round", "Jasmine"))
        tables.add_tables(room.world.event_id, 1, 8, "round")
        coding.give(room.world.event_id)
    after = {code.name: code.token for code in room.codes()}
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 4
    assert [code.label for code in room.codes()] == ["", "2", "7 · Jasmine", "8"]


def test_a_table_that_is_taken_away_leaves_its_gifts_behind_but_no_card(house: Flask) -> None:
    room = open_room(house)
    pledge_id = room.promise()
    with transaction():
        tables.remove_table(tables.of_event(room.world.event_id)[0])
    gone = room.codes()[-1]
    assert (gone.table, gone.label) == (None, "1")
    assert room.browser.get(f"/p/{gone.token}", base_url="https://tickets.example.org").status_code == 200
    assert [pledge.code_id for pledge in room.pledges()] == [gone.id]
    assert room.pledges()[0].id == pledge_id
    pdf = pypdfium2.PdfDocument(io.BytesIO(paper.cards_pdf(evening(room))))
    assert len(pdf) == 1
    assert db.session.get_one(TableCode, gone.id).is_room is False
