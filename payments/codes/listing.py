"""The evening's codes as the organiser reads them: what was made together stands together, on a page and in a file."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from events.catalogue.codes import DiscountCode, list_codes
from events.catalogue.models import Event
from events.core import clock
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.i18n import money as in_words
from events.core.spreadsheets import neutralised
from events.mail.links import absolute
from payments.codes.making import batch
from payments.orders import fees


@dataclass(frozen=True)
class Row:
    """One code, or many that were made together."""

    codes: Sequence[DiscountCode]

    @property
    def first(self) -> DiscountCode:
        """Whose terms are shown: those of the others were the same once."""
        return self.codes[0]

    @property
    def is_many(self) -> bool:
        """Whether it stands for several."""
        return len(self.codes) > 1

    @property
    def name(self) -> str:
        """The code, or the word that all of them begin with."""
        return f"{batch(self.first)[1]}-…" if self.is_many else self.first.code

    @property
    def uses(self) -> int:
        """How many orders use one of them."""
        return sum(code.uses for code in self.codes)

    @property
    def use_limit(self) -> int | None:
        """How many orders may; None without a limit."""
        limits = [code.use_limit for code in self.codes if code.use_limit is not None]
        return sum(limits) if len(limits) == len(self.codes) else None

    @property
    def used_up(self) -> bool:
        """Whether nobody can use any of them just now."""
        return all(code.used_up for code in self.codes)

    @property
    def is_over(self) -> bool:
        """Whether the end of every one has come."""
        return all(code.ends_at is not None and code.ends_at <= clock.now() for code in self.codes)


def rows(event: Event) -> list[Row]:
    """The newest first; what was made together is one row."""
    return [Row(list(codes)) for _batch, codes in groupby(list_codes(event.id), key=batch)]


def takes_off(code: DiscountCode, currency: str) -> str:
    """10 %, ฿300, or nothing."""
    if code.percent_bp:
        return fees.in_figures(fees.Rate(code.percent_bp, 0), currency)
    return in_words(code.amount, currency) if code.amount else ""


def is_more_than_all(code: DiscountCode, event: Event) -> bool:
    """Whether it takes off more than the dearest of its tickets costs: perhaps one nought too many."""
    prices = [kind.price for kind in code.ticket_types or event.ticket_types]
    return code.amount is not None and code.amount > max(prices, default=0)


def whom(code: DiscountCode) -> str:
    """The tickets it is for, in words."""
    return ", ".join(local(kind.name) for kind in code.ticket_types) or _("all tickets")


def write_csv(codes: Sequence[DiscountCode], event: Event) -> Iterator[bytes]:
    """A line for each code, with the form it is filled into already, for letters and printers.

    Every cell is harmless in a spreadsheet. UTF-8 with its mark.
    """
    heading = [_("Code"), _("Takes off"), _("For"), _("Orders"), _("How many orders may use it"), _("Good until")]
    yield b"\xef\xbb\xbf" + _line([*heading, _("Link")])
    for code in codes:
        until = code.ends_at.isoformat(timespec="minutes") if code.ends_at else ""
        limit = "" if code.use_limit is None else str(code.use_limit)
        link = absolute("checkout.order_form", slug=event.slug, code=code.code)
        yield _line([code.code, takes_off(code, event.currency), whom(code), str(code.uses), limit, until, link])


def _line(cells: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerow([neutralised(cell) for cell in cells])
    return written.getvalue().encode()
