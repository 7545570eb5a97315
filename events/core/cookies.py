"""The session's cookie: who signs it."""

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class Sessions(SecureCookieSessionInterface):
    """Makes the signer of cookies once, not for every request anew; it keeps no state of its own."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer for this application's secret."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer
