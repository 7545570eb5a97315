"""The door's addresses: the web app, what its devices say to us, and the organiser's page of devices."""

from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.models import Event
from events.core import callers, clock
from events.core.db import db, statements_alone, transaction
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door import (
    arranging_routes,
    by_name,
    check_in,
    check_lists,
    devices,
    figures,
    finding,
    hours,
    inbox_routes,
    managing_routes,
    manifest,
    pairing,
    shell,
    undoing,
    wire,
)
from events.door.devices import Badge
from events.team.access import public

blueprint = Blueprint("door", __name__)

_THIS_MACHINE = "127.0.0.1"  # also everybody behind a proxy that no setting names: they share one count
_LARGEST_BODY = 256 * 1024  # bytes: 200 queued scans take a fifth of it


@blueprint.get("/door")
@public
def app() -> ResponseReturnValue:
    """The scanner, for any phone's browser. It knows nothing before it is paired."""
    return shell.page()


@blueprint.get("/door/sw.js")
@public
def service_worker() -> ResponseReturnValue:
    """Keeps the app itself on the phone; a new version replaces the old as soon as it is seen."""
    headers = {"Content-Type": "text/javascript; charset=utf-8", "Service-Worker-Allowed": url_for("door.app")}
    return shell.worker(), headers


@blueprint.get("/door/second.js")
@public
def second_look() -> ResponseReturnValue:
    """The worker that reads difficult pictures: of all our answers the only one that may run WebAssembly."""
    policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
    headers = {"Content-Type": "text/javascript; charset=utf-8", "Content-Security-Policy": policy}
    return shell.second_look(), headers


@blueprint.get("/door/app.webmanifest")
@public
def web_manifest() -> ResponseReturnValue:
    """What a phone needs to put the door on its home screen."""
    return jsonify(shell.web_manifest()), {"Content-Type": "application/manifest+json"}


# ---- what devices say ----


@blueprint.post("/door/api/pair")
@public
def api_pair() -> ResponseReturnValue:
    """A code becomes a token for one event's door."""
    wanted = wire.pairing_request(_body())
    with transaction():
        paired = pairing.pair(wanted.code, wanted.name, callers.network() or _THIS_MACHINE)
    if paired is None:  # raised only now: that the code was wrong must stay written down
        sentence = gettext("This code is wrong, used or has run out. Ask the organiser for a new one.")
        raise Refusal("pairing_code_invalid", sentence, field="code")
    return jsonify(
        token=paired.token,
        event=_event(paired.event),
        gate=paired.device.gate,
        check_list=check_lists.told(paired.event.id, paired.device.check_list),
        expires_at=paired.device.expires_at.isoformat(),
    ), 201


@blueprint.post("/door/api/scans")
@public
def api_scans() -> ResponseReturnValue:
    """Answers in the order asked, each in a transaction of its own; what can be read before it, is."""
    token = _token()
    try:
        many = wire.shown_tickets(_body())
    except Refusal:
        _badge()  # who may not ask at all is told that first
        raise
    return jsonify(results=[_answer(token, shown) for shown in many])


def _answer(token: str, shown: check_in.Shown) -> check_in.Answer:
    try:
        if answer := _at_once(token, shown):
            return answer
        with transaction():
            return check_in.check_in(devices.get_badge(token), shown)
    except check_in.AnsweredMeanwhile:
        with transaction():
            return check_in.first_answer(devices.get_badge(token), shown)


def _at_once(token: str, shown: check_in.Shown) -> check_in.Answer | None:
    with statements_alone() as connection:
        if (step := check_in.prepare(token, shown, connection.run)) is None:
            return None
        with connection.writing():
            return check_in.take(step, connection.run)


@blueprint.post("/door/api/undo")
@public
def api_undo() -> ResponseReturnValue:
    """Let the guests of one scan out again, or one of them."""
    badge, (scan_id, number) = _badge(), wire.undoing(_body())
    with transaction():
        return jsonify(undoing.undo(badge, scan_id, number))


@blueprint.get("/door/api/guests")
@public
def api_guests() -> ResponseReturnValue:
    """Search by name; the trail notes that this device looked."""
    badge = _badge()
    with transaction():
        return jsonify(guests=finding.find_guests(badge, request.args.get("q", "")[:100]))


@blueprint.post("/door/api/guests")
@public
def api_admit_by_name() -> ResponseReturnValue:
    """Let in a guest who has no code, whose name the volunteer has checked; answered like a scan."""
    token = _token()
    _badge()
    guest = wire.named_guest(_body())
    try:
        with transaction():
            return jsonify(by_name.admit(devices.get_badge(token), guest))
    except check_in.AnsweredMeanwhile:
        with transaction():
            return jsonify(by_name.first_answer(devices.get_badge(token), guest))


@blueprint.get("/door/api/manifest")
@public
def api_manifest() -> ResponseReturnValue:
    """What changed since the cursor, for the hours without a network."""
    badge, since = _badge(), wire.cursor(request.args.get("since", "0"))
    found = manifest.find_manifest(badge.event_id, badge.check_list, since)
    while found is None:
        with transaction():
            manifest.number_changes(badge.event_id, badge.check_list)
        found = manifest.find_manifest(badge.event_id, badge.check_list, since)
    event, times = db.session.get_one(Event, badge.event_id), hours.find_hours(badge.event_id, badge.check_list)
    return jsonify(
        cursor=found.cursor,
        event=_event(event) | hours.told(times) | {"repeats": badge.repeats},
        gates=manifest.gates(badge.event_id),
        tickets=found.tickets,
    )


@blueprint.get("/door/api/status")
@public
def api_status() -> ResponseReturnValue:
    """The live figure, and who this device is."""
    badge = _badge()
    event = db.session.get_one(Event, badge.event_id)
    return jsonify(
        **figures.of_event(badge.event_id, badge.check_list),
        check_list=check_lists.told(badge.event_id, badge.check_list),
        event=_event(event),
        gate=badge.gate,
        device=badge.name,
        sells=badge.may_sell,
        expires_at=badge.expires_at.isoformat(),
        now=clock.now().isoformat(),
    )


def _badge() -> Badge:
    return devices.get_badge(_token())


def _token() -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _body() -> object:
    request.max_content_length = _LARGEST_BODY
    return request.get_json(force=True, silent=True)


def _event(event: Event) -> dict[str, Any]:
    return {"slug": event.slug, "title": event.title, "time_zone": event.time_zone}


# ---- the organiser's pages ----

for address, view, method in (*managing_routes.ADDRESSES, *inbox_routes.ADDRESSES, *arranging_routes.ADDRESSES):
    blueprint.add_url_rule(f"/manage/<slug>/door{address}", view_func=view, methods=[method])
