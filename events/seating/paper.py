"""The room on paper: place cards, lists for the tables, the kitchen sheet. Each is a part; several can be bound."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from events.catalogue.models import Event
from events.core import clock, pdf
from events.core.i18n import capitalised, in_language, language, local, moment, ngettext
from events.core.i18n import gettext as _
from events.guests import words
from events.seating import kitchen, plan
from events.seating.kitchen import Serving
from events.seating.models import Catering, KitchenSheet
from events.seating.plan import Sitting, Table


def cards_pdf(event: Event) -> bytes:
    """A card for every place that is taken, to be cut out; aliases where guests want one."""
    return _print([cards(event)])


def lists_pdf(event: Event) -> bytes:
    """Who sits at which table, as guests may read it at the entrance."""
    return _print([lists(event)])


def kitchen_pdf(event: Event, catering: Catering, sheet: KitchenSheet | None = None) -> bytes:
    """The kitchen's sheet in the chef's language: one that was given, or as the room stands now."""
    return _print([kitchen_sheet(event, catering, sheet)])


def bind(parts: Sequence[Mapping[str, Any]]) -> bytes:
    """Several parts as one PDF, in their order."""
    return _print(parts)


def cards(event: Event) -> dict[str, Any]:
    """The part of place cards."""
    shown = [_card(table, guest) for table in plan.tables(event.id) for guest in table.seated]
    return {"kind": "cards", **_head(event, _("Place cards")), "cards": shown}


def lists(event: Event) -> dict[str, Any]:
    """The part of the tables' lists."""
    tables = [_list(table) for table in plan.tables(event.id) if table.seated]
    return {"kind": "tables", **_head(event, _("Tables")), "tables": tables}


def kitchen_sheet(event: Event, catering: Catering, sheet: KitchenSheet | None = None) -> dict[str, Any]:
    """The part for the kitchen. After the cut-off it names differences alone."""
    with in_language(catering.language):
        if sheet:
            return _whole(event, kitchen.read(sheet), _given(event, sheet))
        now, before = kitchen.servings(event, catering), kitchen.basis(event, catering)
        if before is None:
            return _whole(event, now, "")
        return _differences(event, before, now)


def shown_name(guest: Sitting, host: str) -> str:
    """The name on a card: the alias, the name, or whose guest it is."""
    if guest.alias:
        return guest.alias
    return _("Guest of %(name)s", name=host) if host and not guest.named else guest.name


def _print(parts: Sequence[Mapping[str, Any]]) -> bytes:
    return pdf.render("papers.typ", {"lang": language(), "title": parts[0]["title"], "parts": list(parts)})


def _head(event: Event, title: str) -> dict[str, Any]:
    printed = _("Printed %(moment)s", moment=moment(clock.now(), event.time_zone))
    when = capitalised(moment(event.starts_at, event.time_zone))
    return {"lang": language(), "title": title, "event": local(event.title), "when": when, "printed": printed}


def _card(table: Table, guest: Sitting) -> dict[str, str]:
    return {"name": shown_name(guest, table.host), "table": _("Table %(table)s", table=table.label)}


def _list(table: Table) -> dict[str, Any]:
    names = [shown_name(guest, table.host) for guest in table.seated]
    return {"title": _("Table %(table)s", table=table.label), "host": table.host, "names": names}


def _given(event: Event, sheet: KitchenSheet) -> str:
    at = moment(sheet.given_at, event.time_zone)
    return _("Sheet %(number)s, given to the kitchen %(moment)s", number=sheet.number, moment=at)


def _whole(event: Event, found: Mapping[str, Serving], given: str) -> dict[str, Any]:
    covers = sum(serving.covers for serving in found.values())
    return {
        "kind": "kitchen",
        **_head(event, _("For the kitchen")),
        "given": given,
        "sums": [_covers(covers), *_counted(found.values())],
        "heads": [_("Table"), _("Covers"), _("Dishes and diets"), _("Seats to mind")],
        "rows": [_row(serving) for serving in found.values()],
        "nothing": "",
    }


def _differences(event: Event, before: KitchenSheet, now: Mapping[str, Serving]) -> dict[str, Any]:
    given = kitchen.read(before)
    changes = kitchen.differences(given, now)
    covers = [sum(serving.covers for serving in found.values()) for found in (given, now)]
    return {
        "kind": "kitchen",
        **_head(event, _("For the kitchen: changes")),
        "given": _("What differs from sheet %(number)s. All else stays as it was given.", number=before.number),
        "sums": [_("Covers: %(before)s → %(now)s", before=covers[0], now=covers[1])],
        "heads": [_("Table"), _("Covers"), _("Dishes and diets"), _("Seats to mind")],
        "rows": [row for _number, was, now_is in changes for row in _pair(was, now_is)],
        "nothing": "" if changes else _("Nothing has changed."),
    }


def _pair(was: Serving | None, now: Serving | None) -> Iterator[dict[str, Any]]:
    if was:
        yield _row(was) | {"mark": _("was")}
    yield _row(now or Serving(was.label if was else "", 0, {}, {}, ())) | {"mark": _("now")}


def _row(serving: Serving) -> dict[str, Any]:
    return {
        "mark": "",
        "table": serving.label or _("No table yet"),
        "covers": serving.covers,
        "counts": _counted([serving]),
        "needs": [_need(need) for need in serving.needs],
    }


def _counted(found: Any) -> list[str]:  # noqa: ANN401 - any iterable of servings
    """Dishes first, and who has chosen none; then diets."""
    dishes, diets, undecided = Counter[str](), Counter[str](), 0
    for serving in found:
        dishes.update(serving.dishes)
        diets.update({str(words.DIET_NAMES.get(code, code)): count for code, count in serving.diets.items()})
        undecided += serving.undecided
    open_ones = {_("no dish chosen yet"): undecided} if undecided else {}
    return [f"{count} × {name}" for some in (dishes, open_ones, diets) for name, count in some.items()]


def _need(need: kitchen.Need) -> dict[str, str]:
    place = _("Seat %(number)s", number=need.position) if need.position else _("No seat yet")
    diet = str(words.DIET_NAMES.get(need.diet, need.diet)) if need.diet else ""
    without = ", ".join(str(words.ALLERGEN_NAMES.get(code, code)) for code in need.allergies)
    allergy = _("allergy: %(list)s", list=without) if without else ""
    return {"place": place, "alarm": allergy, "text": " · ".join(filter(None, (need.dish, diet, need.note)))}


def _covers(count: int) -> str:
    return ngettext("%(num)s cover", "%(num)s covers", count)
