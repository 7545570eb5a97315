"""The only place that draws randomness, and how secrets are compared and stored."""

import base64
import hashlib
import hmac
import secrets

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0, O, 1, I: people read these out on the telephone


def new_token(size: int = 20) -> str:
    """A secret for an address: `size` random bytes (160 bits unless told), in URL-safe letters."""
    return secrets.token_urlsafe(size)


def new_ticket_code() -> str:
    """26 upper-case base32 characters, 130 random bits: fits the QR alphanumeric alphabet at version 2, level Q."""
    return base64.b32encode(secrets.token_bytes(17)).decode("ascii")[:26]


def new_reference(length: int = 5) -> str:
    """A short name for an order that can be said aloud; not a secret, uniqueness is the database's business."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def references_of(secret: str, count: int, length: int) -> list[str]:
    """So many references that follow from a secret, in the letters of `new_reference`: asked again, the same."""
    drawn = (hashlib.sha256(f"{secret}:{number}".encode()).digest() for number in range(count))
    return ["".join(_LETTERS[byte % len(_LETTERS)] for byte in each[:length]) for each in drawn]


def new_digits(length: int = 6) -> str:
    """Digits of a one-use code that a person types."""
    return "".join(secrets.choice("0123456789") for _ in range(length))


def new_secret(size: int = 20) -> bytes:
    """Random bytes that are a secret themselves: an authenticator's, or a passkey's challenge."""
    return secrets.token_bytes(size)


def new_nonce(size: int = 12) -> bytes:
    """Random bytes that need not be secret but must not come twice under one key."""
    return secrets.token_bytes(size)


def digest(secret: str) -> str:
    """Hex SHA-256: how a secret is stored when it never has to be shown again."""
    return hashlib.sha256(secret.encode()).hexdigest()


def same(left: str, right: str) -> bool:
    """Whether two secrets are equal, in time that does not tell where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())


def below(end: int) -> int:
    """A random whole number from 0 to `end`, `end` not among them."""
    return secrets.randbelow(end)


def jitter(spread: float) -> float:
    """A random number of seconds between 0 and `spread`, so that retries do not come in step."""
    return secrets.randbelow(1000) / 1000 * spread
