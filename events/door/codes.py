"""What a guest presents at the door: a ticket's code, or its hash and a proof that the code was seen.

A device that was offline keeps hash and proof, never the code: with the code it could open the guest's data.
"""

import re
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.core import tokens

_SPACING: Final = re.compile(r"[\s\u200b\u00ad\u2010-\u2015_.\-]+")
_HASH: Final = re.compile(r"[0-9a-f]{64}")
_LONGEST: Final = 64  # a ticket's code has 26 characters; whatever is longer is none, however long
_NOBODYS: Final = "0" * 26  # not in base32: no ticket has it


@dataclass(frozen=True)
class Presented:
    """A claim to a ticket: the hash to look it up by, and the secret that must agree with the ticket found."""

    code_hash: str
    secret: str
    is_proof: bool

    def agrees_with(self, code: str | None) -> bool:
        """Whether the secret belongs to a ticket with this code. The same work with a ticket and without."""
        known = code or _NOBODYS
        expected = proof(known) if self.is_proof else known
        return tokens.same(self.secret, expected) and code is not None


def typed(text: str) -> Presented:
    """A code as a camera, a scanner or a hand gives it: case, spaces and hyphens do not matter."""
    code = _SPACING.sub("", text[: 4 * _LONGEST]).upper()
    if not 0 < len(code) <= _LONGEST or not code.isascii():
        code = _NOBODYS
    return Presented(tokens.digest(code), code, is_proof=False)


def queued(code_hash: str, secret: str) -> Presented:
    """A scan that waited for the network: hex SHA-256 of the code, and `proof(code)`."""
    if not _HASH.fullmatch(code_hash) or not _HASH.fullmatch(secret):
        return Presented(tokens.digest(_NOBODYS), _NOBODYS, is_proof=True)
    return Presented(code_hash, secret, is_proof=True)


def proof(code: str) -> str:
    """HKDF-SHA256 of the code, no salt, info "admit", 32 bytes in hex: shows that the code was seen, opens nothing."""
    return _derived(code, b"admit").hex()


def box_key(code: str) -> bytes:
    """HKDF-SHA256 of the code, no salt, info "box", 32 bytes: opens the one box of this ticket."""
    return _derived(code, b"box")


def answers_key(code: str) -> bytes:
    """HKDF-SHA256 of the code, no salt, info "answers", 32 bytes: locks what a guest answered without a network."""
    return _derived(code, b"answers")


def _derived(code: str, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(code.encode())
