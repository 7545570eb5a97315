"""What a composer hands over: words and papers, not yet a letter."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Attachment:
    """A file that travels with the letter. `content_type` may carry parameters: "text/calendar; charset=utf-8"."""

    filename: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Message:
    """Subject in the reader's language, and the names of templates/mail/<template>.html and .txt with their context.

    `reply_to` is the mail address that an answer goes to; None leaves it to the sender's. `headers` are further ones.
    """

    subject: str
    template: str
    context: Mapping[str, Any]
    attachments: Sequence[Attachment] = ()
    reply_to: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def writer(self) -> str | None:
        """The organisation that writes, as the letter's head names it; None where the service itself does."""
        return getattr(self.context.get("organisation"), "name", None)


Composer = Callable[[Mapping[str, Any]], Message]
"""Makes a letter of its arguments, in the current language. Reads the database; writes only in its own transaction."""
