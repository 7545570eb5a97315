"""The papers: their words for each profile, their standards, their marks, and the bytes that are kept."""

import hashlib
import re
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from events.core.db import db, transaction
from payments.receipts import papers, printing
from payments.receipts.models import Receipt, ReceiptPaper
from tests.payments.receipts.sample import SAMPLES, facts
from tests.support import world as w

GOLDEN = Path(__file__).parent / "golden"


def words_of(pdf: bytes) -> str:
    """The text of all pages, line by line as a reader selects it."""
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(line.strip() for page in pages for line in page.splitlines() if line.strip()) + "\n"


def receipt_of(order_id: int) -> Receipt:
    """The one receipt of an order, newly read."""
    db.session.rollback()
    return db.session.scalars(select(Receipt).where(Receipt.order_id == order_id)).one()


@pytest.mark.parametrize("name", SAMPLES)
def test_each_profiles_paper_says_its_words(house: Flask, name: str) -> None:
    said = words_of(printing.print_receipt(SAMPLES[name]))
    assert said == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["generic-fr", "TH", "FR", "US"])
def test_papers_are_archivable_and_readable_aloud(house: Flask, name: str) -> None:
    pdf = printing.print_receipt(SAMPLES[name])
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>", pdf)
    assert re.search(rb"<pdfaid:conformance>A</pdfaid:conformance>", pdf)
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", pdf)
    assert b"/StructTreeRoot" in pdf
    assert f"/Lang({SAMPLES[name]['lang']})".encode() in pdf
    document = pypdfium2.PdfDocument(pdf)
    title = document.get_metadata_dict()["Title"]
    document.close()
    assert SAMPLES[name]["number"] in title


@pytest.mark.parametrize(("lang", "mark", "word"), [("fr", "cancelled", "Annulé"), ("en", "contested", "Contested")])
def test_a_copy_is_marked(house: Flask, lang: str, mark: str, word: str) -> None:
    assert word in words_of(printing.print_receipt(facts(lang=lang), mark)).splitlines()
    assert word not in words_of(printing.print_receipt(facts(lang=lang))).splitlines()


def test_several_receipts_are_one_pdf_with_a_page_each(house: Flask) -> None:
    document = pypdfium2.PdfDocument(printing.print_together(list(SAMPLES.values())))
    assert len(document) == len(SAMPLES)
    document.close()
    with pytest.raises(ValueError, match="250"):
        printing.print_together([facts()] * 251)


def test_long_names_stay_on_one_page(house: Flask) -> None:
    long = {**SAMPLES["FR"], "donor": {**SAMPLES["FR"]["donor"], "name": "Anne-Sophie de la Très Longue Allée " * 3}}
    document = pypdfium2.PdfDocument(printing.print_receipt(long, "cancelled"))
    assert len(document) == 1
    document.close()


@pytest.mark.both_engines
def test_the_paper_is_kept_as_it_was_first_set(house: Flask) -> None:
    order_id = w.buy(w.furnish())
    w.pay(order_id)
    receipt_id = receipt_of(order_id).id
    first = papers.keep(receipt_id)
    pdf, sha256 = first.pdf, first.sha256
    assert hashlib.sha256(pdf).hexdigest() == sha256
    assert papers.keep(receipt_id).pdf == pdf
    assert receipt_of(order_id).number in words_of(pdf)
    for statement in (
        "UPDATE receipt_paper SET sha256 = ''",
        "DELETE FROM receipt_paper",
        "DELETE FROM receipt_record",
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction() as session:
            session.execute(text(statement))
    db.session.rollback()
    assert db.session.scalars(select(ReceiptPaper.sha256)).all() == [sha256]


def test_many_papers_come_in_bundles(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "AT_ONCE", 2)
    world = w.furnish()
    orders = [w.buy(world) for _ in range(3)]
    assert [w.pay(order_id) for order_id in orders] == ["paid"] * 3
    ids = [receipt_of(order_id).id for order_id in orders]
    counts = []
    for pdf in papers.in_bundles(ids):
        document = pypdfium2.PdfDocument(pdf)
        counts.append(len(document))
        document.close()
    assert counts == [2, 1]
