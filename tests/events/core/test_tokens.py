"""Secrets: long enough, of the right letters, never alike."""

import re

from events.core import tokens


def test_an_address_holds_160_bits() -> None:
    drawn = {tokens.new_token() for _ in range(200)}
    assert len(drawn) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{27}", token) for token in drawn)


def test_a_ticket_code_is_26_letters_that_a_qr_symbol_takes() -> None:
    drawn = {tokens.new_ticket_code() for _ in range(200)}
    assert len(drawn) == 200
    assert all(re.fullmatch(r"[A-Z2-7]{26}", code) for code in drawn)
    assert len({letter for code in drawn for letter in code}) == 32


def test_a_reference_can_be_said_aloud() -> None:
    letters = {letter for _ in range(400) for letter in tokens.new_reference()}
    assert not letters & set("01OI")
    assert len(letters) == 32


def test_digits_are_digits() -> None:
    assert all(re.fullmatch(r"[0-9]{6}", tokens.new_digits()) for _ in range(50))


def test_secrets_are_compared_whole() -> None:
    assert tokens.same("ห้อง", "ห้อง")
    assert not tokens.same("ห้อง", "ห้อ")


def test_jitter_stays_within_its_spread() -> None:
    assert all(0 <= tokens.jitter(3) < 3 for _ in range(200))
