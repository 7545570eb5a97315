"""The paper as it was issued: set once from the frozen facts, then kept byte for byte with its hash."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from events.core import clock
from events.core.db import db, end_reading, insert_once, transaction
from events.mail import outbox
from payments.receipts import printing
from payments.receipts.facts import Facts
from payments.receipts.models import Receipt, ReceiptPaper, ReceiptRecord


def make(args: Mapping[str, Any]) -> None:
    """The job after an issue: the paper is set and kept, and sent to the donor where no other letter brings it."""
    receipt_id = int(args["receipt"])
    keep(receipt_id)
    if not args["by_letter"]:
        return
    with transaction():
        receipt = db.session.get_one(Receipt, receipt_id)
        party = receipt.order.party
        if receipt.state == "issued" and party.email:
            outbox.put(
                "receipt_issued",
                f"receipt:{receipt_id}",
                name=party.name,
                email=party.email,
                language=party.language,
                receipt_id=receipt_id,
                event_id=receipt.order.event_id,
            )


def keep(receipt_id: int) -> ReceiptPaper:
    """The kept paper; whoever asks first has it made. No transaction may be open: one is begun here.

    Two at once make the same: the first to write it down is right.
    """
    kept = db.session.get(ReceiptPaper, receipt_id)
    if kept is not None:
        return kept
    facts = facts_of(receipt_id)
    end_reading()
    pdf = printing.print_receipt(facts)
    values = {"receipt_id": receipt_id, "pdf": pdf, "sha256": hashlib.sha256(pdf).hexdigest(), "made_at": clock.now()}
    with transaction():
        insert_once(ReceiptPaper, values, ["receipt_id"])
    return db.session.get_one(ReceiptPaper, receipt_id)


def facts_of(receipt_id: int) -> Facts:
    """What the receipt says, as it was when it was issued. Raises NoResultFound."""
    return db.session.get_one(ReceiptRecord, receipt_id).facts


def marked_copy(receipt: Receipt) -> bytes:
    """The paper set again with its state across it: for reading later. The kept bytes stay as they are."""
    return printing.print_receipt(facts_of(receipt.id), "" if receipt.state == "issued" else receipt.state)


def in_bundles(receipt_ids: Sequence[int]) -> Iterator[bytes]:
    """All of them as PDFs of at most AT_ONCE pages each, in the order given; those that do not stand are marked."""
    for start in range(0, len(receipt_ids), printing.AT_ONCE):
        wanted = receipt_ids[start : start + printing.AT_ONCE]
        query = select(Receipt.id, Receipt.state, ReceiptRecord.facts).join(ReceiptRecord)
        rows = {row.id: row for row in db.session.execute(query.where(Receipt.id.in_(wanted)))}
        found = [rows[receipt_id] for receipt_id in wanted]
        marks = ["" if row.state == "issued" else row.state for row in found]
        yield printing.print_together([row.facts for row in found], marks)
