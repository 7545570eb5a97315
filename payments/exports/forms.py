"""What is typed on the page of accounts and rates, and the days of a choice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import is_currency

from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from payments.exports import accounts

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,19}")
_RATE = re.compile(r"[0-9]{1,9}([.,][0-9]{1,12})?")


@dataclass(frozen=True)
class Terms:
    """A page of accounts that makes sense. `rate` is (currency, since, worth), if one was added."""

    currency: str
    codes: Mapping[str, tuple[str, str]]
    rate: tuple[str, date, Decimal] | None


def read(form: Mapping[str, str], known: Sequence[str]) -> Terms:
    """Fields `currency`, `code-<account>`, `label-<account>`, and a rate in `rate_currency`, `rate_since`, `rate`.

    Raises Refusal: no_currency, no_code, no_label, no_rate.
    """
    currency = _currency(form.get("currency", ""), "currency")
    return Terms(currency, {account: _names(form, account) for account in known}, _rate(form, currency))


def keep(organisation_id: int, terms: Terms, actor: str) -> None:
    """All of it, in the caller's transaction."""
    accounts.keep_currency(organisation_id, terms.currency, actor)
    accounts.keep_codes(organisation_id, terms.codes, actor)
    if terms.rate:
        accounts.keep_rate(organisation_id, *terms.rate, actor)


def day(text: str | None) -> date | None:
    """A day as date fields send it; anything else is no day."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _names(form: Mapping[str, str], account: str) -> tuple[str, str]:
    code, label = form.get(f"code-{account}", "").strip(), " ".join(form.get(f"label-{account}", "").split())
    if not _CODE.fullmatch(code):
        sentence = _("A code is made of letters, digits, points and dashes.")
        raise Refusal("no_code", sentence, field=f"code-{account}")
    if not label or len(label) > 60 or "|" in label:
        raise Refusal("no_label", _("Give each account a short name."), field=f"label-{account}")
    return code, label


def _rate(form: Mapping[str, str], books: str) -> tuple[str, date, Decimal] | None:
    typed = [form.get(name, "").strip() for name in ("rate_currency", "rate_since", "rate")]
    if not typed[0] and not typed[2]:
        return None
    currency, since = _currency(typed[0], "rate_currency"), day(typed[1])
    if since is None:
        raise Refusal("no_rate", _("From which day on?"), field="rate_since")
    if not _RATE.fullmatch(typed[2]) or currency == books or not Decimal(typed[2].replace(",", ".")):
        raise Refusal("no_rate", _("Write what one unit is worth, such as 0.0263."), field="rate")
    return currency, since, Decimal(typed[2].replace(",", "."))


def _currency(text: str, name: str) -> str:
    currency = text.strip().upper()
    if not re.fullmatch("[A-Z]{3}", currency) or not is_currency(currency):
        raise Refusal("no_currency", _("Write a currency by its three letters, such as EUR."), field=name)
    return currency
