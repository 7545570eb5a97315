"""Your account: its language, ways to sign in, what stands in when they are lost, and where one is signed in."""

from collections.abc import Callable

from flask import Response, current_app, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from events.core import trail
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.team import access, factors, passkeys, sessions, speaking, web
from events.team.access import asks_again


def account() -> ResponseReturnValue:
    """Everything about one's own account on a page."""
    return _page()


def speak() -> ResponseReturnValue:
    """Keep the language, and go back to the page where it was chosen."""
    account_id, goal = access.current_account().id, speaking.page_wanted(request.form.get("next"))
    with transaction():
        is_ours = speaking.choose(account_id, request.form.get("language", ""))
    if not is_ours:
        return _page(422, _("Please choose one of these languages."))
    return redirect(goal, 303) if goal else _back("language")


@asks_again
def new_passkey() -> ResponseReturnValue:
    """The page whose button makes a passkey on this device."""
    return web.page("passkey.html", device=sessions.device_of(request.user_agent.string))


@asks_again
def new_passkey_options() -> ResponseReturnValue:
    """What the browser needs to make one."""
    return jsonify(passkeys.to_make(access.current_account(), web.new_challenge()))


@asks_again
def add_passkey() -> ResponseReturnValue:
    """Keep what the browser made."""
    account, challenge = access.current_account(), web.find_challenge()
    name = " ".join(request.form.get("name", "").split()) or sessions.device_of(request.user_agent.string)
    try:
        with transaction():
            passkeys.add(account, request.form.get("passkey", ""), challenge, name)
            _note("passkey added", account.id)
    except Refusal as refusal:
        return web.page("passkey.html", refusal.status, device=name, mistake=refusal.sentence)
    return _back("passkey")


@asks_again
def remove_passkey(passkey_id: int) -> ResponseReturnValue:
    """Forget one of one's own."""
    account_id = access.current_account().id
    with transaction():
        if not passkeys.remove(account_id, passkey_id):
            raise _nothing()
        _note("passkey removed", account_id)
    return _back("passkey_removed")


@asks_again
def begin_app() -> ResponseReturnValue:
    """Draw the secret of an authenticator app."""
    account_id = access.current_account().id
    with transaction():
        factors.begin_app(account_id)
    return redirect(url_for("team.app"), 303)


@asks_again
def app() -> ResponseReturnValue:
    """The symbol to scan, the key to type, and the field for the first code."""
    return _app_page()


@asks_again
def symbol() -> ResponseReturnValue:
    """The QR symbol of an app that is being set up."""
    account = access.current_account()
    pending = factors.find_app(account.id)
    if pending is None or pending.confirmed_at is not None:
        raise _nothing()
    draw: Callable[[str], str] = current_app.extensions[access.DRAW]
    return Response(draw(factors.address_of(pending, account.email)), mimetype="image/svg+xml")


@asks_again
def confirm_app() -> ResponseReturnValue:
    """The first code fits: from now on the app is asked; here are the codes for the day it is lost."""
    account_id, typed = access.current_account().id, "".join(request.form.get("code", "").split())
    with transaction():
        fits = factors.confirm_app(account_id, typed)
        codes = factors.new_codes(account_id) if fits else []
        if fits:
            _note("authenticator set up", account_id)
    if not fits:
        return _app_page(_("This is not what the app shows now. Wait for its next code and type that."))
    return web.page("codes.html", codes=codes, new_app=True)


@asks_again
def remove_app() -> ResponseReturnValue:
    """Forget the app and its printed codes."""
    account_id = access.current_account().id
    with transaction():
        factors.remove_app(account_id)
        _note("authenticator removed", account_id)
    return _back("app_removed")


@asks_again
def new_codes() -> ResponseReturnValue:
    """New printed codes; those before are worth nothing any more."""
    account_id = access.current_account().id
    with transaction():
        if not factors.is_asked(account_id):
            raise _nothing()
        codes = factors.new_codes(account_id)
        _note("recovery codes made", account_id)
    return web.page("codes.html", codes=codes, new_app=False)


def end_session(session_id: int) -> ResponseReturnValue:
    """Sign out one browser, perhaps this one."""
    account_id, own = access.current_account().id, access.current_session().id
    with transaction():
        if not sessions.end(account_id, session_id):
            raise _nothing()
        _note("session ended", account_id)
    return _signed_out() if session_id == own else _back("session")


def end_sessions() -> ResponseReturnValue:
    """Sign out everywhere, or everywhere else."""
    account_id, own = access.current_account().id, access.current_session().id
    others = request.form.get("which") == "others"
    with transaction():
        sessions.end_all(account_id, own if others else None)
        _note("sessions ended", account_id)
    return _back("sessions") if others else _signed_out()


def _app_page(mistake: str | None = None) -> ResponseReturnValue:
    pending = factors.find_app(access.current_account().id)
    if pending is None or pending.confirmed_at is not None:
        return redirect(url_for("team.account"), 303)
    key = factors.secret_of(pending)
    spaced = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return web.page("app.html", 422 if mistake else 200, key=spaced, mistake=mistake)


def _page(status: int = 200, mistake: str | None = None) -> ResponseReturnValue:
    mine, seat = access.current_account(), access.current_seat()
    return web.page(
        "account.html",
        status,
        account=mine,
        mistake=mistake,
        passkeys=passkeys.of_account(mine.id),
        has_app=factors.has_app(mine.id),
        is_asked=factors.is_asked(mine.id),
        codes_left=factors.codes_left(mine.id),
        sessions=sessions.of_account(mine.id),
        own=seat.session,
        owes_factor=seat.owes_factor,
        said=request.args.get("said"),
    )


def _note(action: str, account_id: int) -> None:
    trail.note(f"account:{account_id}", action, f"account:{account_id}")


def _back(said: str) -> ResponseReturnValue:
    return redirect(url_for("team.account", said=said), 303)


def _signed_out() -> ResponseReturnValue:
    access.sign_out()
    session.clear()
    return redirect(url_for("team.sign_in"), 303)


def _nothing() -> NotFound:
    return NotFound(_("This page does not exist, or it is not for you."))


ADDRESSES: tuple[tuple[str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("GET", "/manage/account", account),
    ("POST", "/manage/account/language", speak),
    ("GET", "/manage/account/passkeys/new", new_passkey),
    ("POST", "/manage/account/passkeys/options.json", new_passkey_options),
    ("POST", "/manage/account/passkeys", add_passkey),
    ("POST", "/manage/account/passkeys/<int:passkey_id>/removal", remove_passkey),
    ("POST", "/manage/account/app/new", begin_app),
    ("GET", "/manage/account/app", app),
    ("GET", "/manage/account/app.svg", symbol),
    ("POST", "/manage/account/app", confirm_app),
    ("POST", "/manage/account/app/removal", remove_app),
    ("POST", "/manage/account/codes", new_codes),
    ("POST", "/manage/account/sessions/<int:session_id>/end", end_session),
    ("POST", "/manage/account/sessions/end", end_sessions),
)
