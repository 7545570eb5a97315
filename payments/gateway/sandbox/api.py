"""The API itself: who asks, which fault is due, was it asked before, what is the answer."""

import json
from collections.abc import Iterable

import stripe
from werkzeug.wrappers import Request, Response

from events.core import clock
from payments.gateway.sandbox import idempotency, listing, sessions
from payments.gateway.sandbox.books import Books, ident
from payments.gateway.sandbox.errors import ApiError
from payments.gateway.sandbox.faults import RequestFault
from payments.gateway.sandbox.idempotency import Answer
from payments.gateway.sandbox.parameters import checked, decoded
from payments.gateway.sandbox.resources import ROUTES, Route

_MAX_BODY = 1_000_000


def serve(books: Books, request: Request) -> Response:
    """Answer one request under /v1. Raises ConnectionAbortedError when no answer shall arrive."""
    fault = books.faults.take(request.method, request.path, _endpoint(request))
    clock.pause(books.faults.latency)
    if fault and fault.kind == "drop":
        raise ConnectionAbortedError
    answer, replayed = _answer(books, request, fault)
    if fault and fault.kind == "timeout":
        clock.pause(fault.seconds)
    if fault and fault.kind == "answer_lost":
        raise ConnectionAbortedError
    return _response(request, answer, replayed)


def _answer(books: Books, request: Request, fault: RequestFault | None) -> tuple[Answer, bool]:
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    try:
        _check_caller(request)
        if fault and fault.kind == "rate_limit":
            raise ApiError("Request rate limit exceeded.", status=429, code="rate_limit", saved=False)
        if not key:
            return _executed(books, request, fault), False
        saved = idempotency.begin(books, key, _fingerprint(request))
        if saved:
            return saved, True
    except ApiError as refusal:
        return _refused(refusal), False
    return _first(books, request, fault, key), False


def _first(books: Books, request: Request, fault: RequestFault | None, key: str) -> Answer:
    """The first request of a key: its answer is remembered unless it was refused before anything began."""
    try:
        answer = _executed(books, request, fault)
    except ApiError as refusal:
        answer = _refused(refusal)
        if not refusal.saved:
            idempotency.forget(books, key)
            return answer
    except BaseException:
        idempotency.forget(books, key)
        raise
    idempotency.finish(books, key, answer)
    return answer


def _executed(books: Books, request: Request, fault: RequestFault | None) -> Answer:
    if fault and fault.kind == "server_error":
        return _refused(_server_error())
    route, ids = _routed(request)
    params = checked(route.params, decoded(_pairs(request)))
    with books.lock:
        sessions.sweep(books)
        found = route.handle(books, params, *ids)
        body = json.dumps(listing.expanded(books, found, params.get("expand", [])), default=str)
    if fault and fault.kind == "server_error_after":
        return _refused(_server_error())
    return Answer(200, body.encode(), ident("req", 14))


def _check_caller(request: Request) -> None:
    authorization = request.authorization
    key = (authorization and (authorization.token or authorization.username)) or ""
    if key.startswith(("sk_live_", "rk_live_")):
        raise _denied("A live key was sent to the stand-in. It serves test keys only.")
    if not key.startswith("sk_test_"):
        raise _denied("Invalid API Key provided.")
    version = request.headers.get("Stripe-Version", stripe.api_version)
    if version != stripe.api_version:
        raise ApiError(f"Invalid Stripe API version: {version}", saved=False)


def _denied(message: str) -> ApiError:
    return ApiError(message, status=401, saved=False)


def _server_error() -> ApiError:
    return ApiError("An unknown error occurred", status=500, kind="api_error")


def _routed(request: Request) -> tuple[Route, tuple[str, ...]]:
    for route in ROUTES:
        match = route.pattern.fullmatch(request.path)
        if match and route.method == request.method:
            return route, match.groups()
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    raise ApiError(message, status=404, saved=False)


def _endpoint(request: Request) -> str:
    """What a limit counts together: the same address but for the ids in it."""
    matching = (route for route in ROUTES if route.method == request.method and route.pattern.fullmatch(request.path))
    return next((f"{route.method} {route.pattern.pattern}" for route in matching), "")


def _pairs(request: Request) -> Iterable[tuple[str, str]]:
    if request.content_length and request.content_length > _MAX_BODY:
        raise ApiError("Request body too large.", status=413, saved=False)
    yield from request.args.items(multi=True)
    yield from request.form.items(multi=True)


def _fingerprint(request: Request) -> str:
    return f"{request.method} {request.path} {sorted(_pairs(request))}"


def _refused(refusal: ApiError) -> Answer:
    return Answer(refusal.status, json.dumps(refusal.body()).encode(), ident("req", 14))


def _response(request: Request, answer: Answer, replayed: bool) -> Response:
    headers = {"Request-Id": ident("req", 14) if replayed else answer.request_id, "Stripe-Version": stripe.api_version}
    key = request.headers.get("Idempotency-Key")
    if key:
        headers["Idempotency-Key"] = key
    if replayed:
        # Asking again can only bring the same answer again: the library is told not to.
        headers |= {
            "Idempotent-Replayed": "true",
            "Original-Request": answer.request_id,
            "Stripe-Should-Retry": "false",
        }
    return Response(answer.body, answer.status, headers, content_type="application/json")
