"""The organiser's first page of the door: phones, pairing, revoking, hours."""

from collections.abc import Callable
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock, own_page, trail
from events.core.db import transaction
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door import check_lists, conflicts, devices, figures, forms, hours, pairing
from events.door.models import ENTRANCE
from events.team.access import DOOR, MANAGERS, actor, current_account, may
from events.tickets import qr


def manage(slug: str) -> ResponseReturnValue:
    """Devices of the evening, pairing and hours."""
    return _page(get_managed_event(slug, DOOR))


def new_pairing_code(slug: str) -> ResponseReturnValue:
    """A fresh code, shown once: only its digest is kept."""
    event, form = get_managed_event(slug, DOOR), forms.GateForm()
    if not form.validate_on_submit():
        return _page(event, gate_form=form), 422
    gate, account, who = str(form.gate.data).strip(), current_account().id, actor()
    selling = forms.SellingForm().read() if may(event.organisation_id, event.id, MANAGERS) else pairing.NOTHING
    check_list = check_lists.get_list(event.id, form.check_list.data or ENTRANCE).key
    try:
        with transaction():
            code = pairing.new_code(event.id, gate, account, check_list, selling=selling)
            trail.note(who, "door.pairing_code", f"event:{event.id}", event.organisation_id, gate=gate, **vars(selling))
    except Refusal as refusal:
        form.gate.errors = [refusal.sentence]
        return _page(event, gate_form=form), refusal.status
    return _page(event, gate_form=form, code=code, selling=selling), 201


def to_the_page(slug: str) -> ResponseReturnValue:
    """Whoever reloads, by its address, what a form of the page had answered with."""
    event = get_managed_event(slug, DOOR)
    return redirect(url_for("door.manage", slug=event.slug), 303)


def revoke(slug: str, device_id: int) -> ResponseReturnValue:
    """The phone is turned away from now on."""
    event, who = get_managed_event(slug, DOOR), actor()
    own_page.demand()
    with transaction():
        if devices.revoke(event.id, device_id):
            trail.note(who, "door.device_revoked", f"device:{device_id}", event.organisation_id)
    return redirect(url_for("door.manage", slug=slug), 303)


def set_hours(slug: str) -> ResponseReturnValue:
    """When people are let in."""
    event, who, form = get_managed_event(slug, DOOR), actor(), forms.HoursForm()
    if not form.validate_on_submit():
        return _page(event, hours_form=form), 422
    try:
        with transaction():
            hours.set_hours(event.id, *form.read(event.time_zone))
            trail.note(who, "door.hours", f"event:{event.id}", event.organisation_id)
    except Refusal as refusal:
        form.closes_at.errors = [refusal.sentence]
        return _page(event, hours_form=form), refusal.status
    return redirect(url_for("door.manage", slug=slug, said="hours", _anchor="hours"), 303)


def _page(
    event: Event,
    gate_form: forms.GateForm | None = None,
    hours_form: forms.HoursForm | None = None,
    code: str = "",
    selling: pairing.Selling = pairing.NOTHING,
) -> str:
    if gate_form is None:
        gate_form = forms.GateForm(formdata=None, gate=gettext("Door A"))
    times = hours.find_hours(event.id)
    if hours_form is None:
        hours_form = forms.HoursForm(formdata=None)
        hours_form.fill(times, event.time_zone)
    symbol_side, symbol = qr.path_of_address(pairing.link(code)) if code else (0, "")
    return render_template(
        "events/door/manage.html",
        event=event,
        lines=devices.of_event(event.id),
        figures=figures.of_event(event.id),
        every=check_lists.of_event(event.id),
        conflicts=conflicts.count_open(event.id),
        now=clock.now(),
        gate_form=gate_form,
        hours_form=hours_form,
        hours_doubt=hours.doubt(times, event),
        said=request.args.get("said", ""),
        code=pairing.spaced(code) if code else "",
        good_until=clock.now() + pairing.VALID_FOR,
        symbol=symbol,
        symbol_side=symbol_side,
        selling=selling,
    )


ADDRESSES: Final[tuple[tuple[str, Callable[..., ResponseReturnValue], str], ...]] = (
    ("", manage, "GET"),
    ("/pairing-codes", new_pairing_code, "POST"),
    ("/pairing-codes", to_the_page, "GET"),
    ("/devices/<int:device_id>/revocation", revoke, "POST"),
    ("/hours", set_hours, "POST"),
    ("/hours", to_the_page, "GET"),
)
"""Below an evening's pages, at /door: address, view, method."""
