"""Cookies: who signs the session's, and how they are called.

Under https they bear the prefix that browsers hold to, so that no other host can set them: `__Host-` stands for one
host and the path `/`, `__Secure-` is for a cookie of a narrower path. A browser drops either where it was not sent over
TLS, so the demonstration and tests use the plain names.
"""

from flask import Flask, current_app
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer

HOST, SECURE = "__Host-", "__Secure-"


class Sessions(SecureCookieSessionInterface):
    """Makes the signer of cookies once, not for every request anew; it keeps no state of its own."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer for this application's secret."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


def is_secure() -> bool:
    """Whether visitors are at an https address: what a proxy hands on does not say it, PUBLIC_URL does."""
    return bool(current_app.config["SESSION_COOKIE_SECURE"])


def named(plain: str, prefix: str = HOST) -> str:
    """The name that a cookie has here."""
    return prefix + plain if is_secure() else plain
