"""Figures: what evenings and years brought, what the restaurant gets, and one page for the board."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import get_month_names
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event, Organisation
from events.core import clock, trail
from events.core.db import db, end_reading, transaction
from events.core.i18n import language
from events.team import access
from events.team.access import MONEY
from payments.auditing import facts
from payments.figures import board, reckoning
from payments.figures.reckoning import Evening
from payments.ledger import periods
from payments.pledges import totals
from payments.reconciliation.access import get_organisation, kept

blueprint = Blueprint("figures", __name__)


@blueprint.get("/treasury/figures")
def figures() -> ResponseReturnValue:
    """A fiscal year of the books, month by month, and every evening."""
    house = get_organisation()
    year = _year(house)
    first, last = reckoning.year_of(house, year)
    return render_template(
        "payments/figures/figures.html",
        organisation=house,
        houses=kept(),
        year=year,
        this_year=_this_year(house),
        label=board.year_label(first, last),
        sums=reckoning.of_period(house, first, last),
        months=reckoning.by_month(house, first, last),
        month_names=get_month_names("abbreviated", context="stand-alone", locale=language()),
        evenings=_evenings(house),
    )


@blueprint.get("/treasury/<slug>/figures")
def event(slug: str) -> ResponseReturnValue:
    """One evening: where its money went, the restaurant, the drawer."""
    found = get_managed_event(slug, MONEY)
    room = totals.of_event(found.id)
    return render_template("payments/figures/event.html", event=found, evening=reckoning.of_event(found), room=room)


@blueprint.get("/treasury/figures/board.pdf")
def report() -> ResponseReturnValue:
    """One page for the board, of one fiscal year."""
    house, actor = get_organisation(), access.actor()
    year = _year(house)
    data = board.report(house, year, _evenings(house), clock.now())
    house_id, name = house.id, f"board-{house.slug}-{year}.pdf"
    end_reading()
    with transaction():
        trail.note(actor, "board.report", f"year:{year}", house_id)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(board.render(data), content_type="application/pdf", headers=headers)


def _evenings(house: Organisation) -> Sequence[Evening]:
    """Every evening of the organisation, the latest first."""
    known = facts.of_organisation(house.id)
    query = select(Event).where(Event.organisation_id == house.id).order_by(Event.starts_at.desc())
    return [reckoning.of_event(one, known) for one in db.session.scalars(query)]


def _this_year(house: Organisation) -> int:
    today = clock.now().astimezone(ZoneInfo(house.time_zone)).date()
    return periods.fiscal_year(today, house.fiscal_year_start)


def _year(house: Organisation) -> int:
    wanted = request.args.get("year", type=int)
    return wanted if wanted and date.min.year < wanted < date.max.year - 1 else _this_year(house)
