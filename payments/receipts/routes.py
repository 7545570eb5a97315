"""Receipts: for staff, for donors (their details, the PDF), and for whoever checks a paper."""

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock, i18n
from events.core.db import db, end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.core.trail import TrailEntry
from events.team.access import MONEY, actor, demand, public
from payments.orders import access, placing
from payments.orders.models import Order
from payments.receipts import donors, finding, following, issuing, judging, organisations, papers, running, words
from payments.receipts.forms import DonorForm, OrganisationForm
from payments.receipts.models import Receipt, ReceiptRun
from payments.receipts.organisations import House, house_of

blueprint = Blueprint("receipts", __name__)


@blueprint.get("/treasury/<slug>/receipts")
def register(slug: str) -> ResponseReturnValue:
    """What is issued, what may be, and what may not and why."""
    event = get_managed_event(slug, MONEY)
    waiting = [(order, judging.judge_one(order)) for order in finding.without_receipt(event)]
    years = {clock.now().year, clock.now().year - 1}
    return render_template(
        "payments/receipts/register.html",
        event=event,
        charity=house_of(event.organisation),
        receipts=finding.receipts_of(event),
        ready=[(order, verdict) for order, verdict in waiting if not verdict.blocked],
        refused=[(order, verdict) for order, verdict in waiting if verdict.blocked],
        runs=_runs(event),
        years=sorted(years, reverse=True),
        whole=_serves_whole(event),
        words=words,
        said=request.args.get("said"),
    )


@blueprint.post("/treasury/<slug>/receipts")
def issue(slug: str) -> ResponseReturnValue:
    """One receipt, for the order whose code is sent."""
    who = actor()
    with transaction():
        order = _order(get_managed_event(slug, MONEY), request.form.get("order", ""))
        number = issuing.issue_one([placing.lock(order.id)], who).number
    return redirect(url_for(".receipt", slug=slug, number=number), 303)


@blueprint.post("/treasury/<slug>/receipts/runs")
def start_run(slug: str) -> ResponseReturnValue:
    """All of the evening's, or combined ones of a year for the whole organisation."""
    who, year = actor(), request.form.get("year", type=int)
    with transaction():
        event = get_managed_event(slug, MONEY)
        if year:
            demand(event.organisation_id, None, MONEY)
        run_id = running.start(event, "year" if year else "evening", year, who).id
    return redirect(url_for(".run", slug=slug, run_id=run_id), 303)


@blueprint.get("/treasury/<slug>/receipts/runs/<int:run_id>")
def run(slug: str, run_id: int) -> ResponseReturnValue:
    """How far it is; the page looks again by itself."""
    event = get_managed_event(slug, MONEY)
    found = db.session.get(ReceiptRun, run_id)
    if found is None or found.organisation_id != event.organisation_id or found.event_id not in (None, event.id):
        raise NotFound(_("This page does not exist, or it is not for you."))
    return render_template("payments/receipts/run.html", event=event, run=found)


@blueprint.get("/treasury/<slug>/receipts/<number>")
def receipt(slug: str, number: str) -> ResponseReturnValue:
    """One receipt: what it says, how it stands, what became of it."""
    event = get_managed_event(slug, MONEY)
    found = finding.get_receipt(event, number)
    steps = select(TrailEntry).filter_by(subject=number, organisation_id=event.organisation_id).order_by(TrailEntry.id)
    return render_template(
        "payments/receipts/receipt.html",
        event=event,
        receipt=found,
        facts=papers.facts_of(found.id),
        successor=db.session.scalars(select(Receipt).filter_by(replaces_id=found.id)).first(),
        steps=db.session.scalars(steps).all(),
        words=words,
    )


@blueprint.get("/treasury/<slug>/receipts/<number>.pdf")
def paper(slug: str, number: str) -> ResponseReturnValue:
    """The PDF as it was issued; `?copy=marked` gives a copy that says how it stands now."""
    found = finding.get_receipt(get_managed_event(slug, MONEY), number)
    if request.args.get("copy") == "marked":
        return _pdf(f"{number}-{found.state}", papers.marked_copy(found))
    receipt_id = found.id
    end_reading()
    return _pdf(number, papers.keep(receipt_id).pdf)


@blueprint.post("/treasury/<slug>/receipts/<number>/replacements")
def replace(slug: str, number: str) -> ResponseReturnValue:
    """A new paper with the details as they are now."""
    who = actor()
    with transaction():
        found = finding.get_receipt(get_managed_event(slug, MONEY), number)
        for part in found.parts:
            placing.lock(part.order_id)
        new = following.replace_by_hand(found, who).number
    return redirect(url_for(".receipt", slug=slug, number=new), 303)


@blueprint.route("/treasury/<slug>/receipts/settings", methods=["GET", "POST"])
def settings(slug: str) -> ResponseReturnValue:
    """The organisation as its receipts name it: for those who keep the whole organisation's money."""
    event, who, form = get_managed_event(slug, MONEY), actor(), OrganisationForm()
    demand(event.organisation_id, None, MONEY)
    if request.method == "GET":
        form.fill(house_of(event.organisation))
    elif form.validate_on_submit():
        with transaction():
            organisations.change(get_managed_event(slug, MONEY).organisation, form.values(), who)
        return redirect(url_for(".settings", slug=slug, said="saved"), 303)
    page = render_template(
        "payments/receipts/settings.html",
        event=event, form=form, charity=house_of(event.organisation), words=words, mistakes=_mistakes(form),
        said=request.args.get("said"),
    )  # fmt: skip
    return page, 200 if request.method == "GET" else 422


