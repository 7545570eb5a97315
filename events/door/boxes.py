"""What only a ticket's own code opens: the guest's data on phones, and answers that wait there for the network.

docs/door.md has the format and test vectors.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.core import tokens
from events.door.codes import answers_key, box_key

_NONCE: Final = 12
_STEP: Final = 128  # bytes: lengths are rounded up, so that they do not tell names apart


def seal(code: str, content: Mapping[str, Any], nonce: bytes | None = None) -> str:
    """Base64 of nonce, ciphertext and tag: AES-256-GCM under `box_key(code)`, bound to the code's hash.

    `nonce` is given by test vectors only; else it is drawn anew each time.
    """
    return _lock(box_key(code), content, tokens.digest(code), nonce)


def unseal(code: str, box: str) -> dict[str, Any]:
    """What is in a box. Raises cryptography's InvalidTag when the code is another ticket's."""
    return cast("dict[str, Any]", _open(box_key(code), box, tokens.digest(code)))


def seal_answers(code: str, answers: Sequence[Mapping[str, Any]], scan_id: str, nonce: bytes | None = None) -> str:
    """Answers as a phone without a network keeps them: under `answers_key(code)`, bound to the scan they came with."""
    return _lock(answers_key(code), answers, scan_id, nonce)


def unseal_answers(code: str, sealed: str, scan_id: str) -> object:
    """What a phone sealed, whatever it is; None when it cannot be opened or is no JSON."""
    try:
        return _open(answers_key(code), sealed, scan_id)
    except (InvalidTag, ValueError):
        return None


def _lock(key: bytes, content: object, bound_to: str, nonce: bytes | None) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    padded = text + b" " * (-len(text) % _STEP)
    drawn = tokens.new_nonce(_NONCE) if nonce is None else nonce
    return base64.b64encode(drawn + AESGCM(key).encrypt(drawn, padded, bound_to.encode())).decode("ascii")


def _open(key: bytes, locked: str, bound_to: str) -> object:
    raw = base64.b64decode(locked)
    content: object = json.loads(AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], bound_to.encode()))
    return content
