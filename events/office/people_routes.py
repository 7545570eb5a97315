"""The people of an organisation, for its owners: who may do what, invitations, and what they must prove."""

from collections.abc import Callable
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue.models import Event, Organisation
from events.core import i18n, trail
from events.core.db import db, transaction
from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext
from events.core.refusal import NotFound, Refusal
from events.core.typed import one_line
from events.team import access, factors, inviting
from events.team.access import asks_again
from events.team.models import ROLES

OWNERS: Final = ("owner",)
ROLE_NAMES: Final = {
    "owner": lazy_gettext("Owner"),
    "organiser": lazy_gettext("Organiser"),
    "treasurer": lazy_gettext("Treasurer"),
    "door": lazy_gettext("Door"),
}
ROLE_WORDS: Final = {
    "owner": lazy_gettext("everything, money and people too"),
    "organiser": lazy_gettext("the evening, its page, guests, tables and door"),
    "treasurer": lazy_gettext("orders, refunds, books and receipts"),
    "door": lazy_gettext("lets guests in"),
}


def people() -> ResponseReturnValue:
    """Everybody, the invitation and the rule on a page."""
    return _page(owned_house())


@asks_again
def invite() -> ResponseReturnValue:
    """Give a role, and let a letter bring the link."""
    house, actor = owned_house(), access.actor()
    form, wanted = request.form, request.form.get("event", "")
    event = next((one for one in _evenings(house) if one.slug == wanted), None)
    try:
        if wanted and event is None:
            raise NotFound(_("This page does not exist, or it is not for you."))
        with transaction():
            inviting.invite_by_letter(
                form.get("email", ""),
                form.get("role", ""),
                inviting.House(house.id, house.name),
                event.id if event else None,
                name=one_line(form.get("name", ""))[:120],
                language=form["language"] if form.get("language") in i18n.LANGUAGES else house.language,
                actor=actor,
            )
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(owned_house(), refusal)
    return _back(house, "invited")


@asks_again
def end(membership_id: int) -> ResponseReturnValue:
    """Take a role back."""
    house, actor = owned_house(), access.actor()
    try:
        with transaction():
            inviting.end(membership_id, house.id, actor)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _page(owned_house(), refusal)
    return _back(house, "ended") if _still_owns(house) else redirect(url_for("office.events"), 303)


@asks_again
def rule() -> ResponseReturnValue:
    """Want a second factor from owners and treasurers, or not any more."""
    house, account_id, actor = owned_house(), access.current_account().id, access.actor()
    wanted = request.form.get("wanted") == "1"
    with transaction():
        factors.require(house.id, wanted, account_id)
        trail.note(actor, f"second factor {'wanted' if wanted else 'not wanted'}", f"organisation:{house.id}", house.id)
    return _back(house, "rule")


def owned_house() -> Organisation:
    """The organisation that is asked for, or the first; raises NotFound for whoever owns none."""
    mine = select(Organisation).where(Organisation.id.in_(access.organisations(OWNERS))).order_by(Organisation.id)
    wanted = request.args.get("organisation")
    for house in db.session.scalars(mine):
        if wanted in (None, house.slug):
            return house
    raise NotFound(_("This page does not exist, or it is not for you."))


def _evenings(house: Organisation) -> list[Event]:
    own = select(Event).where(Event.organisation_id == house.id).order_by(Event.starts_at.desc())
    return list(db.session.scalars(own))


def _still_owns(house: Organisation) -> bool:
    return access.may(house.id, None, OWNERS)


def _page(house: Organisation, refusal: Refusal | None = None) -> ResponseReturnValue:
    evenings = _evenings(house)
    page = render_template(
        "events/office/people.html",
        organisation=house,
        members=inviting.members(house.id),
        evening_of={evening.id: evening for evening in evenings},
        evenings=evenings,
        roles=ROLES,
        role_names=ROLE_NAMES,
        role_words=ROLE_WORDS,
        is_required=factors.is_required(house.id),
        refusal=refusal,
        typed=request.form,
        said=request.args.get("said"),
    )
    return page, refusal.status if refusal else 200


def _back(house: Organisation, said: str) -> ResponseReturnValue:
    return redirect(url_for("office.people", organisation=house.slug, said=said), 303)


ADDRESSES: tuple[tuple[str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("GET", "/manage/people", people),
    ("POST", "/manage/people", invite),
    ("POST", "/manage/people/<int:membership_id>/end", end),
    ("POST", "/manage/people/rule", rule),
)
