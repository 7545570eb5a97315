"""What a token may be made for, who may make one for it, and the sentence that staff read."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.core.i18n import lazy_gettext
from events.team.access import MANAGERS, MONEY, OFFICE


@dataclass(frozen=True)
class Scope:
    """`roles` are those whose pages show the same: a token is never more than its maker."""

    roles: tuple[str, ...]
    words: str


SCOPES: Mapping[str, Scope] = {
    "events:read": Scope(OFFICE, lazy_gettext("Evenings and ticket types")),
    "tickets:read": Scope(MANAGERS, lazy_gettext("Tickets, without names")),
    "guests:read": Scope(MANAGERS, lazy_gettext("Guests with names, diets and allergies; buyers with their addresses")),
    "guests:write": Scope(MANAGERS, lazy_gettext("Change a guest’s name and diet")),
    "admissions:read": Scope(MANAGERS, lazy_gettext("Who came in, by ticket")),
    "webhooks:write": Scope(MANAGERS, lazy_gettext("Addresses that are told what happens")),
    "orders:read": Scope(MONEY, lazy_gettext("Orders, without names")),
    "orders:write": Scope(MONEY, lazy_gettext("Enter orders: invitations, cash, bank transfers")),
    "money:read": Scope(MONEY, lazy_gettext("Gifts, payments, refunds and receipts")),
}

MAKERS = OFFICE
"""Whoever may make a token for anything at all."""
