"""What the service says no to: a stable code for programs and a translated sentence for people."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - it is the answer to a person, not an error of ours
    """Raised by stories; one error handler turns it into a page, a problem+json or an exit code.

    `code` is stable and English; `sentence` is what the person reads, in their language; `status` is the HTTP status;
    `field` names the form field it belongs to, if any.
    """

    def __init__(
        self, code: str, sentence: str, *, status: int = 422, field: str | None = None, **details: Any
    ) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.status = status
        self.field = field
        self.details: Mapping[str, Any] = details


class NotFound(Refusal):
    """What you may not see is not there."""

    def __init__(self, sentence: str) -> None:
        super().__init__("not_found", sentence, status=404)
