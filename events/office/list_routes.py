"""The guest list, and one action for many of its guests: those ticked, those on the page, or all that were found."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page, tokens
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.i18n import ngettext
from events.core.refusal import Refusal
from events.guests.words import DIET_NAMES
from events.office import batch_showing, batches, editing, forms, guest_list
from events.office.batch_showing import Shown
from events.office.batches import Wish
from events.office.models import GuestBatch
from events.team.access import MANAGERS, actor

FILTERS: Final = ("q", "show", "diet", "table", "kind", "mark", "page")


def show(slug: str) -> ResponseReturnValue:
    """The guest list: for those who run the evening, for it holds what guests confide to the kitchen."""
    return _page(get_managed_event(slug, MANAGERS))


def change_many(slug: str) -> ResponseReturnValue:
    """One action for many: asked about first where it writes to several, or where the list is another by now."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    try:
        wish = forms.wish(request.form)
        chosen = _chosen(event)
        if not chosen:
            raise Refusal("nobody_chosen", _("Tick the guests first."))
        letters = batches.count_letters(chosen) if wish.act == "send" else 0
        if _must_ask(len(chosen), letters):
            return _asking(event, wish, chosen, letters)
        with transaction():
            batch = batches.start(event, wish, chosen, who)
    except Refusal as refusal:
        end_reading()
        return _page(get_managed_event(slug, MANAGERS), refusal.sentence), refusal.status
    return _onward(slug, batch)


def _chosen(event: Event) -> Sequence[int]:
    """Ids of the tickets. Raises Refusal: nobody_chosen, too_many."""
    whom = request.form.get("whom", "ticked")
    if whom == "found":
        query, shown = request.args.get("q", "")[:200], request.args.get("show", "all")
        return guest_list.found(event.id, query, shown, forms.narrowed(request.args))
    typed = request.form.get("here", "").split(",") if whom == "page" else request.form.getlist("ticket")
    return [known.ticket.id for known in editing.find_guests(event, forms.numbers(typed))]


def _must_ask(guests: int, letters: int) -> bool:
    """Letters to several are sure only when their number was read; so are all that were found."""
    unread = letters > 1 and request.form.get("sure", type=int) != letters
    return unread or (request.form.get("whom") == "found" and request.form.get("found", type=int) != guests)


def _asking(event: Event, wish: Wish, chosen: Sequence[int], letters: int) -> str:
    return render_template(
        "events/office/batch_asking.html",
        event=event,
        wish=wish,
        guests=len(chosen),
        letters=letters,
        whom=request.form.get("whom", "ticked"),
        typed=request.form,
        filters=filters(),
    )


def _onward(slug: str, batch: GuestBatch) -> ResponseReturnValue:
    """What is done is said above the list; what takes longer has a page of its own."""
    if batch.state == "going":
        return redirect(url_for("office.guest_action", slug=slug, batch_id=batch.id), 303)
    return redirect(url_for("office.guest_list", slug=slug, batch=batch.id, **filters()), 303)


def filters() -> dict[str, Any]:
    """What the list is narrowed to, for links to it."""
    return {name: request.args[name] for name in FILTERS if name in request.args}


def _page(event: Event, mistake: str = "") -> str:
    query, shown = request.args.get("q", "")[:200], request.args.get("show", "all")
    narrowed = forms.narrowed(request.args)
    page = guest_list.find(event.id, query, shown, request.args.get("page", 1, type=int), narrowed)
    return render_template(
        "events/office/guests.html",
        event=event,
        page=page,
        query=query,
        shown=shown,
        narrowed=narrowed,
        kinds=guest_list.kinds(event.id),
        diets=DIET_NAMES,
        filters=filters(),
        mistake=mistake,
        said=_said(request.args.get("said", ""), request.args.get("count", 0, type=int)),
        done=_done(event),
        key=tokens.new_token(12),
    )


def _done(event: Event) -> Shown | None:
    """The action that has just been done, if one has."""
    batch_id = request.args.get("batch", type=int)
    return batch_showing.show(event, batches.get_batch(event, batch_id)) if batch_id else None


def _said(act: str, count: int) -> str:
    sentences = {
        "edited": _("The guest is saved."),
        "imported": ngettext("%(num)s row was taken over.", "%(num)s rows were taken over.", count),
    }
    return sentences.get(act, "")


ADDRESSES: tuple[tuple[str, str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("GET", "/manage/<slug>/guests", "guest_list", show),
    ("POST", "/manage/<slug>/guests", "guest_changes", change_many),
)
