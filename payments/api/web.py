"""One request of a program, from its token to its answer: who asks, may it, is it as it should be, do it."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Request, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from events.core import clock
from events.core.db import end_reading, transaction
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.api import keys, repeating, shapes
from payments.api.keys import Holder
from payments.api.operations import PLACES, Answer, Asked, Operation, missing
from payments.api.table import BY_NAME
from payments.guarding import tallies

LARGEST_BODY = 64 * 1024
"""Bytes."""
REQUESTS_A_MINUTE = 300
MINUTE = timedelta(minutes=1)
ROOT = "/api/v1"

KEY = "Idempotency-Key"
KEY_SHAPE = shapes.text(100, r"^[!-~]+$", shortest=1, examples=["4f5ad0e6-2a0c-4d0e-9d5e-0f1c3c1f9a77"])

_MEDIA = "application/json"


def answer(operation: Operation, given: Mapping[str, str]) -> Response:
    """What the operation says. Raises Refusal for everything it does not do."""
    g.language = "en"
    _demand_json_wanted(request)
    holder = _holder(request)
    _count(holder)
    if operation.scope not in holder.scopes:
        sentence = _("This token may not do that: it needs %(scope)s.", scope=operation.scope)
        raise Refusal("scope_missing", sentence, status=403, needs=operation.scope)
    asked = Asked(holder, _path(given), _query(operation, request), _body(operation, request))
    if operation.once:
        return _once(operation, asked)
    return _respond(operation, _act(operation, asked))


def _demand_json_wanted(asked: Request) -> None:
    wanted = asked.accept_mimetypes
    if wanted and not (wanted[_MEDIA] or wanted["application/problem+json"]):
        raise Refusal("not_acceptable", _("Answers are application/json alone."), status=406)


def _holder(asked: Request) -> Holder:
    kind, _space, secret = asked.headers.get("Authorization", "").partition(" ")
    holder = keys.find(secret.strip()) if kind.lower() == "bearer" else None
    end_reading()
    if holder is None:
        raise Refusal("token_needed", _("A token is needed, and this one is not good (any more)."), status=401)
    return holder


def _count(holder: Holder) -> None:
    """One more request of this minute; also that the token was used."""
    most = current_app.config.get("API_REQUESTS_A_MINUTE", REQUESTS_A_MINUTE)
    with transaction():
        again = tallies.add(f"api:{holder.token_id}", MINUTE, most)
        keys.seen(holder.token_id)
    if again is not None:
        seconds = max(1, round((again - clock.now()).total_seconds()))
        raise Refusal("too_many_requests", _("Too many requests: please slow down."), status=429, after=seconds)


def _path(given: Mapping[str, str]) -> Mapping[str, Any]:
    """What stands in the address; another shape is something that does not exist."""
    try:
        return {name: shapes.read(PLACES[name], written, name) for name, written in given.items()}
    except shapes.Mismatch as mismatch:
        raise missing() from mismatch


def _query(operation: Operation, asked: Request) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, values in asked.args.lists():
        if name not in operation.query or len(values) > 1:
            raise _bad(name)
        try:
            found[name] = shapes.read(operation.query[name], values[0], name)
        except shapes.Mismatch as mismatch:
            raise _bad(name) from mismatch
    return found


def _body(operation: Operation, asked: Request) -> Mapping[str, Any]:
    if operation.body is None:
        return {}
    asked.max_content_length = LARGEST_BODY
    if asked.mimetype != _MEDIA:
        raise Refusal("unsupported_media_type", _("Please send application/json."), status=415)
    try:
        sent = json.loads(asked.get_data())
    except (ValueError, RecursionError) as error:
        raise Refusal("bad_json", _("This is no JSON."), status=400) from error
    try:
        found = shapes.check(operation.body, sent)
    except shapes.Mismatch as mismatch:
        raise _bad(str(mismatch) or "body") from mismatch
    return found if isinstance(found, dict) else {}


def _bad(place: str) -> Refusal:
    return Refusal("bad_request", _("The request is not as it should be: %(field)s.", field=place[:100]), field=place)


def _act(operation: Operation, asked: Asked) -> Answer:
    """The stories' own refusals say that the house cannot, not that the request is badly written: 409, not 422."""
    try:
        if operation.writes:
            with transaction():
                return operation.act(asked)
        return operation.act(asked)
    except Refusal as refusal:
        raise _conflict(refusal) from refusal


def _conflict(refusal: Refusal) -> Refusal:
    if refusal.status == 422 and refusal.code != "key_reused":
        refusal.status = 409
    return refusal


def _once(operation: Operation, asked: Asked) -> Response:
    key = _key(request)
    token_id = asked.holder.token_id
    mark = repeating.fingerprint(operation.method, request.path, asked.body)
    with transaction():
        told = repeating.take(token_id, key, mark)
    if told is not None:
        return _respond(operation, told.answer, repeated=True)
    try:
        with transaction():
            made = operation.act(asked)
            repeating.finish(token_id, key, repeating.Told(operation.status, made or {}))
    except Refusal as refusal:
        with transaction():
            repeating.forget(token_id, key)
        raise _conflict(refusal) from refusal
    return _respond(operation, made)


def _key(asked: Request) -> str:
    try:
        return str(shapes.check(KEY_SHAPE, asked.headers.get(KEY), KEY))
    except shapes.Mismatch as mismatch:
        sentence = _("Please send an Idempotency-Key: up to 100 letters of your own, another one for each thing to do.")
        raise Refusal("key_needed", sentence, field=KEY) from mismatch


def _respond(operation: Operation, found: Answer, *, repeated: bool = False) -> Response:
    if found is None:
        return Response(status=operation.status)
    response = jsonify(found)
    response.status_code = operation.status
    if operation.status == 201:
        name, argument = next(iter(operation.links.items()))
        (place, source), *_more = argument.items()
        value = str(found[source.rpartition("/")[2]])
        response.headers["Location"] = ROOT + BY_NAME[name].path.replace(f"{{{place}}}", value)
    if repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def problem(refusal: Refusal) -> Response:
    """RFC 9457, with the code that stays the same and what a program can go on with."""
    told = {"type": "about:blank", "title": refusal.sentence, "status": refusal.status, "code": refusal.code}
    more = {"field": refusal.field, "needs": refusal.details.get("needs")}
    response = jsonify(told | {name: value for name, value in more.items() if value is not None})
    response.status_code, response.mimetype = refusal.status, "application/problem+json"
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="bonsoir"'
    if "after" in refusal.details:
        response.headers["Retry-After"] = str(refusal.details["after"])
    return response


def failed(error: HTTPException) -> Response:
    """What the framework refuses while it reads a request: too large, cut off."""
    code = error.name.lower().replace(" ", "_")
    return problem(Refusal(code, error.name, status=error.code or 500))
