"""Receipts on paper: frozen facts become plain data, and templates/pdf/receipt.typ becomes PDF/A with PDF/UA."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from events.core.i18n import calendar_year, day, local, money
from events.core.pdf import render
from events.mail.links import absolute
from events.tickets.qr import svg_of_address
from payments.receipts.facts import Facts, seal
from payments.receipts.texts import text

AT_ONCE = 250
"""Receipts a compile: typst's time grows faster than their number above it."""

Data = dict[str, Any]


def print_receipt(facts: Facts, mark: str = "") -> bytes:
    """One receipt as PDF. `mark` is "cancelled" or "contested" for a copy that says so."""
    return print_together([facts], [mark])


def print_together(receipts: Sequence[Facts], marks: Sequence[str] = ()) -> bytes:
    """At most AT_ONCE receipts as one PDF, one a page, in their own languages. Raises ValueError for more or none."""
    if not 0 < len(receipts) <= AT_ONCE:
        raise ValueError(f"1 to {AT_ONCE} receipts a compile")
    marked = [*marks, *[""] * (len(receipts) - len(marks))]
    pages = [page(facts, mark) for facts, mark in zip(receipts, marked, strict=True)]
    made_at = datetime.fromisoformat(receipts[-1]["issued_at"])
    return render("receipt.typ", {"receipts": pages}, made_at=made_at)


def page(facts: Facts, mark: str = "") -> Data:
    """What the template shows, as words."""
    say = text(facts["lang"])
    eligible, currency = facts["eligible"], facts["currency"]
    return {
        "lang": facts["lang"],
        "title": say.get(f"title_{facts['profile']}", say["title"]),
        "under": _under(facts, say),
        "number": facts["number"],
        "house": _house(facts, say),
        "purpose": _purpose(facts, say),
        "donor": [facts["donor"]["name"], *facts["donor"]["address"], *_donor_number(facts, say)],
        "facts": _columns(facts, say),
        "rows": _rows(facts, say),
        "total": [say["eligible"], _figures(facts)],
        "shares": _shares(facts),
        "words": [say["words"], facts["words"]],
        "certified": say.get("certified", "") if facts["profile"] == "FR" else "",
        "notes": [*_notes(facts, say, money(eligible, currency, facts["lang"]))],
        "signed": _signed(facts, say),
        "check": _check(facts, say),
        "labels": {"number": say["number"], "donor": say["donor"]},
        "mark": _mark(say, mark),
    }


def _under(facts: Facts, say: Data) -> str:
    years = {payment["received_on"][:4] for payment in facts["payments"]}
    if len(facts["payments"]) > 1 and len(years) == 1:
        return str(say["year_line"].format(year=calendar_year(int(years.pop()), facts["lang"])))
    if facts["profile"] == "FR":
        return str(say["cerfa_company"] if facts["donor"]["company"] else say["cerfa"])
    return ""


def _house(facts: Facts, say: Data) -> list[str]:
    house, profile = facts["organisation"], facts["profile"]
    numbers = [
        str(say.get(f"tax_id_{profile}") or say["tax_id"]).format(number=house["tax_id"]) if house["tax_id"] else "",
        *(say[name].format(number=house[name]) for name in ("siren", "rna") if house[name]),
    ]
    address = [" · ".join(line.strip() for line in house["address"].splitlines() if line.strip())]
    return [house["legal_name"], *address, " · ".join(filter(None, numbers))]


def _purpose(facts: Facts, say: Data) -> list[str]:
    return [say["purpose"], facts["organisation"]["purpose"]] if facts["organisation"]["purpose"] else []


def _donor_number(facts: Facts, say: Data) -> list[str]:
    number = facts["donor"]["tax_id"]
    return [say["donor_tax_id"].format(number=number)] if number else []


