"""Letters and pages as their readers find them: letters whole and in the right language, with links that lead on;
pages whose mistakes are said where they are."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from html.parser import HTMLParser

from sqlalchemy import select

from events.core.db import db
from events.mail.mailbox import Caught
from events.mail.models import Letter
from tests.support.browsing import printed
from tests.support.evening import System

LINK = re.compile(r"https?://[^\s<>\")]+")
UNFINISHED = re.compile(r"%\(|\{[{%]|None|�")
TONGUE = re.compile(r'<html lang="(\w+)"')


def letters_to(system: System, addresses: Collection[str]) -> list[Caught]:
    """What these addresses received, oldest first."""
    return [letter for letter in list(system.mailbox.messages) if set(addresses) & set(letter.recipients)]


def kinds_to(system: System, addresses: Collection[str]) -> Counter[str]:
    """How many letters of each kind were written to them."""
    with system.looking():
        return Counter(db.session.scalars(select(Letter.kind).where(Letter.recipient_email.in_(addresses))))


def faults_of(system: System, letter: Caught, language: str) -> Iterator[str]:
    """What a reader would stumble over."""
    found = TONGUE.search(letter.html)
    if not letter.subject or not letter.text.strip() or found is None:
        yield f"{letter.subject!r}: not whole"
    elif found[1] != language:
        yield f"{letter.subject!r}: in {found[1]}"
    if unfinished := UNFINISHED.search(letter.text + letter.html):
        yield f"{letter.subject!r}: {unfinished[0]}"
    yield from _empty_papers(letter)
    for link in sorted(set(LINK.findall(letter.text))):
        if link.startswith(system.url) and (told := _led_to(system, link, language)):
            yield f"{letter.subject!r}: {link.removeprefix(system.url)[:3]}... answers {told}"


def _empty_papers(letter: Caught) -> Iterator[str]:
    for part in letter.attachments:
        content = part.get_payload(decode=True)
        if part.get_content_type() == "application/pdf" and not (
            isinstance(content, bytes) and any(printed(content, 1))
        ):
            yield f"{part.get_filename()}: an empty paper"


def _led_to(system: System, link: str, language: str) -> str:
    """What is wrong with the page behind a link; empty for nothing. A ticket may have been passed on since: 410."""
    visitor = system.visitor(language)
    answer = visitor.get(link)
    if answer.status in (302, 303):
        answer = visitor.get(answer.location)
    right = answer.status in (200, 410) and f'<html lang="{language}"' in answer.text
    return "" if right else answer.words[:200]


class _Said(HTMLParser):
    """The elements of a page that have an id, what describes each, and where its list of mistakes points."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.described: dict[str, str] = {}
        self.pointed: list[str] = []
        self._in_alert = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids and links."""
        given = dict(attrs)
        if given.get("id"):
            self.described[str(given["id"])] = given.get("aria-describedby") or ""
        self._in_alert = self._in_alert or given.get("role") == "alert"
        if self._in_alert and tag == "a":
            self.pointed.append(str(given.get("href")).removeprefix("#"))

    def handle_endtag(self, tag: str) -> None:
        """A list of mistakes ends."""
        if tag == "ul":
            self._in_alert = False


def unsaid(page: str) -> list[str]:
    """Fields whose mistake no screen reader says: the list on top leads nowhere, or the field names no sentence."""
    said = _Said(page)
    missing = [name for name in said.pointed if f"{name}-mistake" not in said.described.get(name, "").split()]
    return missing + [f"{name}-mistake" for name in said.pointed if f"{name}-mistake" not in said.described]