@blueprint.route("/treasury/<slug>/receipts/donors/<code>", methods=["GET", "POST"])
def donor(slug: str, code: str) -> ResponseReturnValue:
    """A donor's details, told to staff."""
    event, who = get_managed_event(slug, MONEY), actor()
    order = _order(event, code)
    form = DonorForm(obj=donors.details_of(order)).for_house(house_of(event.organisation), order)
    if request.method == "POST" and form.validate_on_submit():
        with transaction():
            order = placing.lock(order.id)
            donors.tell(order, house_of(order.event.organisation), form.values(), who)
        return redirect(url_for(".register", slug=slug, said="told"), 303)
    page = render_template(
        "payments/receipts/donor.html", event=event, order=order, form=form, mistakes=_mistakes(form), declaration=""
    )
    return page, 200 if request.method == "GET" else 422


@blueprint.route("/o/<token>/receipt", methods=["GET", "POST"])
@public
def own(token: str) -> ResponseReturnValue:
    """The donor's own page: what the receipt needs, or why there is none."""
    order = _speak(placing.get_by_token(token))
    house = house_of(order.event.organisation)
    form = DonorForm(obj=donors.details_of(order)).for_house(house, order)
    if request.method == "GET":
        return _own(order, house, form)
    access.demand_proof(order)  # the link may have been forwarded
    if judging.standing(order):
        raise Refusal("has_receipt", _("This order has its receipt already."), status=409)
    if not form.validate_on_submit():
        return _own(order, house, form), 422
    with transaction():
        order = placing.lock(order.id)
        donors.tell(order, house_of(order.event.organisation), form.values(), "buyer")
        issuing.automatic(order, by_letter=True)
    return redirect(url_for(".own", token=token), 303)


@blueprint.get("/o/<token>/receipts/<number>.pdf")
@public
def own_paper(token: str, number: str) -> ResponseReturnValue:
    """The donor's PDF, as it was issued; none while it is contested or once it is cancelled."""
    order = _speak(placing.get_by_token(token))
    found = next((one for one in order.receipts if one.number == number), None)
    if found is None:
        raise NotFound(_("There is no such receipt."))
    if found.state != "issued":
        sentences = {
            "cancelled": _("Receipt %(number)s was cancelled and can no longer be used.", number=number),
            "contested": _("Receipt %(number)s is suspended: the payment is contested.", number=number),
        }
        raise Refusal(f"receipt_{found.state}", sentences[found.state], status=409)
    receipt_id = found.id
    end_reading()
    return _pdf(number, papers.keep(receipt_id).pdf)


@blueprint.get("/r/<number>/<seal>")
@public
def check(number: str, seal: str) -> ResponseReturnValue:
    """Whether a paper is still good: number, state, date and amount, nobody's name."""
    if (found := finding.find_sealed(number, seal)) is None:
        raise NotFound(_("No receipt has this number and seal."))
    house = found.order.event.organisation  # who asks sees whose paper it is
    return render_template("payments/receipts/check.html", receipt=found, organisation=house, words=words)


def _own(order: Order, house: House, form: DonorForm) -> str:
    verdict = judging.judge_one(order)
    asked = {"details_missing"} >= {reason.code for reason in verdict.blocked}
    return render_template(
        "payments/receipts/own.html",
        order=order, event=order.event, form=form, verdict=verdict, words=words, asked=asked,
        proven=access.has_proof(order), receipts=order.receipts, mistakes=_mistakes(form),
        automatic=house.settings.issuing == "automatic",
        declaration=words.declaration(house.organisation.legal_name) if "declaration" in form.needed else "",
        language_urls={code: url_for(".own", token=order.token, lang=code) for code in order.event.languages},
    )  # fmt: skip


def _speak(found: Order) -> Order:
    g.language = request.args["lang"] if request.args.get("lang") in i18n.LANGUAGES else found.party.language
    return found


def _order(event: Event, code: str) -> Order:
    order = db.session.scalars(select(Order).filter_by(event_id=event.id, code=code)).one_or_none()
    if order is None:
        raise NotFound(_("This order does not exist."))
    return order


def _runs(event: Event) -> list[ReceiptRun]:
    query = select(ReceiptRun).filter_by(organisation_id=event.organisation_id)
    query = query.where((ReceiptRun.event_id == event.id) | ReceiptRun.event_id.is_(None))
    return list(db.session.scalars(query.order_by(ReceiptRun.id.desc()).limit(3)))


def _serves_whole(event: Event) -> bool:
    try:
        demand(event.organisation_id, None, MONEY)
    except NotFound:
        return False
    return True


def _mistakes(form: OrganisationForm | DonorForm) -> list[tuple[str, str]]:
    """Every mistake with the id of its field, for the summary at the top."""
    return [(item.id, str(item.errors[0])) for item in form if item.errors]


def _pdf(name: str, data: bytes) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(data, mimetype="application/pdf", headers=headers)
