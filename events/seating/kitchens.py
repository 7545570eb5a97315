"""Pages of the kitchen and the room's papers, below the evening's address."""

from collections.abc import Callable
from datetime import UTC
from typing import Final
from zoneinfo import ZoneInfo

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import clock, money, own_page, trail
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.refusal import NotFound
from events.core.typed import one_line
from events.seating import forms, kitchen, paper
from events.seating.models import Catering
from events.team.access import MANAGERS, actor

PAPERS: Final[dict[str, Callable[[Event], bytes]]] = {"cards": paper.cards_pdf, "tables": paper.lists_pdf}


def kitchen_page(slug: str) -> ResponseReturnValue:
    """What is agreed with the restaurant, what the kitchen would get now, and what it was given."""
    event = get_managed_event(slug, MANAGERS)
    return _page(event, _form(event, filled=True))


def agree(slug: str) -> ResponseReturnValue:
    """Language, cut-off, guaranteed covers and their price."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    form = _form(event)
    if not form.validate_on_submit():
        return _page(event, form), 422
    cut_off, zone = form.cut_off.data, ZoneInfo(event.time_zone)
    with transaction():
        kitchen.agree(
            event,
            language=str(form.language.data),
            cut_off_at=cut_off.replace(tzinfo=zone).astimezone(UTC) if cut_off else None,
            dishes_id=int(form.dishes.data) or None,
            guaranteed=forms.whole(form.guaranteed.data),
            cover_price=money.parse(one_line(form.price.data), event.currency) or 0,
        )
        trail.note(who, "seating.catering", f"event:{event.id}", event.organisation_id)
    return redirect(url_for("seating.kitchen_page", slug=slug), 303)


def give_sheet(slug: str) -> ResponseReturnValue:
    """The sheet of this moment goes to the kitchen, and is kept as it is."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    with transaction():
        sheet = kitchen.give(event, kitchen.catering_of(event), who)
        trail.note(who, "seating.kitchen_sheet", f"event:{event.id}", event.organisation_id, sheet=sheet.number)
    return redirect(url_for("seating.kitchen_page", slug=slug), 303)


def sheet_now(slug: str) -> ResponseReturnValue:
    """The kitchen's sheet as the room stands now; after the cut-off only what differs."""
    event = get_managed_event(slug, MANAGERS)
    return _pdf(f"{slug}-kitchen", paper.kitchen_pdf(event, kitchen.catering_of(event)))


def sheet_given(slug: str, number: int) -> ResponseReturnValue:
    """A sheet as it was given."""
    event = get_managed_event(slug, MANAGERS)
    sheet = kitchen.get_sheet(event.id, number)
    return _pdf(f"{slug}-kitchen-{number}", paper.kitchen_pdf(event, kitchen.catering_of(event), sheet))


def print_paper(slug: str, name: str) -> ResponseReturnValue:
    """Place cards, or the tables' lists; the trail notes that names were printed."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    if name not in PAPERS:
        raise NotFound(_("This page does not exist, or it is not for you."))
    with transaction():
        trail.note(who, "seating.printed", f"event:{event.id}", event.organisation_id, paper=name)
    return _pdf(f"{slug}-{name}", PAPERS[name](event))


ADDRESSES: Final[tuple[tuple[str, Callable[..., ResponseReturnValue], list[str]], ...]] = (
    ("kitchen", kitchen_page, ["GET"]),
    ("kitchen", agree, ["POST"]),
    ("kitchen/sheets", give_sheet, ["POST"]),
    ("kitchen/sheet.pdf", sheet_now, ["GET"]),
    ("kitchen/sheets/<int:number>.pdf", sheet_given, ["GET"]),
    ("seating/<name>.pdf", print_paper, ["GET"]),
)
"""Below the evening's address: rest of it, view, methods."""


def _form(event: Event, *, filled: bool = False) -> forms.CateringForm:
    agreed = kitchen.catering_of(event)
    form = forms.CateringForm(formdata=None, language=agreed.language) if filled else forms.CateringForm()
    asked = [(str(one.id), local(one.text)) for one in kitchen.questions(event.id)]
    form.dishes.choices = [("0", _("None: everybody eats the menu")), *asked]
    form.currency = event.currency
    if filled:
        zone = ZoneInfo(event.time_zone)
        form.cut_off.data = agreed.cut_off_at.astimezone(zone) if agreed.cut_off_at else None
        form.dishes.data, form.guaranteed.data = str(agreed.dishes_id or 0), str(agreed.guaranteed)
        form.price.data = f"{money.major(agreed.cover_price, event.currency):f}" if agreed.cover_price else ""
    return form


def _page(event: Event, form: forms.CateringForm) -> str:
    agreed: Catering = kitchen.catering_of(event)
    return render_template(
        "events/seating/kitchen.html",
        event=event,
        form=form,
        agreed=agreed,
        basis=kitchen.basis(event, agreed),
        now=clock.now(),
        sheet=paper.kitchen_sheet(event, agreed),
        sheets=kitchen.sheets(event.id),
    )


def _pdf(name: str, data: bytes) -> ResponseReturnValue:
    return data, {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}.pdf"'}
