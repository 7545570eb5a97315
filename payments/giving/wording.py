"""Who asks whether they may write to a buyer, and in which words: a version names a sentence for good."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.catalogue.models import Event
from events.core import tokens
from events.core.i18n import gettext as _
from events.core.i18n import in_language, language

FIELDS = ("consent_own", "consent_co")
"""Names of all the boxes there can be."""


@dataclass(frozen=True)
class Ask:
    """A sentence with a box to tick: whose, in which language."""

    organiser: str  # own, co
    name: str
    sentence: str
    language: str

    @property
    def field(self) -> str:
        """The box's name and id."""
        return f"consent_{self.organiser}"

    @property
    def version(self) -> str:
        """What the box sends when it is ticked: it tells which words stood beside it."""
        return tokens.digest(f"{self.organiser}:{self.language}:{self.sentence}")[:16]


def asks(event: Event) -> list[Ask]:
    """What this evening's buyers are asked, in the reader's language: the charity and its co-organiser apart."""
    return [Ask(organiser, name, _sentence(name), language()) for organiser, name in _organisers(event)]


def versions(event: Event) -> Mapping[tuple[str, str], Ask]:
    """The sentences that stand on this evening's pages now, in every language, by (organiser, version)."""
    found: dict[tuple[str, str], Ask] = {}
    for code in event.languages:
        with in_language(code):
            found |= {(ask.organiser, ask.version): ask for ask in asks(event)}
    return found


def _organisers(event: Event) -> list[tuple[str, str]]:
    own = [("own", event.organisation.name)] if event.asks_news else []
    return own + ([("co", event.co_organiser)] if event.co_organiser else [])


def _sentence(name: str) -> str:
    return _(
        "%(name)s may write to me about its work and its coming evenings. I can take this back at any time on the "
        "page of my order.",
        name=name,
    )
