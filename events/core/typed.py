"""What people type, made fit to keep: one line without control characters, an address that mail can reach."""

import re
from unicodedata import category

from email_validator import EmailNotValidError, validate_email
from wtforms import Field
from wtforms.validators import ValidationError

from events.core.i18n import gettext as _

_TELEPHONE = re.compile(r"[0-9+() ./\u00a0-]*")
JOINERS = "\u200c\u200d"
"""Unseen, and yet a part of words: names in Persian need the first, families of emoji the second."""


def one_line(text: str | None, longest: int | None = None) -> str:
    """Words with single spaces between them, cut after `longest` letters; what cannot be printed has no place here."""
    return " ".join("".join(sign if _is_shown(sign) else " " for sign in text or "").split())[:longest]


def breaks_the_line(text: str) -> bool:
    """Whether it holds what nobody types into a line on purpose: control characters, ends of lines."""
    return any(category(sign) in ("Cc", "Zl", "Zp") for sign in text)


def _is_shown(sign: str) -> bool:
    return sign.isprintable() or sign in JOINERS


def short_word(text: str | None) -> str:
    """A plain word of a link: small letters, figures, - and _, at most 32; the rest is left out."""
    return re.sub(r"[^a-z0-9_-]", "", (text or "").lower())[:32]


def is_telephone(text: str) -> bool:
    """Digits and what people write between them, or nothing."""
    return _TELEPHONE.fullmatch(text.strip()) is not None


def demand_telephone(item: Field) -> None:
    """Raise ValidationError where a field's text is no telephone number."""
    if not is_telephone(item.data or ""):
        raise ValidationError(_("A telephone number has digits only."))


def find_address(text: str | None) -> str | None:
    """An e-mail address as mail wants it, as far as its form tells; None where the text is none."""
    try:
        return validate_email((text or "").strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def demand_address(item: Field) -> None:
    """Put a field's e-mail address as mail wants it; raises ValidationError."""
    address = find_address(item.data)
    if address is None:
        raise ValidationError(_("This e-mail address is not complete."))
    item.data = address
