"""The editor: a new evening, its facts, gifts and look, its publication, and a copy for next year.

The parts of its page and its tickets have views of their own, in the two rooms inside this one.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from events.catalogue import checking
from events.catalogue.models import Event, Organisation
from events.core.db import db, transaction
from events.core.i18n import LANGUAGES
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.editor import covers, creating, publishing, saving, sheets
from events.editor.asking.routes import blueprint as asking
from events.editor.asking.sheets import ASKING
from events.editor.blocks.routes import blueprint as blocks
from events.editor.fields import Item, Raw, Reading, Setting, read, show
from events.editor.selling.routes import blueprint as selling
from events.editor.web import Sheet, attempt, managed, page, setting_of, typed_version, uploads, with_options
from events.guests import announcing
from events.guests.questions import all_of as questions_of
from events.team import access
from events.team.access import MANAGERS, actor

blueprint = Blueprint("editor", __name__)
blueprint.register_blueprint(asking)
blueprint.register_blueprint(blocks)
blueprint.register_blueprint(selling)

PARTS = {"evening": sheets.EVENING, "gifts": sheets.GIFTS, "asking": ASKING, "look": sheets.LOOK}


@blueprint.url_value_preprocessor
def allow_pictures(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """A photograph is larger than any other form; said before anything reads the request."""
    if endpoint in ("editor.photo", "editor.blocks.new", "editor.blocks.block"):
        request.max_content_length = covers.LARGEST_UPLOAD + 64 * 1024


@blueprint.route("/manage/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """A new evening: one page of questions, then a draft that lacks nothing."""
    who, houses = actor(), _houses()
    fields = with_options([sheets.Group("", sheets.BEGINNING)], "organisation", _names(houses))[0].items
    if request.method == "GET":
        return _beginning(Sheet(_proposal(houses[0]) | {"start": "dinner"}), fields, houses)
    reading = read(fields, request.form, _setting(request.form.get("currency", ""), houses[0]))
    reading.raw["start"] = request.form.get("start", "")
    if reading.raw["start"] not in creating.STARTS:
        reading.mistakes["start"] = _("Please choose one of these.")
    reading.mistakes = _in_order(creating.mistakes(reading.values) | reading.mistakes, reading)
    made: list[Event] = []

    def save() -> None:
        house = next(one for one in _houses() if str(one.id) == reading.values["organisation"])
        made.append(creating.begin(house, str(reading.raw["start"]), reading.values, who))

    sheet = attempt(reading, save, lambda: ({}, 0))
    if sheet is None:
        return redirect(url_for(".publish", slug=made[0].slug, said="begun"), 303)
    return _beginning(sheet, fields, _houses())


@blueprint.route("/manage/<slug>/edit", methods=["GET", "POST"], defaults={"part": "evening"})
@blueprint.route("/manage/<slug>/edit/<any(gifts, asking, look):part>", methods=["GET", "POST"])
def part(slug: str, part: str) -> ResponseReturnValue:
    """What, when, where; goal and gifts; what is asked; colour and small texts."""
    event, who = managed(slug), actor()
    fields, event_id = sheets.items(PARTS[part]), event.id

    def now() -> tuple[Raw, int]:
        there = managed(slug)
        return show(fields, saving.values_of(there), setting_of(there)), there.version

    if request.method == "GET":
        return _part(event, part, Sheet(*now()))
    reading = read(fields, request.form, _typed_setting(event))

    told: list[int] = []

    def save() -> None:
        found = managed(slug)
        was = announcing.place_of(found)
        saving.save_event(found, reading.values, typed_version(), who, price_field=_price_field(part, reading))
        if part == "evening" and request.form.get("tell") and found.status == "published":
            told.append(announcing.tell_moved(found, was))

    reading.raw["tell"] = request.form.get("tell", "")
    sheet = attempt(reading, save, now)
    if sheet is None:
        slug = db.session.get_one(Event, event_id).slug  # perhaps another one now
        return redirect(url_for(".part", slug=slug, part=part, said="told" if any(told) else "saved"), 303)
    return _part(managed(slug), part, sheet)


@blueprint.post("/manage/<slug>/edit/look/photo")
def photo(slug: str) -> ResponseReturnValue:
    """A photograph on the cover, or the drawn table again."""
    event, who = managed(slug), actor()
    try:
        upload = next((body for _name, body in uploads("photo")), b"")
        ready = None if request.form.get("do") == "remove" else covers.prepare(upload)
    except covers.BadPicture as refusal:
        raw = show(sheets.items(sheets.LOOK), saving.values_of(event), setting_of(event)) | {"photo": ""}
        return _part(event, "look", Sheet(raw, event.version, {"photo": refusal.sentence}, status=422))
    with transaction():
        event = managed(slug)
        if ready:
            covers.put(event, *ready, who)
        else:
            covers.remove(event, who)
    return redirect(url_for(".part", slug=slug, part="look", said="saved"), 303)


@blueprint.route("/manage/<slug>/edit/publish", methods=["GET", "POST"])
def publish(slug: str) -> ResponseReturnValue:
    """What is still missing, and the steps from here: publish, take back, cancel, put away."""
    event, who = managed(slug), actor()
    if request.method == "GET":
        return _steps(event, Sheet({}, event.version))
    try:
        with transaction():
            trigger = request.form.get("do", "")
            publishing.take(managed(slug), trigger, typed_version(), who)
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        event = managed(slug)
        return _steps(event, Sheet({}, event.version, notice=refusal.sentence, status=refusal.status))
    return redirect(url_for(".publish", slug=slug, said=trigger), 303)


@blueprint.route("/manage/<slug>/edit/copy", methods=["GET", "POST"])
def copy(slug: str) -> ResponseReturnValue:
    """The same evening once more: its day is proposed, its title asked for."""
    event, who = managed(slug), actor()
    access.demand(event.organisation_id, None, MANAGERS)
    fields = (sheets.TITLE, sheets.STARTS)
    if request.method == "GET":
        return page("copy.html", event, Sheet(_next(event)), fields=fields)
    reading = read(fields, request.form, setting_of(event))
    made: list[Event] = []

    def save() -> None:
        made.append(creating.copy(managed(slug), reading.values["title"], reading.values["starts_at"], who))

    sheet = attempt(reading, save, lambda: ({}, 0))
    if sheet is None:
        return redirect(url_for(".part", slug=made[0].slug, said="copied"), 303)
    return page("copy.html", managed(slug), sheet, fields=fields)


def _part(event: Event, part: str, sheet: Sheet) -> ResponseReturnValue:
    letters = announcing.count(event) if part == "evening" and event.status == "published" else 0
    asked = questions_of(event.id) if part == "asking" else ()
    return page("part.html", event, sheet, part=part, groups=PARTS[part], letters=letters, asked=asked)


def _steps(event: Event, sheet: Sheet) -> ResponseReturnValue:
    steps = [(step, publishing.hindrances(event, step)) for step in publishing.find_steps(event)]
    may_copy = access.may(event.organisation_id, None, MANAGERS)
    return page("publish.html", event, sheet, steps=steps, may_copy=may_copy, letters=announcing.count(event))


def _beginning(sheet: Sheet, fields: tuple[Item, ...], houses: list[Organisation]) -> ResponseReturnValue:
    starts = [(name, creating.read_start(name)) for name in creating.STARTS]
    several = len(houses) > 1
    return page("new.html", None, sheet, fields=fields, starts=starts, several=several, organisation=houses[0])


def _in_order(mistakes: Mapping[str, str], reading: Reading) -> dict[str, str]:
    """As their fields stand on the page, whichever were found first."""
    places = {name: place for place, name in enumerate(reading.labels)}
    return dict(sorted(mistakes.items(), key=lambda one: places.get(one[0], -1)))


def _houses() -> list[Organisation]:
    """The organisations in which this account may begin an evening; raises NotFound where there are none."""
    mine = select(Organisation).where(Organisation.id.in_(access.organisations(MANAGERS))).order_by(Organisation.id)
    found = list(db.session.scalars(mine))
    if not found:
        raise NotFound(_("This page does not exist, or it is not for you."))
    return found


def _names(houses: list[Organisation]) -> list[tuple[str, str]]:
    return [(str(house.id), house.name) for house in houses]


def _proposal(house: Organisation) -> Raw:
    """What stands in the questions before anybody types: as it was the last time, else by the time zone."""
    last = db.session.scalar(
        select(Event).where(Event.organisation_id == house.id).order_by(Event.starts_at.desc()).limit(1)
    )
    usual = "THB" if house.time_zone == "Asia/Bangkok" else "EUR"
    return {
        "organisation": str(house.id),
        "languages": list(last.languages) if last else ["fr", "en", "th"],
        "currency": last.currency if last else usual,
        "venue": last.venue if last else "",
        "time_zone": last.time_zone if last else house.time_zone,
    }


def _setting(currency: str, house: Organisation) -> Setting:
    zone = request.form.get("time_zone", "").strip()
    return Setting(
        request.form.getlist("languages") or ["en"],
        currency if checking.is_currency(currency) else "EUR",
        zone if checking.is_zone(zone) else house.time_zone,
    )


def _typed_setting(event: Event) -> Setting:
    """Hours are hours in the zone that is typed beside them."""
    known, zone = setting_of(event), request.form.get("time_zone", "").strip()
    return Setting(known.languages, known.currency, zone if checking.is_zone(zone) else known.zone)


def _price_field(part: str, reading: Reading) -> str:
    """Where a sentence about a price belongs."""
    return "absent_gift" if part == "gifts" and not reading.values.get("gift_amounts") else _MONEY_FIELDS[part]


_MONEY_FIELDS = {"evening": "currency", "gifts": "gift_amounts", "asking": "", "look": ""}


def _next(event: Event) -> Raw:
    """Next year's title and day, proposed."""
    zone, day = ZoneInfo(event.time_zone), creating.next_year(event)
    here = event.starts_at.astimezone(zone)
    title = creating.retitled(event.title, here.year, day.year)
    raw: Raw = {f"title-{code}": title.get(code, "") for code in LANGUAGES}
    return raw | {"starts_at": f"{day.isoformat()}T{here:%H:%M}"}
