"""Giving back what was paid for an evening that was cancelled: one page, one decision."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import tokens
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.team import access
from events.team.access import MONEY, asks_again
from payments.desk import all_back, forms, words


def all_back_page(slug: str) -> ResponseReturnValue:
    """What is still to go back, by card, by hand and after a bank's decision, and how far it is."""
    return _page(get_managed_event(slug, MONEY))


@asks_again
def give_all_back(slug: str) -> ResponseReturnValue:
    """The decision. Field `what` (everything, seats), `sure`, `note`, and the form's own `key`."""
    actor = access.actor()
    try:
        with transaction():
            event = get_managed_event(slug, MONEY)
            what, key = request.form.get("what", ""), forms.key_of(request.form)
            if what not in (all_back.EVERYTHING, all_back.SEATS):
                raise Refusal("no_key", _("This form is not complete: load the page again."))
            if request.form.get("sure") != "yes":
                raise Refusal("not_sure", _("Tick the box: what has gone back cannot be called back."), field="sure")
            all_back.start(event, what, key, actor, forms.note_of(request.form))
    except Refusal as refusal:
        return _page(get_managed_event(slug, MONEY), refusal), refusal.status
    return redirect(url_for("desk.all_back_page", slug=slug, said="begun"), 303)


def _page(event: Event, refusal: Refusal | None = None) -> str:
    dues = all_back.due(event)
    return render_template(
        "payments/desk/all_back.html",
        event=event,
        by_card=[one for one in dues if one.is_by_card],
        by_hand=[one for one in dues if not one.is_by_card and not one.is_contested],
        contested=[one for one in dues if one.is_contested],
        so_far=all_back.so_far(event),
        owed=all_back.owed(event),
        under_way=all_back.is_under_way(event),
        words=words,
        refusal=refusal,
        typed=request.form,
        said=request.args.get("said"),
        key=request.form.get("key") or tokens.new_token(12),
    )


ADDRESSES = (
    ("/treasury/<slug>/all-back", all_back_page, ("GET",)),
    ("/treasury/<slug>/all-back", give_all_back, ("POST",)),
)
