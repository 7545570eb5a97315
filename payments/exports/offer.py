"""Every file there is: its name in addresses and commands, what it is for, its columns, where its rows come from.

A new target (QuickBooks, Xero) is one more line here: a source of rows, its columns, and the form its import wants.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from events.core.i18n import gettext, lazy_gettext
from events.core.refusal import Refusal
from payments.exports import fec, journal, papers, payouts, plain_text, pledges, register, sales
from payments.exports.accounts import books_of
from payments.exports.csv_files import IMPORT, Form
from payments.exports.rows import Column, Scope, Source, Told

TABLES = ("csv", "import", "xlsx", "json")
FORMATS = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "import": ("csv", "text/csv; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("json", "application/json"),
    "txt": ("txt", "text/plain; charset=iso-8859-15"),
    "beancount": ("beancount", "text/plain; charset=utf-8"),
    "hledger": ("journal", "text/plain; charset=utf-8"),
    "pdf": ("pdf", "application/pdf"),
    "zip": ("zip", "application/zip"),
}
"""By the word for it: the ending of the file's name, and its type."""

Pieces = Callable[[Scope, str, Told], Iterator[bytes]]


@dataclass(frozen=True)
class Export:
    """One kind of file. `source` makes its tables, `others` are further formats of its own.

    `size` is what its length is told by, where it has no tables. `of_one`: it holds one organisation's books, which are
    never mixed. `slow`: made in the background, always.
    """

    name: str
    title: str
    purpose: str
    columns: tuple[Column, ...] = ()
    source: Callable[[Scope, str], Source] | None = None
    others: Mapping[str, Pieces] = field(default_factory=dict)
    import_form: Form = IMPORT
    size: Callable[[Scope, str], Source] | None = None
    of_one: bool = False
    slow: bool = False

    @property
    def formats(self) -> tuple[str, ...]:
        """The words for its formats, the usual one first."""
        own = tuple(self.others) + (("txt",) if self.name == "fec" else ())
        return own + (TABLES if self.source else ())


def get_export(what: str) -> Export:
    """The export of this name; raises Refusal for an unknown one."""
    if what not in EXPORTS:
        raise Refusal("unknown_export", gettext("There is no such export."), status=404)
    return EXPORTS[what]


def _journal(scope: Scope, language: str) -> Source:
    return journal.journal(books_of(next(iter(scope.zones))), scope, language)


EXPORTS = {
    export.name: export
    for export in (
        Export(
            "receipts",
            lazy_gettext("Receipt register"),
            lazy_gettext("Every receipt under its number. Cancelled ones keep their line and stay out of the total."),
            register.REGISTER_COLUMNS,
            register.register,
        ),
        Export(
            "receipt-papers",
            lazy_gettext("Receipts on paper"),
            lazy_gettext("The papers themselves: together to print, or each as it was issued, for the archive."),
            others={"zip": papers.zipped, "pdf": papers.together},
            size=register.register,
            slow=True,
        ),
        Export(
            "orders",
            lazy_gettext("Orders"),
            lazy_gettext("One line per paid order: who bought, what was a gift and what a meal. For the accounts."),
            sales.ORDER_COLUMNS,
            sales.orders,
        ),
        Export(
            "lines",
            lazy_gettext("Order lines"),
            lazy_gettext("One line per ticket, gift and fee cover: to see which seats brought what."),
            sales.LINE_COLUMNS,
            sales.lines,
        ),
        Export(
            "donors",
            lazy_gettext("Donors"),
            lazy_gettext("One line per donor: all they gave, and what is left after refunds. For thanks and letters."),
            sales.DONOR_COLUMNS,
            sales.donors,
        ),
        Export(
            "refunds",
            lazy_gettext("Refunds"),
            lazy_gettext("All that went back, lost disputes too, as negative amounts; what failed is not counted."),
            sales.REFUND_COLUMNS,
            sales.refunds,
        ),
        Export(
            "pledges",
            lazy_gettext("Pledges"),
            lazy_gettext("Promises made in the room: what is outstanding, and what has been paid. To follow them up."),
            pledges.COLUMNS,
            pledges.pledges,
        ),
        Export(
            "payouts",
            lazy_gettext("Payouts"),
            lazy_gettext("What each payout of Stripe was made of, with the real fees: to tick off the bank statement."),
            payouts.COLUMNS,
            payouts.payouts,
        ),
        Export(
            "journal",
            lazy_gettext("Journal"),
            lazy_gettext("Every entry of the books, debit and credit, for any accounting program."),
            journal.COLUMNS,
            _journal,
            of_one=True,
        ),
        Export(
            "fec",
            lazy_gettext("FEC"),
            lazy_gettext("The books of one fiscal year in the form that French tax inspectors ask for."),
            fec.COLUMNS,
            fec.source,
            of_one=True,
        ),
        Export(
            "beancount",
            lazy_gettext("Beancount"),
            lazy_gettext("The books as plain text for Beancount; the file checks its own balances."),
            others={"beancount": plain_text.beancount},
            size=_journal,
            of_one=True,
        ),
        Export(
            "hledger",
            lazy_gettext("hledger and ledger"),
            lazy_gettext("The books as plain text that hledger and ledger both read; balances are asserted."),
            others={"hledger": plain_text.hledger},
            size=_journal,
            of_one=True,
        ),
        Export(
            "gift-aid",
            lazy_gettext("Gift Aid schedule"),
            lazy_gettext("Declared gifts on British receipts: paste the import file into HMRC’s schedule to claim."),
            register.GIFT_AID_COLUMNS,
            register.gift_aid,
            import_form=Form(day="%d/%m/%y", heading=()),
        ),
        Export(
            "e-donation",
            lazy_gettext("e-Donation list"),
            lazy_gettext("Gifts whose donor gave a Thai tax id: enter them at the Revenue Department’s e-Donation."),
            register.E_DONATION_COLUMNS,
            register.e_donation,
        ),
    )
}
