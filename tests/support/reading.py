"""Letters as their readers find them: in the right language, whole, their links lead somewhere, their papers open."""

import re
from collections import Counter
from collections.abc import Collection, Iterator

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
