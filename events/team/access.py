"""Who may see what. Sign-in is the default for every address; what you may not see is not found.

Look-ups are scoped by the signed-in account's memberships: a membership without an event counts for the whole
organisation, one with an event for that event alone.
"""

from collections.abc import Callable, Collection
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from events.core import away, callers, clock
from events.core.i18n import LANGUAGES, gettext
from events.core.refusal import NotFound, Refusal
from events.core.web import View, is_json_address, public
from events.team import sessions
from events.team.models import Account, Membership, StaffSession

__all__ = [
    "DOOR",
    "MANAGERS",
    "MONEY",
    "OFFICE",
    "actor",
    "asks_again",
    "current_account",
    "current_seat",
    "current_session",
    "demand",
    "events_in",
    "find_account",
    "init_app",
    "local_path",
    "may",
    "organisations",
    "public",
    "serves",
    "sign_in",
    "sign_out",
]

MANAGERS = ("owner", "organiser")
"""Who runs an evening: its pages, its guests, its door."""
MONEY = ("owner", "treasurer")
"""Who sees money and moves it back."""
DOOR = ("owner", "organiser", "door")
"""Who lets people in."""
OFFICE = ("owner", "organiser", "treasurer")
"""Who sees how an evening is doing."""

DRAW: Final = "bonsoir-draw-symbol"
_SEAT: Final = "staff_session"
_login = LoginManager()


def asks_again(view: View) -> View:
    """Declare that only somebody who has just proved who they are may call this view (kept by `again_routes`)."""
    view.asks_again = True  # type: ignore[attr-defined]
    return view


def init_app(app: Flask, draw_symbol: Callable[[str], str]) -> None:
    """Demand sign-in for every endpoint that is not `public`. `draw_symbol`: the SVG of an address as a QR symbol."""
    app.extensions[DRAW] = draw_symbol  # tickets, who can draw, stand above this room
    # Nobody is remembered by a cookie of its own, and a template asks for the account only where it shows it: a page on
    # which nobody looked at the session is the same for all, and says so to proxies.
    _login._update_remember_cookie = lambda response: response  # type: ignore[method-assign]
    _login.init_app(app, add_context_processor=False)
    app.before_request(_guard)
    app.context_processor(_for_templates)


@_login.user_loader  # type: ignore[untyped-decorator]
def _load(account_id: str) -> Account | None:
    """The cookie names a session of ours; ended there, it is worth nothing."""
    token = session.get(_SEAT)
    seat = sessions.find(token) if isinstance(token, str) else None
    if seat is None or str(seat.session.account_id) != account_id:
        return None
    g.seat = seat
    return seat.session.account


def find_account() -> Account | None:
    """The signed-in account, if there is one."""
    user = current_user._get_current_object()
    return user if isinstance(user, Account) else None


def current_account() -> Account:
    """The signed-in account; raises Refusal 401 when nobody is."""
    account = find_account()
    if account is None:
        raise _unknown_person()
    return account


def current_seat() -> sessions.Seat:
    """The session of this browser and what it owes; raises Refusal 401 when nobody is signed in."""
    current_account()
    seat: sessions.Seat = g.seat
    return seat


def current_session() -> StaffSession:
    """The session of this browser; raises Refusal 401 when nobody is signed in."""
    return current_seat().session


def actor() -> str:
    """How the trail names the signed-in account: account:7."""
    return f"account:{current_account().id}"


def may(organisation_id: int, event_id: int | None, roles: Collection[str]) -> bool:
    """Whether the signed-in account holds one of the roles there; `event_id` None asks for the whole organisation."""
    return any(
        held.organisation_id == organisation_id and held.event_id in (None, event_id) for held in _memberships(roles)
    )


def demand(organisation_id: int, event_id: int | None, roles: Collection[str]) -> None:
    """Raise NotFound unless the signed-in account may."""
    if not may(organisation_id, event_id, roles):
        raise NotFound(gettext("This page does not exist, or it is not for you."))


def organisations(roles: Collection[str]) -> list[int]:
    """Ids of the organisations that the account serves as a whole in one of the roles, in order."""
    return sorted({held.organisation_id for held in _memberships(roles) if held.event_id is None})


def serves(roles: Collection[str]) -> bool:
    """Whether the account holds one of the roles anywhere."""
    return bool(_memberships(roles))


def events_in(
    roles: Collection[str], organisation_id: InstrumentedAttribute[int], event_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """The condition that keeps a query to what the account may see in one of the roles.

    `select(Event).where(events_in(MANAGERS, Event.organisation_id, Event.id))`
    """
    whole = [organisation_id == wanted for wanted in organisations(roles)]
    single = [
        and_(organisation_id == held.organisation_id, event_id == held.event_id)
        for held in _memberships(roles)
        if held.event_id is not None
    ]
    return or_(false(), *whole, *single)


def sign_in(account: Account, token: str) -> None:
    """Remember the account, and the token of its session, in this browser's cookie."""
    login_user(account)
    session[_SEAT] = token
    seat = sessions.find(token)
    if seat is not None:  # what follows in this request knows it, too
        g.seat = seat


def sign_out() -> None:
    """Forget it."""
    logout_user()


def local_path(address: str | None) -> str | None:
    """`address` if it is a path on this site, else None: nobody is sent elsewhere after sign-in."""
    if not address or not address.startswith("/") or not address.isprintable():
        return None
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or address.startswith("//") or "\\" in address:
        return None
    return address


def _guard() -> ResponseReturnValue | None:
    """Before every request: a stranger is asked to sign in, a program is told 401."""
    if request.endpoint is None or _is_open(request.endpoint):
        return None
    account = find_account()
    if account is not None:
        _speak_language_of(account)
        return _settle_in(request.endpoint)
    if is_json_address(request.path):
        raise _unknown_person()
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("team.sign_in", next=local_path(wanted)))


def _settle_in(endpoint: str) -> ResponseReturnValue | None:
    """Note that the session is used; whoever owes the organisation a second factor sets one up first."""
    seat: sessions.Seat = g.seat
    if seat.session.seen_at < clock.now() - sessions.SEEN:
        session_id, network = seat.session.id, callers.network()
        away.note_in_passing(lambda: sessions.see(session_id, network))
    if not seat.owes_factor or endpoint.startswith("team."):
        return None
    if is_json_address(request.path):
        raise Refusal("second_factor_needed", gettext("Your organisation asks for a second factor."), status=403)
    return redirect(url_for("team.account"))


def _is_open(endpoint: str) -> bool:
    if endpoint == "static" or endpoint.endswith(".static"):
        return True
    return bool(getattr(current_app.view_functions.get(endpoint), "is_public", False))


def _speak_language_of(account: Account) -> None:
    """Staff read the language of their account, whatever this device was told; `?lang=` holds for one page."""
    if request.args.get("lang") not in LANGUAGES:
        g.language = account.language


def _for_templates() -> dict[str, Any]:
    groups = {"MANAGERS": MANAGERS, "MONEY": MONEY, "DOOR": DOOR, "OFFICE": OFFICE}
    return {"may": may, "serves": serves, "organisations": organisations, "current_user": current_user, **groups}


def _memberships(roles: Collection[str]) -> list[Membership]:
    return [held for held in current_account().memberships if held.role in roles]


def _unknown_person() -> Refusal:
    return Refusal("sign_in_needed", gettext("Please sign in."), status=401)
