"""A thousand receipts as PDF: read, worded and typeset, against typst alone with such data. `make bench` prints it."""

from collections.abc import Callable
from datetime import datetime
from time import process_time

from flask import Flask
from sqlalchemy import insert, select

from events.core.db import db, transaction
from events.core.pdf import render
from payments.receipts import papers, printing
from payments.receipts.models import Receipt, ReceiptPart, ReceiptRecord
from tests.support import world as w

COUNT = 1_000
MOST = 2.0


def prepared() -> list[int]:
    """A thousand receipts like one real receipt of a sale; their ids."""
    order_id = w.buy(w.furnish())
    assert w.pay(order_id) == "paid"
    first = db.session.scalars(select(Receipt)).one()
    facts = papers.facts_of(first.id)
    columns = [column.name for column in Receipt.__table__.columns]
    values = {name: getattr(first, name) for name in columns}
    part = {"order_id": order_id, "received_at": first.received_at, "paid": 0, "benefit": 0, "eligible": 0}
    ids = list(range(first.id, first.id + COUNT))
    numbers = {one: f"R-2026-{one:06}" for one in ids}
    with transaction() as session:
        rows = [{**values, "id": one, "sequence": one, "number": numbers[one], "seal": "0" * 12} for one in ids[1:]]
        session.execute(insert(Receipt), rows)
        session.execute(insert(ReceiptPart), [{**part, "receipt_id": one} for one in ids[1:]])
        frozen = [{"receipt_id": one, "facts": {**facts, "number": numbers[one]}} for one in ids[1:]]
        session.execute(insert(ReceiptRecord), frozen)
    return ids


def seconds(act: Callable[[], object]) -> float:
    """Processor seconds of one run, typst's own threads included."""
    begun = process_time()
    act()
    return process_time() - begun


def test_a_thousand_receipts_against_bare_typst(house: Flask, note: Callable[..., None]) -> None:
    ids = prepared()
    every = [papers.facts_of(one) for one in ids]
    # Other numbers: typst remembers what it has set, and would set the same pages for nothing.
    pages = [printing.page({**facts, "number": f"B{facts['number']}"}) for facts in every]
    made_at = datetime.fromisoformat(every[0]["issued_at"])
    steps = range(0, COUNT, printing.AT_ONCE)
    render("receipt.typ", {"receipts": pages[:1]}, made_at=made_at)  # fonts are read once
    bare = seconds(
        lambda: [render("receipt.typ", {"receipts": pages[i : i + printing.AT_ONCE]}, made_at=made_at) for i in steps]
    )
    db.session.expire_all()
    whole = seconds(lambda: list(papers.in_bundles(ids)))
    note(f"{COUNT:,} receipts, PDF", whole, "s CPU", reference=bare, against="typst alone", at_most=MOST)
