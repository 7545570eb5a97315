"""Refusals in Stripe's words and shape."""

from typing import Any


class ApiError(Exception):
    """An answer other than 200: `kind` is Stripe's error type, `saved` whether its idempotency key remembers it."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        saved: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.status, self.kind, self.code, self.param, self.saved = (
            message,
            status,
            kind,
            code,
            param,
            saved,
        )

    def body(self) -> dict[str, Any]:
        fields = {"type": self.kind, "message": self.message, "code": self.code, "param": self.param}
        return {"error": {name: value for name, value in fields.items() if value is not None}}


def invalid(message: str, code: str | None = None, param: str | None = None) -> ApiError:
    """A request that Stripe refuses before it begins: no idempotency key remembers it."""
    return ApiError(message, code=code, param=param, saved=False)


def missing(kind: str, object_id: str, param: str | None = None) -> ApiError:
    """No such object; 404 in an address, 400 in a parameter."""
    return ApiError(
        f"No such {kind}: '{object_id}'",
        status=400 if param else 404,
        code="resource_missing",
        param=param or "id",
    )
