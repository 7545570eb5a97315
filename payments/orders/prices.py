"""Prices as Stripe sees them: looked at when they are written down, not when a donor pays."""

from collections.abc import Iterator

from sqlalchemy import select

from events.catalogue.codes import DiscountCode, list_codes
from events.catalogue.models import Event, Organisation
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.i18n import money as in_words
from payments.gateway.currencies import AmountRefused, check_amount, maximum, minimum, payable_step
from payments.orders.pricing import discount_on


def check_prices(event: Event) -> list[str]:
    """A sentence for every price, suggested gift and code of the evening that nobody could pay; empty when all is well.

    Each must be payable by itself: it may be all there is in an order. Zero is payable: such an order skips Stripe.
    """
    try:
        check_amount(maximum(event.currency), event.currency)
    except (AmountRefused, ValueError):
        return [_("%(currency)s cannot be used: Stripe does not offer it.", currency=event.currency)]
    found = [*_tickets(event), *_gifts(event), *_rates(event)]
    return found + [sentence for code in list_codes(event.id) for sentence in check_code_prices(event, code)]


def check_code_prices(event: Event, code: DiscountCode) -> list[str]:
    """A sentence for every ticket type that nobody could pay with this code."""
    return [
        _("Code %(code)s: %(name)s would cost %(price)s.", code=code.code, name=local(kind.name), price=price)
        + " "
        + why
        for kind in event.ticket_types
        if (less := discount_on(kind, code))
        for price, why in _refused(kind.price - less, event.currency)
    ]


def _tickets(event: Event) -> Iterator[str]:
    for kind in event.ticket_types:
        name = local(kind.name)
        for price, why in _refused(kind.price, event.currency):
            yield _("%(name)s costs %(price)s.", name=name, price=price) + " " + why
        most = kind.price * kind.max_per_order
        if kind.price <= maximum(event.currency) < most:
            many, sum_of = kind.max_per_order, in_words(most, event.currency)
            yield (
                _("%(many)s × %(name)s cost %(price)s.", many=many, name=name, price=sum_of)
                + " "
                + _most(event.currency)
            )


def _gifts(event: Event) -> Iterator[str]:
    for amount in (*event.gift_amounts, event.absent_gift):
        for price, why in _refused(amount, event.currency):
            yield _("A gift of %(amount)s is suggested.", amount=price) + " " + why


def _rates(event: Event) -> Iterator[str]:
    """A fixed part of ten baht is no fixed part of ten euros: a second currency needs rates of its own."""
    owner = event.organisation
    others = select(Event.id).join(Organisation).where(Organisation.id == owner.id, Event.currency != event.currency)
    known = any(row.method == "card" and row.currency == event.currency for row in owner.fee_rates)
    if not known and owner.card_fee_fixed and db.session.scalar(others.limit(1)) is not None:
        yield _("There is no card fee for %(currency)s: the cover of fees would be a guess.", currency=event.currency)


def _refused(amount: int, currency: str) -> Iterator[tuple[str, str]]:
    """The amount in words and why Stripe would refuse it; nothing when it would not, or when it is zero."""
    if amount == 0:
        return
    try:
        check_amount(amount, currency)
    except AmountRefused as refused:
        step = in_words(payable_step(currency), currency)
        reasons = {
            "too_small": _("Stripe takes %(least)s at least.", least=in_words(minimum(currency), currency)),
            "too_large": _most(currency),
            "step": _("Stripe takes multiples of %(step)s only.", step=step),
        }
        yield in_words(amount, currency), reasons[refused.code]


def _most(currency: str) -> str:
    return _("Stripe takes %(most)s at most.", most=in_words(maximum(currency), currency))
