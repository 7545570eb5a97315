"""What a row changes of a guest who has a ticket: cell by cell, what stands there and what would."""

import re

from events.guests.words import ALLERGEN_NAMES, DIET_NAMES
from events.office.editing import Data
from payments.guest_import import judging
from payments.guest_import.judging import Row


def data_of(row: Row, before: Data) -> Data:
    """What stands in the row; a column that is absent or empty leaves what is known."""
    values = row.values
    diet, allergies = values.get("diet"), values.get("allergies")
    return Data(
        name=values.get("name") or before.name,
        alias=values.get("alias") or before.alias,
        diet=(judging.diet_of(diet) or "") if diet else before.diet,
        allergies=tuple(filter(None, judging.allergies_of(allergies).values())) if allergies else before.allergies,
        note=values.get("note") or before.note,
        mark=values.get("mark") or before.mark,
        staff_note=before.staff_note,
    )


def replaced(row: Row, before: Data, table: str) -> dict[str, str]:
    """The columns that change, each with the words of what stood there. `table` is where the guest sits, or empty."""
    after, words = data_of(row, before), _words(before)
    found = {name: words[name] for name in ("name", "alias", "diet", "note", "mark")}
    found = {name: text for name, text in found.items() if getattr(after, name) != getattr(before, name)}
    if set(after.allergies) != set(before.allergies):  # in whatever order they were written
        found["allergies"] = words["allergies"]
    if row.values.get("table") and number_of(row.values["table"]) != number_of(table):
        found["table"] = table
    return found


def number_of(table: str) -> int:
    """The number that a table's name begins with; 0 for none."""
    found = re.match("[0-9]+", table)
    return int(found[0]) if found else 0


def _words(data: Data) -> dict[str, str]:
    return {
        "name": data.name,
        "alias": data.alias,
        "diet": str(DIET_NAMES.get(data.diet, data.diet)) if data.diet else "",
        "allergies": ", ".join(str(ALLERGEN_NAMES.get(code, code)) for code in data.allergies),
        "note": data.note,
        "mark": data.mark,
    }
