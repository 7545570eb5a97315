"""Closing a period of the books, and the month in which the fiscal year begins."""

from datetime import date

from babel.dates import get_month_names
from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.i18n import language
from events.core.refusal import Refusal
from events.team import access
from events.team.models import Account
from payments.ledger import closing, periods
from payments.reconciliation.access import get_organisation

blueprint = Blueprint("closing", __name__)


@blueprint.get("/treasury/closing")
def books() -> ResponseReturnValue:
    """What is closed, and what can be closed now."""
    return _page(get_organisation())


@blueprint.post("/treasury/closing")
def close() -> ResponseReturnValue:
    """Close up to a day; who looked at an older state is told so."""
    house, actor = get_organisation(), access.actor()
    try:
        until, seen = _day("until"), _day("seen")
        if until is None or request.form.get("sure") != "yes":
            raise Refusal("not_sure", _("Tick the box: a closed period stays closed."), field="sure")
        with transaction():
            closing.close(house.id, until, seen, actor)
    except Refusal as refusal:
        return _page(get_organisation(), refusal), refusal.status
    return redirect(url_for(".books", organisation=house.slug, said="closed"), 303)


@blueprint.post("/treasury/closing/fiscal-year")
def fiscal_year() -> ResponseReturnValue:
    """The first month of the fiscal year."""
    house, actor = get_organisation(), access.actor()
    month = request.form.get("month", 0, type=int)
    try:
        with transaction():
            closing.begin_years_in(house.id, month, actor)
    except Refusal as refusal:
        return _page(get_organisation(), refusal), refusal.status
    return redirect(url_for(".books", organisation=house.slug, said="month"), 303)


def _page(house: Organisation, refusal: Refusal | None = None) -> str:
    rows = closing.history(house.id)
    ids = {int(row.closed_by.removeprefix("account:")) for row in rows if row.closed_by.startswith("account:")}
    names = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return render_template(
        "payments/closing/books.html",
        organisation=house,
        closed=periods.closed_until(house.id),
        choices=[(day, periods.ends_year(day, house.fiscal_year_start)) for day in closing.choices(house)],
        history=rows,
        names={f"account:{account_id}": name for account_id, name in names},
        months=get_month_names("wide", context="stand-alone", locale=language()),
        refusal=refusal,
        said=request.args.get("said"),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        return None
