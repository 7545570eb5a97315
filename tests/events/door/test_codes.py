"""What counts as presenting a ticket."""

import hashlib
import hmac

import pytest

from events.door import codes

CODE = "ABCDEFGHIJKLMNOPQRSTUVWX27"


@pytest.mark.parametrize(
    "text",
    [CODE, CODE.lower(), f"  {CODE}\n", "ABCDEF GHIJKL MNOPQR STUVWX 27", "abcdef-ghijkl–mnopqr\u00a0stuvwx_27"],
)
def test_case_spaces_and_hyphens_do_not_matter(text: str) -> None:
    assert codes.typed(text).agrees_with(CODE)


@pytest.mark.parametrize("text", ["", "A", CODE[:-1], CODE + "A", CODE * 1000, "\x00", "ＡＢＣ", "é" * 26, "0" * 26])
def test_anything_else_agrees_with_nothing(text: str) -> None:
    presented = codes.typed(text)
    assert not presented.agrees_with(CODE)
    assert not presented.agrees_with(None)


def test_proof_is_hkdf_of_rfc_5869() -> None:
    extracted = hmac.digest(bytes(32), CODE.encode(), "sha256")
    assert codes.proof(CODE) == hmac.new(extracted, b"admit\x01", hashlib.sha256).hexdigest()


def test_hash_with_its_proof_presents_the_ticket() -> None:
    code_hash = hashlib.sha256(CODE.encode()).hexdigest()
    assert codes.queued(code_hash, codes.proof(CODE)).agrees_with(CODE)


@pytest.mark.parametrize("proof", ["", "00" * 32, hashlib.sha256(CODE.encode()).hexdigest(), CODE])
def test_hash_without_the_right_proof_is_worth_nothing(proof: str) -> None:
    code_hash = hashlib.sha256(CODE.encode()).hexdigest()
    assert not codes.queued(code_hash, proof).agrees_with(CODE)


def test_code_itself_is_no_proof() -> None:
    nobody = codes.queued("not a hash", "not a proof")
    assert not nobody.agrees_with("0" * 26)
    assert not nobody.agrees_with(None)
