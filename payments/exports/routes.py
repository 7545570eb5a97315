"""The Exports page, every file on it, and the page where the accountant's codes and rates stand."""

from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile

from flask import (
    Blueprint,
    Response,
    abort,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event, Organisation
from events.core import clock
from events.core.db import end_reading, transaction
from events.core.i18n import gettext, language
from events.core.refusal import NotFound, Refusal
from events.office import evenings
from events.team import access
from events.team.access import MONEY, asks_again
from payments.exports import account_words, accounts, background, exporting, forms, showing, storing
from payments.exports.offer import EXPORTS, FORMATS, Export, get_export
from payments.exports.rows import Row, Scope, scope_of

blueprint = Blueprint("exports", __name__)

PREVIEWED = 10
PATIENCE = 2.0
"""Seconds that a slow reader may keep the database waiting; then the rest goes to disk first."""
IN_MEMORY = 1_000_000


@dataclass(frozen=True)
class Choice:
    """What the treasurer chose: one evening or all of an organisation's, perhaps some days."""

    houses: list[Organisation]
    event: Event | None
    scope: Scope

    @property
    def args(self) -> dict[str, object]:
        """The same choice in an address; what is not chosen is not in it."""
        house = self.houses[0].slug if len(self.houses) == 1 and not self.event else None
        days = {"from": self.scope.date_from, "to": self.scope.date_to}
        return {"event": self.event.slug if self.event else None, "organisation": house, **days}


@blueprint.get("/treasury/exports")
@blueprint.get("/treasury/<slug>/exports")
def exports(slug: str | None = None) -> ResponseReturnValue:
    """Every file: what it is for, its first rows, its formats."""
    choice = _choice(slug or request.args.get("event"))
    large = background.is_large(choice.scope)
    shown = request.args.get("show", "" if large else "all")
    return render_template(
        "payments/exports/exports.html",
        event=choice.event,
        choice=choice,
        evenings=evenings.list_events(MONEY),
        houses=accounts.organisations(access.organisations(MONEY)),
        offers=[(export, _preview(export, choice.scope, shown)) for export in EXPORTS.values()],
        large=large,
        files=background.mine(access.actor()),
        written=showing.written,
        numbers=showing.NUMBERS,
        words=showing.COLUMNS,
        format_names=showing.FORMATS,
    )


@blueprint.get("/treasury/exports/<what>.<form>")
@asks_again
def download(what: str, form: str) -> ResponseReturnValue:
    """One file, as it is made. Who took it away is written down before the first byte leaves."""
    choice, export = _choice(request.args.get("event")), get_export(what)
    file = exporting.export_file(what, form, choice.scope, language())
    with transaction():
        exporting.note(export, form, choice.scope, access.actor())
    end_reading()
    answer = Response(stream_with_context(unhurried(file.pieces)), mimetype=file.mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer


@blueprint.post("/treasury/exports/<what>.<form>")
@asks_again
def prepare(what: str, form: str) -> ResponseReturnValue:
    """Let the worker write it; the list shows how far it is."""
    choice = _choice(request.args.get("event"))
    with transaction():
        background.ask(what, form, choice.scope, language(), access.actor())
    return redirect(url_for("exports.files"), 303)


@blueprint.get("/treasury/exports/files")
def files() -> ResponseReturnValue:
    """The long files that this account asked for."""
    if not access.serves(MONEY):
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    mine = background.mine(access.actor())
    return render_template(
        "payments/exports/files.html",
        files=mine,
        busy=any(file.state in ("waiting", "writing") for file in mine),
        offers=EXPORTS,
        format_names=showing.FORMATS,
    )


@blueprint.get("/treasury/exports/files/<name>")
@asks_again
def fetch(name: str) -> ResponseReturnValue:
    """A long file that is ready, for whoever asked for it."""
    file = background.get_file(name, access.actor())
    for organisation_id in file.choice["organisations"]:
        access.demand(organisation_id, file.choice["event"], MONEY)
    body = stream_with_context(storing.read(file.id, file.draft))
    answer = Response(body, mimetype=FORMATS[file.format][1])
    answer.headers.set("Content-Disposition", "attachment", filename=file.download_name)
    return answer


@blueprint.route("/treasury/accounts", methods=["GET", "POST"])
def codes() -> ResponseReturnValue:
    """What the accountant calls each account, the books' currency, and what other currencies are worth in it."""
    houses = accounts.organisations(access.organisations(MONEY))
    wanted = request.args.get("organisation")
    house = next((one for one in houses if wanted in (None, one.slug)), None)
    if house is None:
        raise NotFound(gettext("This page does not exist, or it is not for you."))
    mistakes: list[tuple[str, str]] = []
    if request.method == "POST":
        try:
            terms = forms.read(request.form, accounts.known_accounts(house.id))
            with transaction():
                forms.keep(house.id, terms, access.actor())
            return redirect(url_for("exports.codes", organisation=house.slug, kept=1), 303)
        except Refusal as refusal:
            mistakes = [(refusal.field or "", refusal.sentence)]
    books = accounts.books_of(house.id)
    page = render_template(
        "payments/exports/accounts.html",
        whose=house,
        houses=houses,
        books=books,
        known=[(account, *books.account(account)) for account in accounts.known_accounts(house.id)],
        words=account_words.WORDS,
        rates=accounts.rates_of(house.id),
        typed=request.form,
        mistakes=mistakes,
        kept="kept" in request.args,
    )
    return page, 422 if mistakes else 200


def unhurried(pieces: Iterator[bytes], patience: float = PATIENCE) -> Iterator[bytes]:
    """The pieces as they come, while they are taken quickly; whoever takes them slowly gets the rest from disk.

    So the first byte leaves at once, and yet nobody holds a moment of the database for as long as he likes.
    """
    waited = 0.0
    for piece in pieces:
        began = clock.monotonic()
        yield piece
        waited += clock.monotonic() - began
        if waited > patience:
            yield from _spooled(pieces)


def _spooled(pieces: Iterator[bytes]) -> Iterator[bytes]:
    with SpooledTemporaryFile(IN_MEMORY) as file:
        for piece in pieces:
            file.write(piece)
        file.seek(0)
        while piece := file.read(exporting.PIECE):
            yield piece


def _preview(export: Export, scope: Scope, shown: str) -> tuple[list[Row], str] | None:
    """Its first rows, and what stands in its way; None where they are shown only when asked for."""
    if shown not in ("all", export.name):
        return None
    try:
        return exporting.first_rows(export, scope, language(), PREVIEWED), ""
    except Refusal as refusal:
        return [], refusal.sentence


def _choice(slug: str | None) -> Choice:
    """Raises NotFound for an evening that is not theirs; who keeps no organisation's money gets their first evening."""
    event = get_managed_event(slug, MONEY) if slug else None
    houses = accounts.organisations(access.organisations(MONEY))
    if event is None and not houses:
        event = next(iter(evenings.list_events(MONEY)), None)
        if event is None:
            raise NotFound(gettext("This page does not exist, or it is not for you."))
    wanted = request.args.get("organisation")
    if event is None and wanted:
        houses = [house for house in houses if house.slug == wanted] or abort(404)
    whose = None if event else [house.id for house in houses]
    scope = scope_of(whose, event, forms.day(request.args.get("from")), forms.day(request.args.get("to")))
    return Choice([event.organisation] if event else list(houses), event, scope)
