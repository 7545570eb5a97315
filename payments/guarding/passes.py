"""The pass that is asked for while the breaker is out: a number found by computing, or a little patience.

In the manner of altcha: a salt and the SHA-256 of salt and a number are given, signed; whoever finds the number has
worked for it. Without a script the same pass becomes good by waiting. Each is good for one order.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.core import tokens

HARDEST = 100_000
"""The number is below this: a second or so on a telephone."""
PATIENCE = timedelta(seconds=20)
LIFE = timedelta(minutes=30)


@dataclass(frozen=True)
class Pass:
    """What the page carries. `text` is the signed whole, `issued` in seconds since 1970 (UTC)."""

    salt: str
    issued: int
    digest: str
    signature: str

    @property
    def text(self) -> str:
        """As it stands in the form."""
        return f"{self.salt}.{self.issued}.{self.digest}.{self.signature}"


def issue(secret: str, moment: datetime) -> Pass:
    """A new pass; its number is drawn here and forgotten."""
    salt, issued = tokens.new_token(12), int(moment.timestamp())
    digest = _digest(salt, tokens.below(HARDEST))
    return Pass(salt, issued, digest, _sign(secret, salt, issued, digest))


def read(secret: str, text: str, moment: datetime) -> Pass | None:
    """The pass in a form; None when it is none of ours, or too old."""
    parts = text.split(".")
    if len(parts) != 4 or not parts[1].isascii() or not parts[1].isdigit() or len(parts[1]) > 11:
        return None
    found = Pass(parts[0], int(parts[1]), parts[2], parts[3])
    if not tokens.same(found.signature, _sign(secret, found.salt, found.issued, found.digest)):
        return None
    return found if moment.timestamp() - found.issued < LIFE.total_seconds() else None


def is_good(found: Pass, answer: str, moment: datetime) -> bool:
    """Whether the number was found, or waited for long enough."""
    return seconds_left(found, moment) == 0 or _answers(found, answer)


def seconds_left(found: Pass, moment: datetime) -> int:
    """How long the pass still has to wait where nothing computes."""
    return max(0, int(found.issued + PATIENCE.total_seconds() - moment.timestamp() + 0.999))


def _answers(found: Pass, answer: str) -> bool:
    if not (answer.isascii() and answer.isdigit() and len(answer) <= 7):
        return False
    return tokens.same(found.digest, _digest(found.salt, int(answer)))


def _digest(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _sign(secret: str, salt: str, issued: int, digest: str) -> str:
    message = f"order-pass:{salt}:{issued}:{digest}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()
