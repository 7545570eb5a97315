"""The library's exceptions, sorted by what the caller must do next."""

from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import stripe

from events.core import clock, logs
from payments.gateway.failures import (
    GatewayError,
    IdempotencyConflict,
    ProviderBusy,
    ProviderRefused,
    ProviderUnavailable,
)


def called(ask: Callable[[], Any], *, last: bool = False) -> dict[str, Any]:
    """What Stripe answers to `ask`, as plain values. A 429 passes through as it is unless this is the `last` try."""
    began = clock.monotonic()
    try:
        answer = ask()
    except stripe.StripeError as error:
        _tell(began, error.request_id, error.http_status, error=logs.kind_of(error))
        if isinstance(error, stripe.RateLimitError):
            if last:
                raise ProviderBusy("too many requests at once") from error
            raise
        raise _sorted(error) from error
    told = getattr(answer, "last_response", None)
    _tell(began, told and told.request_id, told and told.code, object=getattr(answer, "object", None))
    return dict(answer.to_dict())


def time_of(ask: Callable[[], Any]) -> datetime | None:
    """The Date of Stripe's answer; None where it has none. Raises as `called` does."""
    answers: list[Any] = []

    def keep() -> Any:  # noqa: ANN401 - whatever Stripe answers
        answers.append(ask())
        return answers[0]

    called(keep, last=True)
    told = {name.lower(): value for name, value in answers[0].last_response.headers.items()}
    return parsedate_to_datetime(told["date"]) if "date" in told else None


def _tell(began: float, theirs: str | None, status: int | None, **facts: object) -> None:
    """A line that names Stripe's own id of the call beside ours, which the line has anyway."""
    took = round((clock.monotonic() - began) * 1000, 1)
    logs.note("stripe", stripe_request=theirs, status=status, ms=took, **facts)


def _sorted(error: stripe.StripeError) -> GatewayError:
    if isinstance(error, stripe.IdempotencyError):
        return IdempotencyConflict(error.user_message or "idempotency key reused")
    status = error.http_status
    # 409: another request with the same key is under way (it arrives as an APIError), so its outcome is open.
    if status is None or not 400 <= status < 500 or status in {408, 409, 429}:
        return ProviderUnavailable(f"no answer to rely on ({status or 'connection'}): {error.user_message}")
    return ProviderRefused(error.code, error.user_message or "refused", getattr(error, "param", None), status)
