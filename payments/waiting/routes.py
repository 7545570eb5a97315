"""The waiting list: getting in, one's place in it, and the organiser's page."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue import pages
from events.catalogue.finding import get_managed_event, get_public_event
from events.catalogue.models import Event
from events.core import callers, clock, i18n
from events.core.db import transaction
from events.core.refusal import NotFound, Refusal
from events.team.access import MANAGERS, actor, public
from events.tickets import keeping_in_line
from payments.waiting import joining, lines, offering, settings
from payments.waiting.forms import JoinForm, LineForm
from payments.waiting.models import Waiting

blueprint = Blueprint("waiting", __name__)


@blueprint.get("/e/<slug>/waiting")
@public
def join(slug: str) -> ResponseReturnValue:
    """The form; `?ticket=` is the public id of the type that one came for."""
    event = _event(slug)
    form = _form(event, JoinForm(formdata=None, ticket=request.args.get("ticket")))
    return _join_page(event, form, request.args.get("said"))


@blueprint.post("/e/<slug>/waiting")
@public
def ask(slug: str) -> ResponseReturnValue:
    """A letter goes to the address; nothing is told of who stands in line."""
    event = _event(slug)
    form, network = _form(event, JoinForm()), callers.network()
    if i18n.is_asked_for_another():
        return _join_page(event, form)
    if not form.validate_on_submit():
        return _join_page(event, form), 422
    try:
        with transaction():
            joining.join(get_public_event(slug), form.wish(network))
    except Refusal as refusal:
        return _join_page(event, form, refusal=refusal), refusal.status
    return redirect(url_for(".join", slug=slug, lang=i18n.language(), said="asked"), 303)


@blueprint.get("/w/<secret>")
@public
def place(secret: str) -> ResponseReturnValue:
    """The group's own page. Looking at it does nothing: mail programs look, too."""
    return _place_page(_group(secret), secret)


@blueprint.post("/w/<secret>/confirm")
@public
def confirm(secret: str) -> ResponseReturnValue:
    """In line from now on."""
    _group(secret)
    with transaction():
        joining.confirm(secret)
    return redirect(url_for(".place", secret=secret, lang=i18n.language()), 303)


@blueprint.post("/w/<secret>/leave")
@public
def leave(secret: str) -> ResponseReturnValue:
    """Out of the line; places that were offered pass to the next."""
    _group(secret)
    with transaction():
        offering.leave(secret)
    return redirect(url_for(".place", secret=secret, lang=i18n.language()), 303)


@blueprint.get("/manage/<slug>/waiting")
def line(slug: str) -> ResponseReturnValue:
    """Who waits, in order; what is kept for them."""
    return _line_page(get_managed_event(slug, MANAGERS))


@blueprint.post("/manage/<slug>/waiting")
def change(slug: str) -> ResponseReturnValue:
    """How long offers stand; `list` (open, closed) whether anybody may still join."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), LineForm()
    if not form.validate_on_submit():
        return _line_page(event, form), 422
    with transaction():
        event = get_managed_event(slug, MANAGERS)
        settings.change(event, int(form.offer_hours.data or 24), request.form.get("list") != "closed", who)
    return redirect(url_for(".line", slug=slug, said="saved"), 303)


@blueprint.post("/manage/<slug>/waiting/<int:waiting_id>/offer")
def offer(slug: str, waiting_id: int) -> ResponseReturnValue:
    """Offer places by hand."""
    return _act(slug, waiting_id, "offered")


@blueprint.post("/manage/<slug>/waiting/<int:waiting_id>/remove")
def remove(slug: str, waiting_id: int) -> ResponseReturnValue:
    """Take a group out of the line."""
    return _act(slug, waiting_id, "removed")


def _act(slug: str, waiting_id: int, what: str) -> ResponseReturnValue:
    event, who = get_managed_event(slug, MANAGERS), actor()
    act = {"offered": offering.offer_by_hand, "removed": offering.remove}[what]
    try:
        with transaction():
            act(get_managed_event(slug, MANAGERS), waiting_id, who)
    except NotFound:
        raise
    except Refusal as refusal:
        return _line_page(get_managed_event(slug, MANAGERS), refusal=refusal), refusal.status
    return redirect(url_for(".line", slug=event.slug, said=what), 303)


def _event(slug: str) -> Event:
    event = get_public_event(slug)
    wanted = request.args.get("lang")
    if wanted in event.languages:
        g.language = wanted
    return event


def _group(secret: str) -> Waiting:
    """The group, its page in the language it chose unless another is asked for."""
    found = lines.get_group(secret)
    wanted = request.args.get("lang")
    g.language = wanted if wanted in i18n.LANGUAGES else found.language
    return found


def _form(event: Event, form: JoinForm) -> JoinForm:
    kinds = [kind for kind in event.ticket_types if pages.may_wait(kind, clock.now())]
    return form.offer(kinds, event.languages, i18n.language())


def _join_page(event: Event, form: JoinForm, said: str | None = None, refusal: Refusal | None = None) -> str:
    if refusal is not None and refusal.field and refusal.field in form:
        form[refusal.field].errors = [refusal.sentence]
    return render_template(
        "payments/waiting/join.html",
        event=event,
        form=form,
        said=said,
        refusal=refusal if refusal is not None and refusal.field is None else None,
        language_urls={
            code: url_for(".join", slug=event.slug, ticket=form.ticket.data, lang=code) for code in event.languages
        },
    )


def _place_page(group: Waiting, secret: str) -> str:
    offered = group.status == "offered" and group.offered_until is not None and group.offered_until > clock.now()
    ahead = lines.before(group) if group.status == "waiting" else ()
    return render_template(
        "payments/waiting/place.html",
        group=group,
        event=group.event,
        kind=group.ticket_type,
        secret=secret,
        status="lapsed" if group.status == "offered" and not offered else group.status,
        ahead=len(ahead),
        seats_ahead=sum(one.seats for one in ahead),
        language_urls={code: url_for(".place", secret=secret, lang=code) for code in group.event.languages},
    )


def _line_page(event: Event, form: LineForm | None = None, refusal: Refusal | None = None) -> str:
    known = lines.find_line(event.id)
    kept = keeping_in_line.kept(known.party_id) if known else {}
    return render_template(
        "payments/waiting/line.html",
        event=event,
        form=form or LineForm(formdata=None, offer_hours=known.offer_hours if known else 24),
        groups=lines.groups(event.id),
        done=lines.groups(event.id, "taken", "lapsed", "left", "removed", "over"),
        kept=[(quota, kept[quota.id]) for quota in event.quotas if kept.get(quota.id)],
        refusal=refusal,
        said=request.args.get("said"),
    )
