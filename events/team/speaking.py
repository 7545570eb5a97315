"""The language that somebody on the staff reads, on every page of the staff and in letters: their own choice."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from sqlalchemy import update

from events.core.db import db
from events.core.i18n import LANGUAGES
from events.team import access
from events.team.models import Account

_ONCE = ("lang", "said")
"""What an address says for one page alone: it would speak against the choice, or say again what is done."""


def choose(account_id: int, language: str) -> bool:
    """Keep the choice; False where it is none of ours."""
    if language not in LANGUAGES:
        return False
    other = (Account.id == account_id) & (Account.language != language)
    db.session.execute(update(Account).where(other).values(language=language))
    return True


def page_wanted(address: str | None) -> str | None:
    """The page of ours that a choice goes back to, if `address` is one."""
    local = access.local_path(address)
    return plain(local) if local else None


def plain(address: str) -> str:
    """The address without what it says for one page alone."""
    parts = urlsplit(address)
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _ONCE]
    return parts._replace(query=urlencode(asked)).geturl()
