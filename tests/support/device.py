"""A device that makes and uses passkeys as WebAuthn says it does, for tests without a browser."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Device:
    """One passkey. `count` goes up with every use, unless it is told to stay at nought or is set back."""

    origin: str = "http://localhost"
    counts: bool = True
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    name: bytes = b""
    handle: str | None = None
    count: int = 0

    def make(self, options: dict[str, Any]) -> str:
        """What navigator.credentials.create() answers, as our script sends it."""
        self.name = self.name or hashlib.sha256(options["challenge"].encode()).digest()
        self.handle = options["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        point = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        attested = bytes(16) + len(self.name).to_bytes(2) + self.name + cbor2.dumps(point)
        told = self._told(options["rp"]["id"], ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told})
        client = self._client("webauthn.create", options["challenge"])
        response = {"clientDataJSON": client, "attestationObject": attestation}
        return self._written(response)

    def use(self, options: dict[str, Any], *, handle: bool = True) -> str:
        """What navigator.credentials.get() answers."""
        self.count += 1 if self.counts else 0
        told = self._told(options["rpId"])
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(told + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response: dict[str, Any] = {"clientDataJSON": client, "authenticatorData": told, "signature": signature}
        response["userHandle"] = base64url_to_bytes(self.handle) if handle and self.handle else None
        return self._written(response)

    def _told(self, host: str, more: int = 0) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _written(self, response: dict[str, Any]) -> str:
        written = {name: value if value is None else bytes_to_base64url(value) for name, value in response.items()}
        name = bytes_to_base64url(self.name)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": written})
