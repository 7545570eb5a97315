"""The OpenAPI 3.1 document, made of the rows that also answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from payments.api import shapes
from payments.api.operations import PLACES, Operation
from payments.api.scopes import SCOPES
from payments.api.shapes import Shape
from payments.api.table import OPERATIONS
from payments.api.web import KEY, KEY_SHAPE, LARGEST_BODY, REQUESTS_A_MINUTE, ROOT

Json = dict[str, Any]

PROBLEMS: Mapping[int, str] = {
    400: "No JSON, or a request that is cut off.",
    401: "No token, or one that is not good (any more).",
    403: "The token has not the scope.",
    404: "There is nothing here, or it is not for this token.",
    406: "Something else than JSON is wanted.",
    409: "The request is well written, and the house says no: `code` tells why.",
    413: f"More than {LARGEST_BODY} bytes.",
    415: "The body is not application/json.",
    422: "The request has not the shape described here: `field` tells where.",
    429: f"More than {REQUESTS_A_MINUTE} requests a minute; `Retry-After` tells when to go on.",
}
OF_ALL = (400, 401, 403, 404, 406, 409, 422, 429)
OF_BODIES = (413, 415)

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string", "description": "For people."},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs: it stays the same."},
        "field": {"type": "string"},
        "needs": {"type": "string", "description": "The scope that is missing."},
    },
}


def document(server: str) -> Json:
    """The whole."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bonsoir",
            "version": "1",
            "description": "Evenings, orders, tickets, guests, admissions and money of one organisation.",
        },
        "servers": [{"url": server + ROOT}],
        "security": [{"token": []}],
        "paths": _paths(OPERATIONS),
        "components": {
            "schemas": {"Problem": PROBLEM},
            "responses": {str(status): _problem(status, words) for status, words in PROBLEMS.items()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": _scopes()}},
        },
    }


def _scopes() -> str:
    return "A token of the page /manage/api, with scopes: " + ", ".join(SCOPES) + "."


def _paths(operations: Sequence[Operation]) -> Json:
    paths: Json = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return paths


def _operation(operation: Operation) -> Json:
    told: Json = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": f"Scope: `{operation.scope}`.",
        "parameters": _parameters(operation),
        "responses": _responses(operation),
    }
    if operation.body is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": operation.body}}}
    return told


def _parameters(operation: Operation) -> list[Json]:
    places = [_parameter("path", name, PLACES[name], required=True) for name in operation.places]
    queries = [_parameter("query", name, shape) for name, shape in operation.query.items()]
    keys = [_parameter("header", KEY, KEY_SHAPE, required=True)] if operation.once else []
    return [*places, *queries, *keys]


def _parameter(place: str, name: str, shape: Shape, *, required: bool = False) -> Json:
    return {"in": place, "name": name, "required": required, "schema": shape}


def _responses(operation: Operation) -> Json:
    found: Json = {str(operation.status): _answer(operation)}
    statuses = {*OF_ALL, *(OF_BODIES if operation.body is not None else ())}
    return found | {str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(statuses)}


def _answer(operation: Operation) -> Json:
    told: Json = {"description": operation.summary}
    if operation.answer is not None:
        told["content"] = {"application/json": {"schema": operation.answer}}
    if operation.status == 201:
        told["headers"] = {"Location": {"schema": shapes.text(500), "description": "Where it is from now on."}}
    if operation.links:
        told["links"] = {
            name: {"operationId": name, "parameters": dict(where)} for name, where in operation.links.items()
        }
    return told


def _problem(status: int, words: str) -> Json:
    told: Json = {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status == 429:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return told
