"""A pass as Apple's wallet takes it: files, their digests, a signature over these, in one archive."""

import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from events.tickets.wallets import Apple

MIMETYPE: Final = "application/vnd.apple.pkpass"


def seal(files: Mapping[str, bytes], apple: Apple) -> bytes:
    """The archive of `files` (by name) with `manifest.json` and `signature`."""
    manifest = manifest_of(files)
    whole = {**files, "manifest.json": manifest, "signature": _signature(manifest, apple)}
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        for name, body in whole.items():
            archive.writestr(ZipInfo(name), body, ZIP_DEFLATED)
    return written.getvalue()


def manifest_of(files: Mapping[str, bytes]) -> bytes:
    """JSON: the SHA-1 of every file. Apple asks for SHA-1; what is signed below is signed with SHA-256."""
    digests = {name: hashlib.sha1(body, usedforsecurity=False).hexdigest() for name, body in files.items()}
    return json.dumps(digests, indent=1).encode()


def _signature(manifest: bytes, apple: Apple) -> bytes:
    """PKCS #7, detached, in DER, with the intermediate certificate beside the signer's."""
    builder = PKCS7SignatureBuilder().set_data(manifest)
    signed = builder.add_signer(apple.certificate, apple.key, SHA256()).add_certificate(apple.intermediate)
    return signed.sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
