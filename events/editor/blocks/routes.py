"""The parts of an event page: the list, one of them, their order."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.models import Block, Event
from events.core.db import transaction
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.editor import galleries
from events.editor.blocks import composing
from events.editor.blocks.shapes import SHAPES, read_block, rearranged, show_block, with_pictures
from events.editor.fields import Raw
from events.editor.web import Sheet, attempt, managed, page, setting_of, typed_version, uploads
from events.team.access import actor

blueprint = Blueprint("blocks", __name__)


@blueprint.get("/manage/<slug>/edit/page")
def index(slug: str) -> ResponseReturnValue:
    """All parts in their order, and the kinds one may add."""
    return page("page.html", managed(slug), shapes=SHAPES)


@blueprint.route("/manage/<slug>/edit/page/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """A part to be; it is there once it is saved."""
    event, kind, who = managed(slug), request.values.get("kind", ""), actor()
    if kind not in SHAPES:
        raise NotFound(_("There is no such part."))
    if request.method == "GET":
        return _form(event, kind, None, Sheet({}, count=1 if SHAPES[kind].rows and kind != "gallery" else 0))
    reading, count = read_block(SHAPES[kind], request.form, setting_of(event))
    if answer := _not_yet_saved(event, kind, None, reading.raw, count, who):
        return answer
    made: list[Block] = []
    sheet = attempt(
        reading,
        lambda: made.append(composing.add_block(managed(slug), kind, reading.values, who)),
        lambda: ({}, 0),
    )
    if sheet is None:
        return redirect(url_for(".index", slug=slug, said="saved", _anchor=f"part-{made[0].id}"), 303)
    sheet.count = count
    return _form(managed(slug), kind, None, sheet)


@blueprint.route("/manage/<slug>/edit/page/<int:block_id>", methods=["GET", "POST"])
def block(slug: str, block_id: int) -> ResponseReturnValue:
    """One part, its texts side by side. Buttons of rows rearrange what is typed and save nothing."""
    event, who = managed(slug), actor()
    found = composing.get_block(event, block_id)
    shape = SHAPES.get(found.kind)
    if shape is None:
        raise NotFound(_("This part cannot be changed here."))
    if request.method == "GET":
        raw, count = show_block(shape, found.content, setting_of(event))
        return _form(event, found.kind, found, Sheet(raw, found.version, count=count))
    reading, count = read_block(shape, request.form, setting_of(event))
    if answer := _not_yet_saved(event, found.kind, found, reading.raw, count, who):
        return answer

    def save() -> None:
        there = managed(slug)
        composing.save_block(there, composing.get_block(there, block_id), reading.values, typed_version(), who)

    def now() -> tuple[Raw, int]:
        there = composing.get_block(managed(slug), block_id)
        return show_block(shape, there.content, setting_of(event))[0], there.version

    sheet = attempt(reading, save, now)
    if sheet is None:
        return redirect(url_for(".index", slug=slug, said="saved", _anchor=f"part-{block_id}"), 303)
    sheet.count = count
    event = managed(slug)
    return _form(event, shape_kind(event, block_id), composing.get_block(event, block_id), sheet)


@blueprint.post("/manage/<slug>/edit/page/<int:block_id>/move")
def move(slug: str, block_id: int) -> ResponseReturnValue:
    """One place up or down."""
    who = actor()
    with transaction():
        event = managed(slug)
        composing.move_block(event, composing.get_block(event, block_id), request.form.get("way", ""), who)
    return redirect(url_for(".index", slug=slug, _anchor=f"part-{block_id}"), 303)


@blueprint.post("/manage/<slug>/edit/page/<int:block_id>/remove")
def remove(slug: str, block_id: int) -> ResponseReturnValue:
    """Off the page."""
    who = actor()
    with transaction():
        event = managed(slug)
        composing.remove_block(event, composing.get_block(event, block_id), who)
    return redirect(url_for(".index", slug=slug, said="removed"), 303)


def shape_kind(event: Event, block_id: int) -> str:
    """The kind of a part that is known to be there."""
    return composing.get_block(event, block_id).kind


def _not_yet_saved(
    event: Event, kind: str, found: Block | None, typed: Raw, count: int, who: str
) -> ResponseReturnValue | None:
    """The form as buttons of rows or sent pictures change it; None when it is to be saved."""
    sent, act = uploads("pictures"), request.form.get("row")
    if kind == "gallery" and (sent or act == "upload"):
        return _enlarged(event, found, typed, count, sent, who)
    return _rearranged(event, kind, found, typed, count, act) if act else None


def _enlarged(
    event: Event, found: Block | None, typed: Raw, count: int, sent: list[tuple[str, bytes]], who: str
) -> ResponseReturnValue:
    """The form with a row more for each picture that was sent: they are kept at once, and shown once it is saved."""
    version = typed_version() or 1
    try:
        ready, wrong = galleries.prepare(sent)
        with transaction():
            galleries.add(managed(event.slug), ready, who)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        raw = typed | {"pictures": ""}
        sheet = Sheet(raw, version, {"pictures": refusal.sentence}, count=count, status=refusal.status)
        return _form(managed(event.slug), "gallery", found, sheet)
    raw, count = with_pictures(typed, count, [one.name for one in ready])
    sheet = Sheet(raw | {"pictures": ""}, version, {"pictures": " ".join(wrong)} if wrong else {}, count=count)
    sheet.notice = _("Now write what one sees on each picture, then press Save.") if ready else ""
    sheet.status = 422 if wrong else 200
    return _form(managed(event.slug), "gallery", found, sheet)


def _rearranged(event: Event, kind: str, found: Block | None, typed: Raw, count: int, act: str) -> ResponseReturnValue:
    raw, count = rearranged(SHAPES[kind], typed, count, act)
    notice = _("Nothing is saved yet: press Save when all is as you like it.")
    return _form(event, kind, found, Sheet(raw, typed_version() or 1, notice=notice, count=count))


def _form(event: Event, kind: str, found: Block | None, sheet: Sheet) -> ResponseReturnValue:
    return page("block.html", event, sheet, block=found, kind=kind, shape=SHAPES[kind])
