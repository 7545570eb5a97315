"""The page a treasurer opens each morning, and orders, Stripe and bank side by side: by day, evening and payout."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event, Organisation
from events.core import clock
from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.office import evenings
from events.team import access
from events.team.access import MONEY
from payments import auditing
from payments.auditing import facts, gaps
from payments.auditing.facts import Fact
from payments.auditing.gaps import Gap
from payments.box_office.models import Drawer
from payments.ledger.models import Payout
from payments.reconciliation import handling, meeting, morning, words
from payments.reconciliation.access import get_organisation, keeps_all, kept

blueprint = Blueprint("reconciliation", __name__)

SHOWN_PAYOUTS = 12


@blueprint.get("/treasury/")
def today() -> ResponseReturnValue:
    """Yesterday, what is on its way, what needs a person, and what nobody can explain: nothing, or each item."""
    if not access.organisations(MONEY):
        return redirect(url_for("treasury.events"))
    house = get_organisation()
    known, moment = facts.of_organisation(house.id), clock.now()
    yesterday = moment.astimezone(ZoneInfo(house.time_zone)).date() - timedelta(days=1)
    begin, end = _bounds(yesterday, house)
    found = gaps.of_organisation(known, house.id)
    return render_template(
        "payments/reconciliation/today.html",
        organisation=house,
        houses=kept(),
        yesterday=yesterday,
        came=morning.came_in(morning.on_day(known, begin, end)),
        arrived=morning.payouts_between(house.id, begin, end),
        under_way=_under_way(house, known, moment),
        items=morning.items(house.id),
        handled=handling.shown(house.id),
        whole=meeting.meet(known, found, moment, _home(house)),
        slugs=_slugs(house),
        audited=_audited(),
        payouts=_payouts(house),
        evenings=evenings.list_events(MONEY),
        words=words,
        said=request.args.get("said"),
    )


@blueprint.post("/treasury/handled")
def handle() -> ResponseReturnValue:
    """Somebody has dealt with an item, and says how."""
    house = get_organisation()
    note = " ".join(request.form.get("note", "").split())[:500]
    with transaction():
        handling.handle(house.id, request.form.get("item", ""), note, access.current_account().id)
    return redirect(url_for(".today", organisation=house.slug, said="handled"), 303)


@blueprint.get("/treasury/days/<day>")
def day(day: str) -> ResponseReturnValue:
    """One day where the organisation keeps its books."""
    house = get_organisation()
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFound(_("There is no such day.")) from None
    known, (begin, end) = facts.of_organisation(house.id), _bounds(wanted, house)
    return _page(house, morning.on_day(known, begin, end), [], day=wanted, begin=begin, step=timedelta(days=1))


@blueprint.get("/treasury/<slug>/reconciliation")
def event(slug: str) -> ResponseReturnValue:
    """One evening."""
    found = get_managed_event(slug, MONEY)
    house = found.organisation
    mine = [fact for fact in facts.of_organisation(house.id) if fact.event_id == found.id]
    rest = [gap for gap in gaps.of_rest(house.id) if gap.event_id == found.id]
    return _page(house, mine, rest, db.session.get(Drawer, found.id), event=found)


@blueprint.get("/treasury/payouts/<payout_id>")
def payout(payout_id: str) -> ResponseReturnValue:
    """One payout: the movements it was made of."""
    house = get_organisation()
    found = db.session.get(Payout, payout_id)
    if found is None or found.organisation_id != house.id:
        raise NotFound(_("There is no such payout."))
    mine = meeting.of_payout(facts.of_organisation(house.id), found)
    rest = [gap for gap in gaps.of_rest(house.id) if gap.payout_id == payout_id]
    return _page(house, mine, rest, payout=found)


def _page(
    house: Organisation, mine: Sequence[Fact], rest: Sequence[Gap], drawer: Drawer | None = None, **about: object
) -> str:
    moment = clock.now()
    return render_template(
        "payments/reconciliation/meeting.html",
        **({"event": None, "day": None, "payout": None} | about),
        organisation=house,
        met=meeting.meet(mine, meeting.gaps_of(mine, rest, moment), moment, _home(house), drawer),
        under_way={fact.reference for fact in mine if gaps.is_under_way(fact, moment)},
        slugs=_slugs(house),
        words=words,
    )


def _bounds(day: date, house: Organisation) -> tuple[datetime, datetime]:
    zone = ZoneInfo(house.time_zone)
    return datetime.combine(day, time.min, zone), datetime.combine(day + timedelta(days=1), time.min, zone)


def _under_way(house: Organisation, known: Sequence[Fact], moment: datetime) -> dict[str, object]:
    return {
        "untold": [fact for fact in known if gaps.is_under_way(fact, moment)],
        "at_stripe": morning.at_stripe(known),
        "payouts": morning.payouts_under_way(house.id),
        "orders": morning.slow_payments(house.id),
        "refunds": morning.refunds_under_way(house.id),
    }


def _slugs(house: Organisation) -> dict[int, str]:
    rows = db.session.execute(select(Event.id, Event.slug).where(Event.organisation_id == house.id))
    return {event_id: slug for event_id, slug in rows}


def _home(house: Organisation) -> str:
    query = select(Event.currency).where(Event.organisation_id == house.id).order_by(Event.starts_at.desc()).limit(1)
    return db.session.scalar(query) or "EUR"


def _payouts(house: Organisation) -> Sequence[Payout]:
    query = select(Payout).where(Payout.organisation_id == house.id).order_by(Payout.arrival_at.desc(), Payout.id)
    return db.session.scalars(query.limit(SHOWN_PAYOUTS)).all()


def _audited() -> list[dict[str, str]] | None:
    """What the check of the whole installation says; None for whoever keeps only a part of it."""
    if not keeps_all():
        return None
    found, _counted = auditing.audit()
    return found
