"""What is wrong with an evening as it is written down: the same checks for the editor's forms and for files.

Each fault names the field it belongs to. Prices are looked at by whoever knows money: the application registers that.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from babel.core import get_global
from flask import Flask, current_app
from sqlalchemy import select

from events.catalogue.models import Event
from events.core import money
from events.core.db import db
from events.core.i18n import LANGUAGES
from events.core.i18n import gettext as _

PriceCheck = Callable[[Event], list[str]]

RESERVED = ("api", "new", "account", "people")
"""Addresses below /manage/ that are no evening's."""
LONGEST_SLUG = 60
LARGEST_BUNDLE, LARGEST_ORDER = 50, 500
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, in words, and the field it stands in."""

    field: str
    sentence: str


def init_app(app: Flask, price_checks: Sequence[PriceCheck]) -> None:
    """Register who looks at prices: functions that say, in sentences, what nobody could pay."""
    app.extensions["price_checks"] = tuple(price_checks)


def complaints(event: Event) -> list[str]:
    """A sentence for every price of the evening that nobody could pay."""
    return [sentence for check in current_app.extensions["price_checks"] for sentence in check(event)]


def faults_of_event(given: Mapping[str, Any], event_id: int | None = None) -> Iterator[Fault]:
    """What contradicts itself among an evening's own columns; those that are not given are not looked at."""
    if "slug" in given:
        yield from _faults_of_slug(given["slug"], event_id)
    if "currency" in given and not is_currency(given["currency"]):
        yield Fault("currency", _("This is not a currency."))
    if "languages" in given:
        yield from _faults_of_languages(given["languages"], given.get("language"))
    if given.get("starts_at") and given.get("ends_at"):
        yield from _faults_of_times(given["starts_at"], given["ends_at"], given.get("sales_end_at"))
    for name in ("map_url", "info_url"):
        if given.get(name) and not is_web_address(given[name]):
            yield Fault(name, _("This is not a web address."))


def faults_of_offer(given: Mapping[str, Any]) -> Iterator[Fault]:
    """What contradicts itself in a ticket type. Amounts are minor units, for the whole bundle."""
    price, benefit = given["price"], given["benefit"]
    if not _is_whole(price, 0, money.LARGEST):
        yield Fault("price", _("Please give an amount of zero or more."))
    elif not _is_whole(benefit, 0, price):
        yield Fault("benefit", _("What the guest receives cannot be worth more than the price."))
    if not _is_whole(given["bundle_size"], 1, LARGEST_BUNDLE):
        yield Fault("bundle_size", _("Please give a whole number from 1 to %(most)s.", most=LARGEST_BUNDLE))
    least, most = given["min_per_order"], given["max_per_order"]
    if not _is_whole(most, 1, LARGEST_ORDER):
        yield Fault("max_per_order", _("Please give a whole number from 1 to %(most)s.", most=LARGEST_ORDER))
    elif not _is_whole(least, 1, most):
        yield Fault("min_per_order", _("The least number in one order cannot be above the greatest."))
    opens, closes = given.get("sales_start_at"), given.get("sales_end_at")
    if opens and closes and closes <= opens:
        yield Fault("sales_end_at", _("The sale would end before it begins."))


def is_web_address(text: str) -> bool:
    """Whether it is http or https, to a host: nothing else may become a link of ours."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and not re.search(r"[\s\"'<>\\]", text)


def is_slug(text: str) -> bool:
    """Whether it can stand in an address as it is."""
    return bool(_SLUG.fullmatch(text)) and len(text) <= LONGEST_SLUG


def is_zone(name: object) -> bool:
    """Whether the time zone is known here."""
    try:
        ZoneInfo(str(name))
    except (ValueError, OSError, KeyError):
        return False
    return bool(name)


def is_currency(code: object) -> bool:
    """Whether it is a currency of ISO 4217."""
    return isinstance(code, str) and code in get_global("all_currencies")


def links_in(content: object) -> Iterator[str]:
    """Every web address in a block's content."""
    if isinstance(content, Mapping):
        if isinstance(content.get("url"), str) and content["url"]:
            yield content["url"]
        for value in content.values():
            yield from links_in(value)
    elif isinstance(content, list):
        for value in content:
            yield from links_in(value)


def _faults_of_slug(slug: str, event_id: int | None) -> Iterator[Fault]:
    if not is_slug(slug) or slug in RESERVED:
        yield Fault("slug", _("Small letters a to z, digits and single hyphens only."))
        return
    known = db.session.scalar(select(Event.id).where(Event.slug == slug))
    if known is not None and known != event_id:
        yield Fault("slug", _("There is an evening %(slug)s already.", slug=slug))


def _faults_of_languages(languages: Sequence[str], first: str | None) -> Iterator[Fault]:
    if not languages:
        yield Fault("languages", _("Please choose at least one language."))
    elif not set(languages) <= set(LANGUAGES) or len(set(languages)) < len(languages):
        yield Fault("languages", _("Pages are written in %(languages)s.", languages=", ".join(LANGUAGES)))
    elif first is not None and first not in languages:
        yield Fault("language", _("The page is not written in this language."))


def _faults_of_times(starts: datetime, ends: datetime, closes: datetime | None) -> Iterator[Fault]:
    if ends <= starts:
        yield Fault("ends_at", _("The evening must end after it begins."))
    elif closes is not None and closes > ends:
        yield Fault("sales_end_at", _("Sales must end before the evening does."))


def _is_whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
