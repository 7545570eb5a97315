"""Public pages: what is on, one evening, and the colours of its organisation."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.http import generate_etag, quote_etag
from werkzeug.wrappers import Response as BaseResponse

from events.catalogue import accent as accents
from events.catalogue import finding, galleries, kept, markdown, pages, sharing
from events.catalogue.kept import Page, State
from events.catalogue.models import Event
from events.core import clock, cookies
from events.core.assets import ASKING_FIRST, FOR_GOOD, YEAR
from events.core.i18n import LANGUAGE_COOKIE, LANGUAGES
from events.core.money import major
from events.core.web import come_by, source_of
from events.mail.links import absolute
from events.team import access

blueprint = Blueprint("catalogue", __name__)


@blueprint.app_template_filter("telephone")
def telephone(number: str) -> str:
    """A telephone number as tel: wants it: plus and digits, without the zero that is dialled at home only."""
    digits = re.sub(r"[^+0-9]", "", number.replace("(0)", ""))
    return re.sub(r"^\+(66|33|44|32)0", r"+\1", digits)


@blueprint.app_template_filter("markdown")
def in_markdown(text: str) -> str:
    """Safe HTML of an organiser's Markdown."""
    return markdown.html(text)


@blueprint.app_template_filter("gallery")
def gallery(rows: list[dict[str, Any]] | None, lang: str) -> list[galleries.Shown]:
    """The photographs of a block that this page shows."""
    return galleries.shown(rows, lang)


@blueprint.app_template_filter("iso")
def iso(when: datetime, zone: str) -> str:
    """The moment for machines, in the event's zone: 2027-02-28T19:00+07:00."""
    return when.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes")


@blueprint.app_template_filter("in_major")
def in_major(amount: int, currency: str) -> str:
    """Minor units as a plain number in major units: for form fields, addresses and machines."""
    value = major(amount, currency)
    return f"{value:f}" if value % 1 else f"{value:.0f}"


@blueprint.app_template_filter("bare_address")
def bare_address(url: str) -> str:
    """A web address as people write it, without its scheme."""
    return re.sub(r"^https?://", "", url).rstrip("/")


@blueprint.get("/")
@access.public
def home() -> Response:
    """Evenings to come, and those that were."""
    page = make_response(
        render_template("events/catalogue/home.html", upcoming=finding.upcoming_events(), past=finding.past_events())
    )
    page.vary.update(("Accept-Language", "Cookie"))
    page.headers["Cache-Control"] = ASKING_FIRST
    if request.args.get("lang") in LANGUAGES:
        _remember_language(page, request.args["lang"])
    return page


@blueprint.get("/e/<slug>")
@access.public
def event(slug: str) -> ResponseReturnValue:
    """One evening. Every language has its own address, so that a proxy may keep each."""
    state = kept.get_state(slug)
    if not state.is_public:
        finding.get_public_event(slug)  # is not found, but by its own team
    wanted = request.args.get("lang")
    if wanted is None or wanted not in state.languages:
        return _towards_language(state)
    if "chosen" in request.args:
        return _choose_language(slug, wanted)
    g.language = wanted
    return _event_page(state, wanted)


@blueprint.get("/accent/<slug>.css")
@access.public
def accent(slug: str) -> Response:
    """The organisation's seven shades. The address names the version, so it may be kept for a year."""
    organisation = finding.get_organisation(slug)
    sheet = ""
    if organisation.accent_hue is not None:
        sheet = accents.sheet(organisation.accent_hue, organisation.accent_chroma or 0)
    answer = Response(sheet, mimetype="text/css")
    newest = request.args.get("v") == f"{organisation.accent_hue}-{organisation.accent_chroma or 0}"
    answer.headers["Cache-Control"] = FOR_GOOD if newest else "public, max-age=300"
    return answer


@blueprint.get("/accent/<int:hue>-<int:chroma>.css")
@access.public
def accent_of_hue(hue: int, chroma: int) -> Response:
    """The seven shades of an evening that has a colour of its own; the address says all, so it is kept for a year."""
    answer = Response(accents.sheet(hue % 360, min(chroma, 140)), mimetype="text/css")
    answer.headers["Cache-Control"] = FOR_GOOD
    return answer


@blueprint.get("/e/<slug>/cover-<any(small, wide):size>.jpg")
@access.public
def cover(slug: str, size: str) -> Response:
    """The photograph on the cover. Its address names the version."""
    event = finding.get_public_event(slug)
    answer = Response(finding.get_cover(event, size), mimetype="image/jpeg")
    newest = request.args.get("v") == event.cover and event.status == "published"
    answer.headers["Cache-Control"] = FOR_GOOD if newest else ASKING_FIRST
    return answer


