"""A guest's data, locked so that only the ticket's own code opens it (docs/door.md has the format and test vectors)."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.core import tokens
from events.door.codes import box_key

_NONCE: Final = 12
_STEP: Final = 128  # bytes: lengths are rounded up, so that they do not tell names apart


def seal(code: str, content: Mapping[str, Any], nonce: bytes | None = None) -> str:
    """Base64 of nonce, ciphertext and tag: AES-256-GCM under `box_key(code)`, bound to the code's hash.

    `nonce` is given by test vectors only; else it is drawn anew each time.
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    padded = text + b" " * (-len(text) % _STEP)
    drawn = tokens.new_nonce(_NONCE) if nonce is None else nonce
    locked = AESGCM(box_key(code)).encrypt(drawn, padded, tokens.digest(code).encode())
    return base64.b64encode(drawn + locked).decode("ascii")


def unseal(code: str, box: str) -> dict[str, Any]:
    """What is in a box. Raises cryptography's InvalidTag when the code is another ticket's."""
    raw = base64.b64decode(box)
    text = AESGCM(box_key(code)).decrypt(raw[:_NONCE], raw[_NONCE:], tokens.digest(code).encode())
    content: dict[str, Any] = json.loads(text)
    return content
