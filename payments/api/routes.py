"""/api/v1 for programs, and the staff pages where their tokens and addresses are."""

from collections.abc import Callable, Mapping

from flask import Blueprint, current_app, g, jsonify
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from events.core.refusal import Refusal
from events.team.access import public
from payments.api import describing, staff_routes, web
from payments.api.operations import Operation
from payments.api.table import OPERATIONS

blueprint = Blueprint("api", __name__)


@blueprint.get(f"{web.ROOT}/openapi.json")
@public
def v1_description() -> ResponseReturnValue:
    """What the API can do, for programs that read OpenAPI. It says nothing about anybody."""
    g.language = "en"
    return jsonify(describing.document(current_app.config["PUBLIC_URL"]))


def _view(operation: Operation) -> Callable[..., Response]:
    @public
    def view(**given: str) -> Response:
        response = _told(operation, given)
        response.headers["Cache-Control"] = "no-store"
        return response

    return view


def _told(operation: Operation, given: Mapping[str, str]) -> Response:
    try:
        return web.answer(operation, given)
    except Refusal as refusal:
        return web.problem(refusal)
    except HTTPException as error:
        return web.failed(error)


for one in OPERATIONS:
    address = web.ROOT + one.path.replace("{", "<").replace("}", ">")
    blueprint.add_url_rule(address, f"v1_{one.name}", _view(one), methods=[one.method])

for address, staff_view, methods in staff_routes.ADDRESSES:
    blueprint.add_url_rule(f"/manage/api{address}", view_func=staff_view, methods=methods)
