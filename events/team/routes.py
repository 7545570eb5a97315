"""Sign-in and sign-out. Following a link changes nothing; only pressing a button does."""

from flask import Blueprint, jsonify, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from events.core import tokens, trail
from events.core.db import transaction
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.core.typed import find_address
from events.team import access, account_routes, again_routes, factors, passkeys, sessions, signing_in, web
from events.team.access import public
from events.team.models import SignInKey
from events.team.web import NEXT, page

blueprint = Blueprint("team", __name__)

_BROWSER = "sign_in_browser"


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The page that asks for the address."""
    if access.find_account() is not None:
        return redirect(web.wanted())
    session[NEXT] = access.local_path(request.args.get("next"))
    return page("sign_in.html")


@blueprint.post("/sign-in")
@public
def ask() -> ResponseReturnValue:
    """Put the letter; say the same whether there is such an account or not."""
    email = request.form.get("email", "")
    if find_address(email) is None:
        mistake = gettext("This is not an e-mail address.") if email.strip() else gettext("Please type your address.")
        return page("sign_in.html", 422, typed=email, mistake=mistake)
    session[_BROWSER] = tokens.new_token()
    with transaction():
        signing_in.ask(email, session[_BROWSER])
    return redirect(url_for("team.sent"), 303)


@blueprint.get("/sign-in/code")
@public
def sent() -> ResponseReturnValue:
    """The letter is on its way; the code may be typed here."""
    return page("sent.html")


@blueprint.post("/sign-in/code")
@public
def use_code() -> ResponseReturnValue:
    """Sign in by the typed code, in the browser that asked for it."""
    code = "".join(request.form.get("code", "").split())
    with transaction():
        key = signing_in.use_code(session.get(_BROWSER) or tokens.new_token(), code)
    if key is None:
        web.refuse("code")
        return page("sent.html", 403, mistake=gettext("This code is wrong, too old, or from another browser."))
    return _welcome(key)


@blueprint.get("/sign-in/<token>")
@public
def confirm(token: str) -> ResponseReturnValue:
    """A page with a button: programs that follow the links of letters sign nobody in."""
    return page("confirm.html", token=token)


@blueprint.post("/sign-in/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    """Sign in by the link of the letter."""
    with transaction():
        key = signing_in.use_link(token)
    if key is None:
        web.refuse("link")
        return page("sign_in.html", 403, spent=True)
    return _welcome(key)


@blueprint.post("/sign-in/passkey/options.json")
@public
def passkey_options() -> ResponseReturnValue:
    """What the browser needs to use a passkey: the person's own where we know who it should be."""
    account = access.find_account()
    return jsonify(passkeys.to_use(account.id if account else web.find_half(), web.new_challenge()))


@blueprint.post("/sign-in/passkey")
@public
def use_passkey() -> ResponseReturnValue:
    """Sign in by a passkey, which is both: something one has, and a finger, a face or a PIN."""
    answer, challenge, half = request.form.get("passkey", ""), web.find_challenge(), web.find_half()
    with transaction():
        account = passkeys.use(answer, challenge)
    if account is None or half not in (None, account.id):
        web.refuse("passkey")
        return page("sign_in.html", 403, unfit=True)
    return web.enter(account.id, "passkey")


@blueprint.get("/sign-in/second")
@public
def second() -> ResponseReturnValue:
    """The key of the letter fitted; now the code of the app, a printed one, or a passkey."""
    half = web.find_half()
    return _second(half) if half is not None else redirect(url_for("team.sign_in"))


@blueprint.post("/sign-in/second")
@public
def use_second() -> ResponseReturnValue:
    """Sign in by the second factor."""
    half = web.find_half()
    if half is None:
        return page("sign_in.html", 403, spent=True)
    try:
        with transaction():
            fits = factors.check(half, request.form.get("code", ""))
    except Refusal as refusal:
        return _second(half, refusal.sentence, refusal.status)
    if not fits:
        web.refuse("second factor")
        return _second(half, gettext("This code is wrong, or it was used before."), 403)
    return web.enter(half, "letter and code")


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget who was here."""
    actor, account_id, session_id = access.actor(), access.current_account().id, access.current_session().id
    with transaction():
        sessions.end(account_id, session_id)
        trail.note(actor, "signed out", actor)
    access.sign_out()
    session.clear()
    return redirect(url_for("team.sign_in"), 303)


@blueprint.post("/manage/account/again")
def again() -> ResponseReturnValue:
    """Shown who one is; on to what the link leads to."""
    return again_routes.again()


def _welcome(key: SignInKey) -> ResponseReturnValue:
    """The demonstration's key opens at once; whoever has set up more than letters is asked for it."""
    account_id, reusable = key.account_id, key.reusable
    if reusable or not factors.is_asked(account_id):
        return web.enter(account_id, "letter", reusable=reusable)
    web.remember_half(account_id)
    return redirect(url_for("team.second"), 303)


def _second(account_id: int, mistake: str | None = None, status: int = 200) -> ResponseReturnValue:
    has_app, has_passkey = factors.has_app(account_id), bool(passkeys.of_account(account_id))
    return page("second.html", status, has_app=has_app, has_passkey=has_passkey, mistake=mistake)


for method, address, view in account_routes.ADDRESSES:
    blueprint.add_url_rule(address, view_func=view, methods=[method])
blueprint.before_app_request(again_routes.guard)
blueprint.app_context_processor(lambda: {"offers_passkey": web.offer, "this_page": web.this_page})
