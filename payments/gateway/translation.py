"""The library's exceptions, sorted by what the caller must do next."""

from collections.abc import Callable
from typing import Any

import stripe

from payments.gateway.failures import (
    GatewayError,
    IdempotencyConflict,
    ProviderBusy,
    ProviderRefused,
    ProviderUnavailable,
)


def called(ask: Callable[[], Any], *, last: bool = False) -> dict[str, Any]:
    """What Stripe answers to `ask`, as plain values. A 429 passes through as it is unless this is the `last` try."""
    try:
        answer = ask().to_dict()
    except stripe.RateLimitError as error:
        if last:
            raise ProviderBusy("too many requests at once") from error
        raise
    except stripe.StripeError as error:
        raise _sorted(error) from error
    return dict(answer)


def _sorted(error: stripe.StripeError) -> GatewayError:
    if isinstance(error, stripe.IdempotencyError):
        return IdempotencyConflict(error.user_message or "idempotency key reused")
    status = error.http_status
    # 409: another request with the same key is under way (it arrives as an APIError), so its outcome is open.
    if status is None or not 400 <= status < 500 or status in {408, 409, 429}:
        return ProviderUnavailable(f"no answer to rely on ({status or 'connection'}): {error.user_message}")
    return ProviderRefused(error.code, error.user_message or "refused", getattr(error, "param", None), status)
