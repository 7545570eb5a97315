"""One page for the board: a fiscal year and its evenings, as data for the typesetter."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from events.catalogue.models import Organisation
from events.core import pdf
from events.core.i18n import calendar_year, day, language, local, money
from events.core.i18n import gettext as _
from payments.auditing import facts, gaps
from payments.figures import reckoning
from payments.figures.reckoning import Evening, Reckoning
from payments.reconciliation import meeting

MOST_EVENINGS = 8
"""So many fit on the page; the sums are those of the whole year all the same."""


def year_label(first: date, last: date) -> str:
    """2026, or 2026/27 where the year crosses the new year; Thai pages count after the Buddha."""
    begins, ends = calendar_year(first.year), calendar_year(last.year)
    return str(begins) if begins == ends else f"{begins}/{ends % 100:02}"


def report(house: Organisation, year: int, evenings: Sequence[Evening], moment: datetime) -> dict[str, Any]:
    """What the page says, in the reader's language; texts and parts of one alone."""
    first, last = reckoning.year_of(house, year)
    zone = ZoneInfo(house.time_zone)
    mine = [one for one in evenings if first <= one.event.starts_at.astimezone(zone).date() <= last]
    sums = reckoning.of_period(house, first, last)
    largest = max((one.sums.raised for one in mine), default=0) or 1
    return {
        "lang": language(),
        "title": _("Report for the board"),
        "house": house.legal_name,
        "period": _("Fiscal year %(year)s", year=year_label(first, last)),
        "made": _("Made on %(day)s", day=day(moment, house.time_zone)),
        "years": [_figures(one) for one in sums.values()],
        "evenings_title": _("The evenings"),
        "evenings": [_evening(one, largest) for one in mine[:MOST_EVENINGS]],
        "legend": [_("net to the cause"), _("cost of what guests received"), _("Stripe’s fees")],
        "books": _books(house, moment),
        "explained": _explained(),
    }


def render(data: Mapping[str, Any]) -> bytes:
    """The page as PDF."""
    return pdf.render("board.typ", data)


def _explained() -> str:
    words = _(
        "Raised: all that was paid and did not go back. Net: raised, less cost, fees and what was short in the drawer."
    )
    counted = _(
        "The year counts what came in it, and meals at what was paid for them. An evening stands in the year in which "
        "it takes place, with all that was paid for it, and its meals at the price agreed with the restaurant."
    )
    return f"{words} {counted}"


def _figures(sums: Reckoning) -> list[list[str]]:
    return [
        [_("Raised"), money(sums.raised, sums.currency)],
        [_("of it gifts"), money(sums.gifts, sums.currency)],
        [_("Cost of what guests received"), money(-sums.cost, sums.currency)],
        [_("Stripe’s fees"), money(-sums.fees, sums.currency)],
        *([[_("Cash over or short"), money(sums.over_short, sums.currency)]] if sums.over_short else []),
        [_("Net to the cause"), money(sums.net, sums.currency)],
    ]


def _evening(one: Evening, largest: int) -> dict[str, Any]:
    sums, meals = one.sums, one.restaurant
    covers = _("%(sold)d sold, %(comp)d invited", sold=meals.sold, comp=meals.comp)
    if meals.seated is not None:
        covers += ", " + _("%(seated)d came", seated=meals.seated)
    return {
        "title": local(one.event.title),
        "day": day(one.event.starts_at, one.event.time_zone),
        "raised": money(sums.raised, sums.currency),
        "net": money(sums.net, sums.currency),
        "covers": covers,
        "shares": [max(part, 0) / largest for part in (sums.net, sums.cost, sums.fees)],
    }


def _books(house: Organisation, moment: datetime) -> str:
    known = facts.of_organisation(house.id)
    met = meeting.meet(known, gaps.of_organisation(known, house.id), moment, "EUR")
    if met.is_zero:
        return _("The books: unexplained 0. Orders, Stripe and bank say the same.")
    sums = ", ".join(money(one.unexplained, one.currency) for one in met.columns if one.unexplained)
    return _("The books: %(sums)s unexplained; the treasurer’s page names each item.", sums=sums or "0")
