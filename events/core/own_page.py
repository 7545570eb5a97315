"""A button of our own page, and nothing else: the form that only proves where it was pressed."""

from flask_wtf import FlaskForm

from events.core.i18n import gettext
from events.core.refusal import NotFound


class Confirmation(FlaskForm):
    """Only the token: the page was ours."""


def demand(form: FlaskForm | None = None) -> None:
    """Raise NotFound for a form that no page of ours sent, or one that is too old."""
    if not (form or Confirmation()).validate_on_submit():
        raise NotFound(gettext("This page has run out. Load it again."))
