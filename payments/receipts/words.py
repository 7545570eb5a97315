"""What people read about receipts on the pages: reasons, states, and the names of what is missing."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from events.core.i18n import calendar_year, enumerate_names, language, lazy_gettext, money
from events.core.i18n import gettext as _
from payments.receipts.models import Receipt
from payments.receipts.rules import Reason
from payments.receipts.spelling import spell
from payments.receipts.texts import text

STATES = {
    "issued": lazy_gettext("issued"),
    "cancelled": lazy_gettext("cancelled"),
    "contested": lazy_gettext("contested"),
}

NAMES = {
    "legal_name": lazy_gettext("legal name"),
    "address": lazy_gettext("address"),
    "purpose": lazy_gettext("object"),
    "siren_or_rna": lazy_gettext("SIREN or RNA number"),
    "tax_id": lazy_gettext("tax number"),
    "signatory": lazy_gettext("who signs"),
    "signatory_role": lazy_gettext("role of who signs"),
    "first_name": lazy_gettext("first name"),
    "last_name": lazy_gettext("last name"),
    "house": lazy_gettext("house name or number"),
    "street": lazy_gettext("street"),
    "postcode": lazy_gettext("postcode"),
    "town": lazy_gettext("town"),
    "declaration": lazy_gettext("Gift Aid declaration"),
}

PROFILES = {
    "generic": lazy_gettext("Any country: payment, benefit and gift side by side"),
    "FR": lazy_gettext("France: reçu fiscal (Cerfa)"),
    "TH": lazy_gettext("Thailand: without a deduction, beside e-Donation"),
    "US": lazy_gettext("United States: acknowledgment with disclosure"),
    "UK": lazy_gettext("United Kingdom: Gift Aid"),
}


def reason(why: Reason, currency: str) -> str:
    """The reason as a sentence in the reader's language."""
    return _SENTENCES[why.code](why.values, currency)


def declaration(legal_name: str) -> str:
    """The Gift Aid declaration as a donor agrees to it: in English whatever the page, since it is the law's."""
    return str(text("en")["declaration_text"]).format(house=legal_name)


def names(missing: Any) -> str:  # noqa: ANN401 - a value out of JSON
    """What is missing, as one phrase."""
    return enumerate_names([str(NAMES[name]) for name in cast(list[str], missing)])


def spelled(receipt: Receipt) -> str:
    """The gift in words of the page's reader; the paper bears those of its donor."""
    return spell(receipt.eligible, receipt.currency, language())


def _share(values: Mapping[str, Any], _currency: str) -> str:
    return _(
        "No receipt: what was received in return is worth %(share)s %% of the price of the seats; %(limit)s %% is the "
        "most a receipt allows.", share=values["share"], limit=values["limit"],
    )  # fmt: skip


def _cap(values: Mapping[str, Any], currency: str) -> str:
    return _(
        "No receipt: with this order, what was received in return in %(year)s is worth %(sum)s; %(cap)s in a year is "
        "the most a receipt allows.",
        year=calendar_year(int(values["year"])),
        sum=money(values["so_far"] + values["benefit"], currency),
        cap=money(values["cap"], currency),
    )


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any], str], str]] = {
    "nothing_left": lambda _values, _currency: _("No receipt: nothing of this order remains as a payment."),
    "not_paid": lambda _values, _currency: _("No receipt yet: the order is not paid."),
    "contested": lambda _values, _currency: _("No receipt yet: the payment is contested."),
    "has_receipt": lambda _values, _currency: _("This order has its receipt already."),
    "not_credited": lambda _values, _currency: _(
        "The receipt waits until the payment is on the organisation’s account: that is the day it must bear."
    ),
    "ticket_price": lambda _values, _currency: _(
        "The price of the seats is no gift; only what is freely added counts for Gift Aid."
    ),
    "benefit_share": _share,
    "benefit_cap": _cap,
    "other_currency": lambda values, _currency: _(
        "No receipt: this country’s receipt is written in %(wanted)s, and the payment was in %(currency)s.",
        wanted=values["wanted"], currency=values["currency"],
    ),
    "details_missing": lambda values, _currency: _(
        "The receipt needs your details first: %(names)s.", names=names(values["missing"])
    ),
    "organisation_incomplete": lambda values, _currency: _(
        "The organisation’s own details are not complete yet: %(names)s.", names=names(values["missing"])
    ),
}  # fmt: skip
