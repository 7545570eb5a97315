"""What can go wrong with a call, by what the caller must do next."""


class GatewayError(Exception):
    """A call to the payment provider did not give what was asked for."""


class ProviderUnavailable(GatewayError):
    """Network, time-out, 5xx or 429: nothing is known about the outcome. Repeat with the same key and parameters."""


class ProviderBusy(ProviderUnavailable):
    """Too many requests at once: this one was certainly not carried out."""


class ProviderRefused(GatewayError):
    """A definite no: nothing was done. `code` and `param` are Stripe's; an over-refund has none."""

    def __init__(self, code: str | None, message: str, param: str | None = None, status: int | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.param, self.status = code, message, param, status


class IdempotencyConflict(GatewayError):
    """The key was used before with other parameters: a mistake of ours, never worth a repetition."""


class SessionNotExpirable(GatewayError):
    """The pay page is no longer open. `status` says what it is now: `complete` means take the paid path."""

    def __init__(self, session_id: str, status: str) -> None:
        super().__init__(f"session {session_id} is {status}")
        self.session_id, self.status = session_id, status


class Unverified(GatewayError):
    """Not a properly signed, recent, well-formed event of ours: answer 400 and store nothing."""
