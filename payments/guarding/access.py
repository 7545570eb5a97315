"""The guard at the edge: the page that asks for a pass."""

from flask import current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.models import Event
from events.core import clock, i18n
from payments.guarding import breaker, passes, tallies

OWN_FIELDS = ("csrf_token", "pass", "answer", "action", "lang")


def ask_for_pass(event: Event, address: str | None = None) -> ResponseReturnValue | None:
    """The page "one moment" when the breaker is out and the form carries no good pass; None when the order may go on.

    It carries all that was typed to `address` (the order form's, unless told), and goes on by computing or by waiting.
    Its language links are buttons of the form (`action` is `language`), so that nothing typed is lost: the same page in
    another language, the same pass.
    """
    other_language = i18n.is_asked_for_another()
    if not other_language and not breaker.is_out():
        return None
    moment, secret = clock.now(), str(current_app.config["SECRET_KEY"])
    given = passes.read(secret, request.form.get("pass", ""), moment)
    spent = given is None or tallies.count(_key(given.salt)) > 0
    if given and not spent and not other_language and passes.is_good(given, request.form.get("answer", ""), moment):
        return None
    if given is None or spent:
        given = passes.issue(secret, moment)
    seconds = passes.seconds_left(given, moment)
    page = render_template(
        "payments/guarding/one_moment.html",
        event=event,
        address=address or url_for("checkout.order", slug=event.slug, lang=i18n.language()),
        given=given,
        seconds=seconds,
        typed=typed(),
        hardest=passes.HARDEST,
        language_form="pass",
    )
    return page, 429, {"Retry-After": str(seconds)}


def typed() -> list[tuple[str, str]]:
    """What was typed into the form that was sent, whatever page and button sent it."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS]


def use_pass() -> bool:
    """Spend the form's pass, in the caller's transaction; False when it was spent before. True where none is given."""
    text = request.form.get("pass", "")
    return not text or tallies.once(_key(text.partition(".")[0]))


def _key(salt: str) -> str:
    return f"pass:{salt[:64]}"
