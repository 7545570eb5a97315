"""What people type, made fit to keep: one line without control characters, an address that mail can reach."""

from email_validator import EmailNotValidError, validate_email
from wtforms import Field
from wtforms.validators import ValidationError

from events.core.i18n import gettext as _


def one_line(text: str | None, longest: int | None = None) -> str:
    """Words with single spaces between them, cut after `longest` letters; what cannot be printed has no place here."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text or "").split())[:longest]


def demand_address(item: Field) -> None:
    """A field's e-mail address as mail wants it, as far as its form tells; raises ValidationError."""
    try:
        item.data = validate_email((item.data or "").strip(), check_deliverability=False).normalized
    except EmailNotValidError as invalid:
        raise ValidationError(_("This e-mail address is not complete.")) from invalid
