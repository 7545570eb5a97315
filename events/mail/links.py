"""Absolute addresses, for letters and providers: made from PUBLIC_URL, inside and outside requests."""

from urllib.parse import urlsplit

from flask import current_app


def absolute(endpoint: str, **values: str | int) -> str:
    """The public address of an endpoint. Raises werkzeug's BuildError for an unknown one."""
    public = urlsplit(current_app.config["PUBLIC_URL"])
    adapter = current_app.url_map.bind(public.netloc, url_scheme=public.scheme)
    return adapter.build(endpoint, values, force_external=True)


def public_host() -> str:
    """The host name of the public address, without its port."""
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
