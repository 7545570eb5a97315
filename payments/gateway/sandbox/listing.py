"""Lists in pages, and references expanded into the objects they name."""

import copy
from collections.abc import Callable, Iterable
from typing import Any

from payments.gateway.sandbox.books import Books, Obj
from payments.gateway.sandbox.errors import invalid

_PAGING = ("limit", "starting_after", "ending_before", "expand", "created")
_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}


def page(rows: Iterable[Obj], params: dict[str, Any], url: str, *, newest_first: bool = True) -> Obj:
    """One page of `rows` (given oldest first), as Stripe cuts it."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        raise invalid("This value must be between 1 and 100.", "parameter_invalid_integer", "limit")
    ordered = list(rows)
    if newest_first:
        ordered.reverse()
    backwards = "ending_before" in params
    found = [row for row in _beyond(ordered, params) if _matches(row, params)]
    chosen = found[-limit:] if backwards else found[:limit]
    return {"object": "list", "data": chosen, "has_more": len(found) > limit, "url": url}


def expanded(books: Books, answer: Obj, paths: Iterable[str]) -> Obj:
    """A copy of `answer` with the references named in `paths` (`latest_charge.balance_transaction`) filled in."""
    answer = copy.deepcopy(answer)
    for path in paths:
        _expand(books, answer, path.split("."), path)
    return answer


def _beyond(rows: list[Obj], params: dict[str, Any]) -> list[Obj]:
    """The rows on the wanted side of the cursor, which need not pass the filters itself."""
    if "ending_before" in params:
        return rows[: _position(rows, params["ending_before"], "ending_before")]
    if "starting_after" in params:
        return rows[_position(rows, params["starting_after"], "starting_after") + 1 :]
    return rows


def _position(rows: list[Obj], object_id: str, param: str) -> int:
    for index, row in enumerate(rows):
        if row["id"] == object_id:
            return index
    raise invalid(f"No such object: '{object_id}'", "resource_missing", param)


def _matches(row: Obj, params: dict[str, Any]) -> bool:
    if not _created(row, params.get("created")):
        return False
    if "types" in params and row["type"] not in params["types"]:
        return False
    wanted = {name: value for name, value in params.items() if name not in (*_PAGING, "types")}
    return all(row.get(name) == value for name, value in wanted.items())


def _created(row: Obj, wanted: int | dict[str, int] | None) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(row["created"] == wanted)
    return all(_BOUNDS[name](row["created"], bound) for name, bound in wanted.items())


def _expand(books: Books, node: Obj, steps: list[str], path: str) -> None:
    step, rest = steps[0], steps[1:]
    if step == "data" and node.get("object") == "list":
        for row in node["data"]:
            _expand(books, row, rest, path)
        return
    if step == "line_items" and node.get("object") == "checkout.session":
        rows, url = books.line_items[node["id"]], f"/v1/checkout/sessions/{node['id']}/line_items"
        node[step] = page(rows, {}, url, newest_first=False)
    elif step not in node:
        raise invalid(f"This property cannot be expanded ({path}).", None, "expand")
    if isinstance(node[step], str):
        node[step] = copy.deepcopy(books.find(node[step]) or node[step])
    if rest and isinstance(node[step], dict):
        _expand(books, node[step], rest, path)
