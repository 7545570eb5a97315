"""JSON: one object a line, amounts in minor units, days as 2026-11-14; for programs of one's own."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from payments.exports.csv_files import Table
from payments.exports.rows import Cell, Row


def write_json(export: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """`{"export": ..., "amounts": "minor units", "rows": [...], "totals": [...]}`, written as the rows are read.

    A decimal number is a text: a program that reads it as a double is its own fault.
    """
    keys = [column.key for column in export.columns]
    yield f'{{"export": {json.dumps(export.name)}, "amounts": "minor units", "rows": ['.encode()
    totals, between = [], "\n"
    for row in rows:
        text = json.dumps(dict(zip(keys, map(_plain, row.cells), strict=True)), ensure_ascii=False)
        if row.is_total:
            totals.append(text)
            continue
        yield f"{between}{text}".encode()
        between = ",\n"
    yield f'\n], "totals": [{", ".join(totals)}]}}\n'.encode()


def _plain(cell: Cell) -> str | int | None:
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell) if isinstance(cell, Decimal) else cell
