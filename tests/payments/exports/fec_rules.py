"""A checker of FEC files, written from the rules (article A47 A-1 of the Livre des procédures fiscales)."""

import re
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

FIELDS = (
    *("JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib"),
    *("PieceRef", "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate"),
    *("Montantdevise", "Idevise"),
)
OBLIGATORY = set(FIELDS) - {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
DATES = ("EcritureDate", "PieceDate", "DateLet", "ValidDate")
AMOUNT = re.compile(r"-?[0-9]+,[0-9]{2}")


def faults(name: str, data: bytes) -> list[str]:
    """One sentence for each breach."""
    found = []
    match = re.fullmatch(r"[0-9]{9}FEC([0-9]{8})\.txt", name)
    closing = match[1] if match and _is_day(match[1]) else ""
    found += [] if closing else [f"the name {name} is not <SIREN>FEC<AAAAMMJJ>.txt"]
    text = data.decode("iso-8859-15")
    if not text.endswith("\r\n") or re.search(r"[^\r]\n|\r[^\n]", text):
        found.append("lines do not end with CR LF")
    head, *lines = text.splitlines()
    if head.split("\t") != list(FIELDS):
        return [*found, "the first line does not name the 18 fields"]
    rows = []
    for number, line in enumerate(lines, start=2):
        fields = line.split("\t")
        if len(fields) != 18 or re.search(r"[|\x00-\x08\x0a-\x1f\x80-\x9f]", line):
            found.append(f"line {number} has not 18 clean fields")
        else:
            rows.append(dict(zip(FIELDS, fields, strict=True)))
            found += [f"line {number}: {fault}" for fault in _of_row(rows[-1], closing)]
    return found + _of_all(rows)


def _of_row(row: dict[str, str], closing: str) -> list[str]:
    found = [f"{field} is empty" for field in sorted(OBLIGATORY) if not row[field]]
    found += [f"{field} is no day" for field in DATES if row[field] and not _is_day(row[field])]
    found += [f"{field} is no amount" for field in ("Debit", "Credit") if not AMOUNT.fullmatch(row[field])]
    if not re.fullmatch(r"[0-9]{3}.*", row["CompteNum"]):
        found.append("the account does not begin with three digits of the chart of accounts")
    if bool(row["Montantdevise"]) != bool(row["Idevise"]):
        found.append("an amount in another currency goes with its currency")
    if row["Montantdevise"] and not re.fullmatch(r"-?[0-9]+(,[0-9]+)?", row["Montantdevise"]):
        found.append("the foreign amount is no amount")
    if not re.fullmatch(r"0,00", row["Debit"]) and not re.fullmatch(r"0,00", row["Credit"]):
        found.append("both debit and credit")
    if not closing[:4] or row["EcritureDate"] > closing:
        found.append("after the closing date")
    return found


def _of_all(rows: list[dict[str, str]]) -> list[str]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    days: dict[str, set[str]] = defaultdict(set)
    last: dict[str, int] = {}
    found = []
    for row in rows:
        number = row["EcritureNum"]
        sums[number] += _number(row["Debit"]) - _number(row["Credit"])
        days[number].add(row["EcritureDate"])
        counted = int(re.sub("[^0-9]", "", number) or 0)
        if counted not in (last.get(row["JournalCode"], 0), last.get(row["JournalCode"], 0) + 1):
            found.append(f"{number} breaks the sequence of its journal")
        last[row["JournalCode"]] = counted
    found += [f"entry {number} is not balanced" for number, sum_ in sums.items() if sum_]
    found += [f"entry {number} has two days" for number, dates in days.items() if len(dates) > 1]
    ordered = [row["EcritureDate"] for row in rows]
    return found + ([] if ordered == sorted(ordered) else ["entries are not in the order of their days"])


def _is_day(text: str) -> bool:
    try:
        return datetime.strptime(text, "%Y%m%d").strftime("%Y%m%d") == text  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return False


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ".")) if AMOUNT.fullmatch(text) else Decimal(0)
