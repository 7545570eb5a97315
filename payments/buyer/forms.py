"""What the buyer types to change an order."""

from email_validator import EmailNotValidError, validate_email
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import ValidationError

from events.core.i18n import gettext as _
from events.core.i18n import lazy_gettext


class CodeForm(FlaskForm):
    """The six digits of the letter."""

    code = StringField(lazy_gettext("Code"))

    @property
    def digits(self) -> str:
        """As typed, without the spaces that people put between."""
        return "".join((self.code.data or "").split())[:20]


class EmailForm(FlaskForm):
    """The new address."""

    email = StringField(lazy_gettext("New e-mail address"))

    def validate_email(self, item: StringField) -> None:
        """An address that mail can reach, as far as its form tells."""
        try:
            item.data = validate_email((item.data or "").strip(), check_deliverability=False).normalized
        except EmailNotValidError as invalid:
            raise ValidationError(_("This e-mail address is not complete.")) from invalid
