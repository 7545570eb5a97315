"""Payment references that survive a bank's form: ISO 11649, "RF" with two check digits, then the order's code."""

import re

_PATTERN = re.compile(r"RF[0-9]{2}[A-Z0-9]{5}")


def reference(code: str) -> str:
    """RF18A7K2Q for the order A7K2Q."""
    return f"RF{98 - _remainder(code + 'RF00'):02}{code}"


def is_valid(text: str) -> bool:
    """Whether the check digits are right: a letter typed for another, or a figure for another, is always noticed."""
    return _PATTERN.fullmatch(text) is not None and _remainder(text[4:] + text[:4]) == 1


def find_references(text: str) -> list[str]:
    """Every valid reference in what a bank wrote, however it was spaced, once each."""
    packed = re.sub(r"[^A-Z0-9]", "", text.upper())
    found = [packed[at : at + 9] for at in range(len(packed) - 8)]
    return list(dict.fromkeys(candidate for candidate in found if is_valid(candidate)))


def code_of(found: str) -> str:
    """The order's code in a reference."""
    return found[4:]


def _remainder(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97
