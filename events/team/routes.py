"""Sign-in and sign-out. Following a link changes nothing; only pressing a button does."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from events.core import tokens, trail
from events.core.db import transaction
from events.core.i18n import gettext
from events.core.typed import find_address
from events.team import access, signing_in
from events.team.access import public
from events.team.models import Account

blueprint = Blueprint("team", __name__)

_BROWSER, _NEXT = "sign_in_browser", "sign_in_next"


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """The page that asks for the address."""
    if access.find_account() is not None:
        return redirect(_goal())
    session[_NEXT] = access.local_path(request.args.get("next"))
    return _page("sign_in.html")


@blueprint.post("/sign-in")
@public
def ask() -> ResponseReturnValue:
    """Put the letter; say the same whether there is such an account or not."""
    email = request.form.get("email", "")
    if find_address(email) is None:
        mistake = gettext("This is not an e-mail address.") if email.strip() else gettext("Please type your address.")
        return _page("sign_in.html", 422, typed=email, mistake=mistake)
    session[_BROWSER] = tokens.new_token()
    with transaction():
        signing_in.ask(email, session[_BROWSER])
    return redirect(url_for("team.sent"), 303)


@blueprint.get("/sign-in/code")
@public
def sent() -> ResponseReturnValue:
    """The letter is on its way; the code may be typed here."""
    return _page("sent.html")


@blueprint.post("/sign-in/code")
@public
def use_code() -> ResponseReturnValue:
    """Sign in by the typed code, in the browser that asked for it."""
    code = "".join(request.form.get("code", "").split())
    with transaction():
        account = signing_in.use_code(session.get(_BROWSER) or tokens.new_token(), code)
    if account is None:
        return _page("sent.html", 403, mistake=gettext("This code is wrong, too old, or from another browser."))
    return _welcome(account)


@blueprint.get("/sign-in/<token>")
@public
def confirm(token: str) -> ResponseReturnValue:
    """A page with a button: programs that follow the links of letters sign nobody in."""
    return _page("confirm.html", token=token)


@blueprint.post("/sign-in/<token>")
@public
def use_link(token: str) -> ResponseReturnValue:
    """Sign in by the link of the letter."""
    with transaction():
        account = signing_in.use_link(token)
    if account is None:
        return _page("sign_in.html", 403, spent=True)
    return _welcome(account)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """Forget who sits here."""
    with transaction():
        trail.note(access.actor(), "signed out", access.actor())
    access.sign_out()
    session.clear()
    return redirect(url_for("team.sign_in"), 303)


def _welcome(account: Account) -> ResponseReturnValue:
    goal = _goal()
    session.clear()  # nothing that stood here before the sign-in is trusted after it
    access.sign_in(account)
    return redirect(goal, 303)


def _goal() -> str:
    return access.local_path(session.get(_NEXT)) or url_for("office.events")


def _page(template: str, status: int = 200, **context: object) -> ResponseReturnValue:
    return render_template(f"events/team/{template}", **context), status
