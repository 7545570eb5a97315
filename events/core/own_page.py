"""A button of our own page, and nothing else: the form that only proves where it was pressed."""

from flask_wtf.csrf import validate_csrf
from wtforms.validators import ValidationError

from events.core.form import Form
from events.core.i18n import gettext
from events.core.refusal import NotFound


class Confirmation(Form):
    """Only the token: the page was ours."""


def is_token(text: str | None) -> bool:
    """Whether a page of ours, in this browser, gave this token: what a form of WTForms looks at by itself."""
    try:
        validate_csrf(text)
    except ValidationError:
        return not Confirmation.Meta().csrf  # tests may do without
    return True


def demand(form: Form | None = None) -> None:
    """Raise NotFound for a form that no page of ours sent, or one that is too old."""
    if not (form or Confirmation()).validate_on_submit():
        raise NotFound(gettext("This page has run out. Load it again."))
