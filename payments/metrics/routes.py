"""The address that Prometheus asks, with a token."""

from flask import Blueprint, Response, abort, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from events.core import tokens
from events.core.web import public
from payments.metrics import figures

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@public
def metrics() -> Response:
    """How the whole system stands at this moment, whichever process is asked; names nobody."""
    token = current_app.config["METRICS_TOKEN"]
    if not token:
        abort(404)
    headers = {"Cache-Control": "no-store"}
    if not tokens.same(request.headers.get("Authorization", ""), f"Bearer {token}"):
        return Response("A bearer token is needed.\n", 401, headers | {"WWW-Authenticate": "Bearer"}, "text/plain")
    return Response(figures.as_text(), 200, headers | {"Content-Type": CONTENT_TYPE_LATEST})
