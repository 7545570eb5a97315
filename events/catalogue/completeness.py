"""What an evening still lacks before guests may see it, in words, each with the place where it is mended."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from events.catalogue import checking
from events.catalogue.models import Block, Event, TicketType
from events.core.i18n import LANGUAGES, NAMES, enumerate_names, local
from events.core.i18n import gettext as _

TEXTS = ("title", "kind", "hosts", "notice", "cause_link", "venue_address", "benefit_description")


@dataclass(frozen=True)
class Gap:
    """Something missing. `part` is evening, look, block, tickets, ticket or gifts; `key` names the block or ticket.

    `languages` are those in which a text is missing.
    """

    part: str
    field: str
    sentence: str
    key: str = ""
    languages: tuple[str, ...] = ()

    def is_among(self, others: Iterable["Gap"]) -> bool:
        """Whether this was missing before, whatever the words."""
        return any(self._says(other) for other in others)

    def _says(self, other: "Gap") -> bool:
        if (self.part, self.field, self.key) != (other.part, other.field, other.key):
            return False
        return self.sentence == other.sentence or (bool(self.languages) and set(self.languages) <= set(other.languages))


def gaps(event: Event) -> list[Gap]:
    """All that is missing or half translated, whatever the hour; prices that nobody could pay are among it."""
    found = [*_of_evening(event), *_of_tickets(event)]
    for block in event.blocks:
        found += _of_block(event, block)
    return found + [Gap("tickets", "price", sentence) for sentence in checking.complaints(event)]


def _of_evening(event: Event) -> Iterator[Gap]:
    names = {
        "title": _("the title"),
        "kind": _("the line above the title"),
        "hosts": _("the line below the title"),
        "notice": _("the notice"),
        "cause_link": _("the words of the second button"),
        "venue_address": _("the address of the place"),
        "benefit_description": _("what the guests receive"),
    }
    parts = {"notice": "look", "cause_link": "look", "benefit_description": "gifts"}
    for name in TEXTS:
        missing = untranslated(getattr(event, name), event.languages, needed=name == "title")
        if missing:
            yield Gap(parts.get(name, "evening"), name, _missing(names[name], missing), languages=tuple(missing))
    if not event.venue:
        yield Gap("evening", "venue", _("Nobody can know where it takes place."))


def _of_tickets(event: Event) -> Iterator[Gap]:
    if not event.ticket_types and not event.absent_gift:
        yield Gap("tickets", "tickets", _("There is no ticket yet."))
    if any(kind.benefit for kind in event.ticket_types) and not local(event.benefit_description):
        yield Gap("gifts", "benefit_description", _("Say what the guests receive: receipts name it."))
    for kind in event.ticket_types:
        yield from _of_type(event, kind)


def _of_type(event: Event, kind: TicketType) -> Iterator[Gap]:
    name = local(kind.name) or _("A ticket")
    if missing := untranslated(kind.name, event.languages, needed=True):
        what = _("the name of “%(name)s”", name=name)
        yield Gap("ticket", "name", _missing(what, missing), kind.public_id, tuple(missing))
    if missing := untranslated(kind.description, event.languages):
        what = _("the description of “%(name)s”", name=name)
        yield Gap("ticket", "description", _missing(what, missing), kind.public_id, tuple(missing))
    if not any(quota.size for quota in kind.quotas):
        yield Gap("ticket", "quotas", _("“%(name)s” has no seats to take.", name=name), kind.public_id)


def _of_block(event: Event, block: Block) -> Iterator[Gap]:
    """One sentence for the whole block: it is mended on one page."""
    title = block.content.get("title") or {}
    missing = set(untranslated(title, event.languages, needed=True))
    for texts in _texts_in(block.content):
        missing |= set(untranslated(texts, event.languages))
    if missing:
        name = local(title) or _("a part without a title")
        what = _("the part “%(title)s”", title=name)
        codes = tuple(code for code in LANGUAGES if code in missing)
        yield Gap("block", "title", _missing(what, codes), str(block.id), codes)


def untranslated(texts: Mapping[str, str] | None, languages: Sequence[str], *, needed: bool = False) -> list[str]:
    """The languages in which a text is missing: none where it was left out everywhere, unless it is `needed`."""
    if not needed and not any((texts or {}).values()):
        return []
    return [code for code in languages if not (texts or {}).get(code)]


def _texts_in(content: object) -> Iterator[Mapping[str, str]]:
    if isinstance(content, Mapping):
        if content and set(content) <= set(LANGUAGES):
            yield content
        else:
            for value in content.values():
                yield from _texts_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from _texts_in(value)


def _missing(what: str, languages: Sequence[str]) -> str:
    """ "The title is missing in English and ไทย." """
    names = enumerate_names([NAMES[code] for code in languages])
    sentence = _("%(what)s is missing in %(languages)s.", what=what, languages=names)
    return sentence[:1].upper() + sentence[1:]
