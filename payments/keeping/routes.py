"""Keep and erase: what is known under an address, its erasure, its download, and for how long guests are known."""

import json

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import update

from events.catalogue import finding
from events.catalogue.models import Organisation
from events.core import trail
from events.core.db import changed, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team import access
from events.team.access import asks_again, public
from payments.keeping import erasing, personal, purging, terms
from payments.orders import access as proof
from payments.orders import placing
from payments.reconciliation.access import get_organisation

blueprint = Blueprint("keeping", __name__)


@blueprint.get("/privacy/<slug>")
@public
def privacy(slug: str) -> str:
    """What an organisation keeps of donors and guests, what for, and when it goes. Everybody may read it."""
    house = finding.get_organisation(slug)
    term, letters = terms.term_of(house), purging.LONGEST // 365
    law = "" if term is terms.GENERIC else term.law
    return render_template(
        "payments/keeping/privacy.html", organisation=house, law=law, years=term.years, letters=letters
    )


@blueprint.get("/treasury/keeping")
def keeping() -> ResponseReturnValue:
    """Search by an exact address; how long guests' data stay."""
    return _page(get_organisation())


@blueprint.post("/treasury/keeping")
def search() -> ResponseReturnValue:
    """What would go and what stays. Posted, so that no address stands in a log."""
    house = get_organisation()
    return _page(house, erasing.preview(house, request.form.get("email", "")))


@blueprint.post("/treasury/keeping/erasures")
@asks_again
def erase() -> ResponseReturnValue:
    """Erase what was shown."""
    house, actor, email = get_organisation(), access.actor(), request.form.get("email", "")
    seen = [int(one) for one in request.form.getlist("order") if one.isdecimal()]
    try:
        with transaction():
            erasing.erase(house.id, email, seen, actor)
    except Refusal as refusal:
        return _page(get_organisation(), erasing.preview(house, email), refusal), refusal.status
    return redirect(url_for(".keeping", organisation=house.slug, said="erased"), 303)


@blueprint.post("/treasury/keeping/data.json")
@asks_again
def download() -> ResponseReturnValue:
    """Everything under an address, for whoever asks for their data."""
    house, actor = get_organisation(), access.actor()
    data = personal.of_address(house.id, request.form.get("email", ""))
    codes = ",".join(order["code"] for order in data["orders"])
    with transaction():
        trail.note(actor, "donor.data_given", f"orders:{codes}", house.id)
    return _file(data)


@blueprint.post("/treasury/keeping/days")
def days() -> ResponseReturnValue:
    """How many days after an evening its guests are forgotten."""
    house, actor = get_organisation(), access.actor()
    wanted = request.form.get("days", 0, type=int)
    if not purging.SHORTEST <= wanted <= purging.LONGEST:
        sentence = _("Choose from %(least)d to %(most)d days.", least=purging.SHORTEST, most=purging.LONGEST)
        return _page(house, refusal=Refusal("days", sentence, field="days")), 422
    with transaction():
        changed(update(Organisation).where(Organisation.id == house.id).values(guest_data_days=wanted))
        trail.note(actor, "keeping.days", f"organisation:{house.id}", house.id, days=wanted)
    return redirect(url_for(".keeping", organisation=house.slug, said="days"), 303)


@blueprint.get("/o/<token>/data.json")
@public
def own_data(token: str) -> ResponseReturnValue:
    """The buyer's own data, behind a fresh code: the link of an order may have been forwarded."""
    order = placing.get_by_token(token)
    proof.demand_proof(order)
    data = personal.of_address(order.organisation_id, order.party.email)
    with transaction():
        trail.note("buyer", "donor.data_given", f"order:{order.code}", order.organisation_id)
    return _file(data)


def _file(data: dict[str, object]) -> Response:
    body = json.dumps(data, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": 'attachment; filename="my-data.json"', "Cache-Control": "no-store"}
    return Response(body, content_type="application/json; charset=utf-8", headers=headers)


def _page(house: Organisation, found: erasing.Preview | None = None, refusal: Refusal | None = None) -> str:
    return render_template(
        "payments/keeping/keeping.html",
        organisation=house,
        found=found,
        refusal=refusal,
        term=terms.term_of(house),
        least=purging.SHORTEST,
        most=purging.LONGEST,
        said=request.args.get("said"),
    )
