"""Is it you? Before something grave, whoever signed in a while ago shows it anew, and then goes on as if not asked.

What was posted is kept in the page that asks, and posted to the same address together with the answer: the view gets
the form as it was filled in. Whoever followed a link gets what it leads to afterwards.
"""

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, request, session, url_for
from flask.typing import ResponseReturnValue

from events.core import tokens, trail
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.core.web import is_json_address
from events.team import access, factors, passkeys, sessions, signing_in, web
from events.team.models import Account

_OURS, _DO, _CODE, _PASSKEY, _BACK = "again-", "again-do", "again-code", "again-passkey", "again-back"
"""Fields of the page itself; every other is what somebody was about to send."""
_BROWSER: Final = "proof_browser"


def guard() -> ResponseReturnValue | None:
    """Before every request: views that are declared grave are called by the freshly proved alone."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not getattr(view, "asks_again", False) or sessions.is_fresh(access.current_session()):
        return None
    if is_json_address(request.path) and "text/html" not in request.headers.get("Accept", ""):
        raise Refusal("proof_needed", _("Please show once more that it is you."), status=403)
    if request.method in ("GET", "HEAD"):
        return _page(request.full_path.rstrip("?"))
    return _answered()


def again() -> ResponseReturnValue:
    """The answer of whoever followed a link; then the page or file that it leads to."""
    goal = access.local_path(request.args.get("next")) or url_for("office.events")
    unproved = None if sessions.is_fresh(access.current_session()) else _answered(goal)
    return unproved or web.page("proved.html", goal=goal, back=_back())


def _answered(goal: str | None = None) -> ResponseReturnValue | None:
    """None once the person is proved; else the page, with what became of the try."""
    account, do = access.current_account(), request.form.get(_DO)
    if do is None:
        return _page(goal)
    if do == "letter":
        return _page(goal, *_send(account))
    try:
        if _prove(account, do):
            return None
    except Refusal as refusal:
        return _page(goal, do == "code", refusal.sentence)
    return _page(goal, do == "code", _("That did not fit. Please try once more."))


def _send(account: Account) -> tuple[bool, str | None]:
    """Whether a code may be typed, and what went wrong."""
    browser = session.setdefault(_BROWSER, tokens.new_token())
    with transaction():
        sent = signing_in.ask_again(account, browser)
    return True, None if sent else _("Several letters are on their way already. Please wait a quarter of an hour.")


def _prove(account: Account, do: str) -> bool:
    account_id, session_id = account.id, access.current_session().id
    with transaction():
        proved = _fits(account_id, do)
        if proved:
            sessions.prove(session_id)
            trail.note(f"account:{account_id}", "proved who they are", f"account:{account_id}", how=do)
    if not proved:
        web.refuse("passkey again" if do == "passkey" else "code again")
    return proved


def _fits(account_id: int, do: str) -> bool:
    if do == "passkey":
        shown = passkeys.use(request.form.get(_PASSKEY, ""), web.find_challenge())
        return shown is not None and shown.id == account_id
    typed = request.form.get(_CODE, "")
    if factors.is_asked(account_id):
        return factors.check(account_id, typed)
    key = signing_in.use_code(session.get(_BROWSER) or tokens.new_token(), "".join(typed.split()))
    return key is not None and key.account_id == account_id


def _page(goal: str | None, sent: bool = False, mistake: str | None = None) -> ResponseReturnValue:
    account = access.current_account()
    fields = [(name, value) for name, value in request.form.items(multi=True) if not name.startswith(_OURS)]
    by_app = factors.is_asked(account.id)
    return web.page(
        "again.html",
        403,
        action=url_for("team.again", next=goal) if goal else request.full_path.rstrip("?"),
        kept=[(name, value) for name, value in fields if name != "csrf_token"],
        has_passkey=bool(passkeys.of_account(account.id)),
        by_app=by_app,
        has_app=factors.has_app(account.id),
        sent=sent or by_app,
        mistake=mistake,
        back=_back(),
    )


def _back() -> str:
    """Where the person came from, for whoever thinks better of it."""
    before = request.form.get(_BACK) or urlsplit(request.referrer or "").path
    return access.local_path(before) or url_for("office.events")
