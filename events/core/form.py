"""The form that all forms of ours are made of."""

from functools import cache

from babel.support import NullTranslations, Translations
from flask_wtf import FlaskForm
from wtforms.i18n import messages_path

from events.core.i18n import language


class Form(FlaskForm):
    """Flask-WTF's, but WTForms' own words are read from their files once, not anew with every request."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """How such a form works."""

        def get_translations(self, form: object) -> NullTranslations:
            """WTForms' own words, in the reader's language."""
            return _words(language())


@cache
def _words(lang: str) -> NullTranslations:
    return Translations.load(messages_path(), [lang], "wtforms")
