"""Checks a request against the parameter types that the installed `stripe` package ships.

On the wire everything is text; each value is converted by the type expected at its place. Unknown (or removed)
parameters, missing ones, wrong types and values outside an enumeration are refused as Stripe refuses them.
"""

import re
import types
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin

import typing_extensions as te
from stripe import RequestOptions

from payments.gateway.sandbox.errors import ApiError, invalid

Raw = dict[str, Any]


def decoded(pairs: Iterable[tuple[str, str]]) -> Raw:
    """Nested dictionaries from `a[b][0]=c` pairs; lists stay dictionaries keyed by their index until checked."""
    tree: Raw = {}
    for name, value in pairs:
        *path, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        node = tree
        for step in path:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise invalid(f"Invalid parameter: {name}", "parameter_invalid", name)
        node[last or str(len(node))] = value
    return tree


def checked(params_type: Any, raw: Raw) -> dict[str, Any]:  # noqa: ANN401 - a TypedDict class is no type to mypy
    """`raw` converted to what `params_type` says; raises ApiError for the first fault."""
    return _object(params_type, raw, "")


def _object(params_type: Any, raw: Raw, path: str) -> dict[str, Any]:  # noqa: ANN401
    fields = _fields(params_type)
    for name in raw:
        if name not in fields:
            full = _name(path, name)
            raise invalid(f"Received unknown parameter: {full}", "parameter_unknown", full)
    for name, (_, required) in fields.items():
        if required and name not in raw:
            full = _name(path, name)
            raise invalid(f"Missing required param: {full}.", "parameter_missing", full)
    return {name: _value(fields[name][0], value, _name(path, name)) for name, value in raw.items()}


@lru_cache
def _fields(params_type: Any) -> dict[str, tuple[Any, bool]]:  # noqa: ANN401
    """Expected type and whether it is required, by name."""
    # Names in the options every type inherits, which its own module does not import. No request carries them.
    known = {"StripeContext": str, "Mapping": Mapping}
    hints = te.get_type_hints(params_type, localns=known, include_extras=True)
    options = set(RequestOptions.__annotations__)
    return {name: _unwrapped(hint) for name, hint in hints.items() if name not in options}


def _unwrapped(hint: Any) -> tuple[Any, bool]:  # noqa: ANN401
    if get_origin(hint) in (te.NotRequired, te.Required):
        return get_args(hint)[0], get_origin(hint) is te.Required
    return hint, True


def _value(hint: Any, value: Any, path: str) -> Any:  # noqa: ANN401
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _one_of(get_args(hint), value, path)
    if origin is Literal:
        return _choice(get_args(hint), value, path)
    if value == "":
        raise invalid(
            f"You passed an empty string for '{path}', which cannot be unset.", "parameter_invalid_empty", path
        )
    if origin is list:
        return [_value(get_args(hint)[0], item, f"{path}[{i}]") for i, item in enumerate(_items(value, path))]
    if origin is dict:
        return _mapping(value, path)
    if te.is_typeddict(hint):
        if not isinstance(value, dict):
            raise invalid(f"Invalid object: {path}", None, path)
        return _object(hint, value, path)
    return _scalar(hint, value, path)


def _one_of(choices: tuple[Any, ...], value: Any, path: str) -> Any:  # noqa: ANN401
    if any(get_origin(choice) is Literal and get_args(choice) != ("",) for choice in choices):
        # The library lists `str` beside each enumeration, for values to come: we want those it knows.
        choices = tuple(choice for choice in choices if choice is not str)
    faults: list[ApiError] = []
    for choice in choices:
        try:
            return _value(choice, value, path)
        except ApiError as fault:
            faults.append(fault)
    # The fault that lies deepest belongs to the choice that was meant.
    raise max(faults, key=lambda fault: (fault.param or "").count("["))


def _choice(allowed: tuple[str, ...], value: Any, path: str) -> str:  # noqa: ANN401
    if value not in allowed:
        named = ", ".join(allowed[:-1]) + (" or " if len(allowed) > 1 else "") + allowed[-1]
        raise invalid(f"Invalid {path}: must be one of {named}", None, path)
    return str(value)


def _items(value: Any, path: str) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, dict) or not all(key.isdigit() for key in value):
        raise invalid("Invalid array", None, path)
    return [value[key] for key in sorted(value, key=int)]


def _mapping(value: Any, path: str) -> dict[str, str]:  # noqa: ANN401
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise invalid("Invalid object", None, path)
    if path.rstrip("]").endswith("metadata"):
        _check_metadata(value, path)
    return dict(value)


def _check_metadata(value: dict[str, str], path: str) -> None:
    if len(value) > 50:
        raise invalid("Metadata can have up to 50 keys", None, path)
    for key, text in value.items():
        if len(key) > 40:
            raise invalid("Metadata keys can be up to 40 characters long", None, f"{path}[{key}]")
        if len(text) > 500:
            raise invalid("Metadata values can have up to 500 characters", None, f"{path}[{key}]")


def _scalar(hint: Any, value: Any, path: str) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        raise invalid(f"Invalid {getattr(hint, '__name__', 'value')}: an object", None, path)
    if hint is int:
        if not re.fullmatch("-?[0-9]{1,18}", value):
            raise invalid(f"Invalid integer: {value}", "parameter_invalid_integer", path)
        return int(value)
    if hint is bool:
        if value not in ("true", "false"):
            raise invalid(f"Invalid boolean: {value}", None, path)
        return value == "true"
    if hint is Decimal:
        return _decimal(value, path)
    if hint is str:
        return value
    raise invalid(f"Invalid value: {value}", None, path)


def _decimal(value: str, path: str) -> Decimal:
    try:
        return Decimal(value)
    except InvalidOperation:
        raise invalid(f"Invalid decimal: {value}", "parameter_invalid_decimal", path) from None


def _name(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
