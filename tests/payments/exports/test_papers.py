"""Receipts on paper: the bytes that were kept, named by their numbers; and all of them together."""

import io
import zipfile

import pypdfium2
import pytest
from flask import Flask
from sqlalchemy import select

from events.core.db import db
from events.core.refusal import Refusal
from payments.exports import papers
from payments.exports.exporting import export_file
from payments.exports.rows import scope_of
from payments.receipts.models import Receipt, ReceiptPaper
from tests.support import world as w


def written(form: str, world: w.World) -> bytes:
    scope = scope_of([world.organisation_id], None, None, None)
    return b"".join(export_file("receipt-papers", form, scope).pieces)


def test_the_papers_leave_as_they_were_kept(house: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    world = w.furnish()
    for _buyer in range(2):
        w.pay(w.buy(world))
    db.session.rollback()
    data = written("zip", world)
    assert written("zip", world) == data
    kept = {row.receipt_id: row.pdf for row in db.session.scalars(select(ReceiptPaper))}
    wanted = {f"{row.number}.pdf": kept[row.id] for row in db.session.scalars(select(Receipt))}
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert {name: bundle.read(name) for name in bundle.namelist()} == wanted
    assert len(wanted) == 2
    document = pypdfium2.PdfDocument(written("pdf", world))
    assert len(document) == 2
    document.close()
    monkeypatch.setattr(papers, "AT_ONCE", 1)
    with pytest.raises(Refusal, match="too_many"):
        written("pdf", world)


def test_without_a_receipt_there_is_no_paper(house: Flask) -> None:
    world = w.furnish()
    for form in ("zip", "pdf"):
        with pytest.raises(Refusal, match="no_receipts"):
            written(form, world)