@blueprint.get("/e/<slug>/share-<any(fr, en, th):lang>.png")
@access.public
def share(slug: str, lang: str) -> Response:
    """What a messenger shows beside a link to this evening. Its address names the version of what is drawn."""
    event = finding.get_public_event(slug)
    answer = Response(sharing.picture(event, lang), mimetype="image/png")
    newest = request.args.get("v") == sharing.version(event, lang) and event.status == "published"
    answer.headers["Cache-Control"] = FOR_GOOD if newest else ASKING_FIRST
    return answer


@blueprint.get("/e/<slug>/pictures/<name>-<any(small, wide):size>.<any(avif, jpg):kind>")
@access.public
def gallery_picture(slug: str, name: str, size: str, kind: str) -> Response:
    """A photograph of the evening's gallery. Its name is that of its content."""
    event = finding.get_public_event(slug)
    body = finding.get_picture(event, name, size, kind)
    answer = Response(body, mimetype={"avif": "image/avif", "jpg": "image/jpeg"}[kind])
    answer.headers["Cache-Control"] = FOR_GOOD if event.status == "published" else ASKING_FIRST
    return answer


def _event_page(state: State, lang: str) -> BaseResponse:
    """From memory while it is to come. What only its team sees is theirs alone; a past one names the next evening."""
    moment, source = clock.now(), source_of(request.args)

    def write(now: State) -> Page:
        return _write(now, source, moment)

    is_kept = state.is_public and moment < state.ends_at
    found = kept.page(state, (state.slug, lang, source), moment, write) if is_kept else write(state)
    answer = Response(found.body, mimetype="text/html")
    # A browser asks each time and a proxy may answer for half a minute: places left and sums are never older.
    answer.headers["Cache-Control"] = (
        "public, max-age=0, s-maxage=30, must-revalidate" if state.is_public else "no-store"
    )
    answer.headers["ETag"] = found.etag
    return answer.make_conditional(request) if "If-None-Match" in request.headers else answer


def _write(state: State, word: str, moment: datetime) -> Page:
    shown = finding.get_public_event(state.slug)
    page = pages.event_page(shown, finding.find_raised(shown.id), moment)
    following = finding.find_next_event(shown.organisation_id) if page.is_past else None
    source, languages = come_by(word), shown.languages
    body = render_template(
        "events/catalogue/event.html",
        event=shown,
        page=page,
        following=following,
        source=source,
        language_urls={code: url_for(".event", slug=shown.slug, lang=code, chosen=1, **source) for code in languages},
        public_urls={code: absolute("catalogue.event", slug=shown.slug, lang=code) for code in languages},
        public_url=absolute("catalogue.event", slug=shown.slug),
        share_picture=_share_picture(shown),
    ).encode()
    return Page(state.marks, body, quote_etag(generate_etag(body)), moment, pages.right_until(shown, moment))


def _share_picture(shown: Event) -> dict[str, Any]:
    """The picture for messengers: where it is, and how large."""
    lang = str(g.language)
    address = absolute("catalogue.share", slug=shown.slug, lang=lang, v=sharing.version(shown, lang))
    return {"url": address, "width": sharing.WIDTH, "height": sharing.HEIGHT}


def _towards_language(state: State) -> ResponseReturnValue:
    """To the address in the language of cookie, browser or event."""
    known = request.cookies.get(cookies.named(LANGUAGE_COOKIE))
    language = known if known in state.languages else request.accept_languages.best_match(state.languages)
    source = come_by(source_of(request.args))
    answer = redirect(url_for(".event", slug=state.slug, lang=language or state.language, **source))
    answer.vary.update(("Accept-Language", "Cookie"))
    answer.headers["Cache-Control"] = ASKING_FIRST
    return answer


def _choose_language(slug: str, language: str) -> ResponseReturnValue:
    """Remember the choice, then show the page at the address that everybody shares."""
    answer = redirect(url_for(".event", slug=slug, lang=language, **come_by(source_of(request.args))))
    answer.headers["Cache-Control"] = "no-store"
    _remember_language(answer, language)
    return answer


def _remember_language(answer: BaseResponse, language: str) -> None:
    name, secure = cookies.named(LANGUAGE_COOKIE), cookies.is_secure()
    answer.set_cookie(name, language, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