def _columns(facts: Facts, say: Data) -> list[list[str]]:
    payments = facts["payments"]
    days = sorted({payment["received_on"] for payment in payments})
    written = [_day(one, facts["lang"]) for one in (days[0], days[-1])]
    received = written[0] if len(days) == 1 else say["from_to"].format(first=written[0], last=written[1])
    ways = dict.fromkeys(say["ways"].get(payment["way"], payment["way"]) for payment in payments)
    french = facts["profile"] == "FR"
    return [
        [say["received"], received],
        [say["issued"], _day(facts["issued_on"], facts["lang"])],
        [say["order"] if len(payments) == 1 else say["orders"], ", ".join(payment["order"] for payment in payments)],
        [say["way"], ", ".join(ways)],
        *([[say["form"], say["form_text"]], [say["nature"], say["nature_text"]]] if french else []),
    ]


def _rows(facts: Facts, say: Data) -> list[list[str]]:
    """Label, small words under it, amount: from what was paid to what is a gift."""
    lang, currency = facts["lang"], facts["currency"]

    def row(label: str, under: str, amount: int, sign: str = "") -> list[str]:
        return [label, under, sign + money(amount, currency, lang)]

    titles = ", ".join(dict.fromkeys(local(payment["event"], lang) for payment in facts["payments"]))
    rows = [row(say["paid"], titles, facts["paid"])]
    deducted = facts["benefit"] - facts["tolerated"]
    others = facts["paid"] - facts["eligible"]
    if facts["profile"] in ("FR", "UK"):
        rows += [row(say["benefit_kept"], facts["benefit_description"], facts["tolerated"])] * bool(facts["tolerated"])
        return rows + [row(say["not_counted"], "", others, "− ")] * bool(others)
    if deducted:
        rows.append(row(say["benefit"], facts["benefit_description"], others, "− "))
    return rows


def _figures(facts: Facts) -> str:
    """French papers put stars around the figures, so that none can be added."""
    written = money(facts["eligible"], facts["currency"], facts["lang"])
    return f"*** {written} ***" if facts["profile"] == "FR" else written


def _shares(facts: Facts) -> list[float]:
    """Gift and the rest as parts of what was paid, for the bar."""
    if not facts["paid"]:
        return [0.0, 0.0]
    gift = facts["eligible"] / facts["paid"]
    return [round(gift, 4), round(1 - gift, 4)]


def _notes(facts: Facts, say: Data, _gift: str) -> list[str]:
    lang, currency = facts["lang"], facts["currency"]
    notes = [say["replaces"].format(number=facts["replaces"])] if facts["replaces"] else []
    if facts["profile"] == "FR":
        notes.append(say["article_company"] if facts["donor"]["company"] else say["article_person"])
    for note in facts["notes"]:
        what = facts["benefit_description"] or say["goods_plain"]
        notes.append(say[note].format(benefit=what, value=money(facts["benefit"], currency, lang)))
    for reason in facts["reasons"]:
        values = dict(reason["values"])
        values |= {"cap": money(values["cap"], currency, lang)} if "cap" in values else {}
        values |= {"year": calendar_year(int(values["year"]), lang)} if "year" in values else {}
        notes.append(say[reason["code"]].format(**values))
    if facts["donor"]["declaration"]:
        told = _day(facts["donor"]["declared_on"], lang)
        notes.append(say["declaration"].format(day=told, text=facts["donor"]["declaration"]))
    return notes


def _signed(facts: Facts, say: Data) -> list[str]:
    house = facts["organisation"]
    if not house["signatory"]:
        return [say["signed"], house["legal_name"], ""]
    return [say["signed"], house["signatory"], house["signatory_role"]]


def _check(facts: Facts, say: Data) -> Data:
    address = absolute("receipts.check", number=facts["number"], seal=seal(facts))
    return {"line": say["check"], "address": address, "symbol": svg_of_address(address)}


def _mark(say: Data, mark: str) -> list[str]:
    return [say[mark], say[f"{mark}_line"], say["copy_line"]] if mark else []


def _day(iso: str, lang: str) -> str:
    """The day without its weekday."""
    written = day(datetime.combine(date.fromisoformat(iso), datetime.min.time(), UTC), "UTC", lang)
    return written.split("ที่ ", 1)[-1] if lang == "th" else written.split(" ", 1)[-1]
