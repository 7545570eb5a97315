"""What the accounts of the books are, in words, for whoever gives them their accountant's codes."""

from collections.abc import Mapping

from events.core.i18n import lazy_gettext as _
from payments.ledger import models as ledger

WORDS: Mapping[str, str] = {
    ledger.STRIPE_CLEARING: _("Money at Stripe"),
    ledger.REFUNDS_IN_TRANSIT: _("Refunds on their way"),
    ledger.DISPUTES_IN_TRANSIT: _("Disputed payments"),
    ledger.CONVERSION: _("Exchange between currencies at Stripe"),
    ledger.BANK_IN_TRANSIT: _("Payouts on their way to the bank"),
    ledger.BANK: _("Bank"),
    ledger.CASH: _("Cash"),
    ledger.DOOR_CASH: _("Cash drawer at the door"),
    ledger.SUSPENSE: _("Not explained yet"),
    ledger.UNDER_REVIEW: _("Payments to be looked at"),
    ledger.REFUNDS_DUE: _("Refunds still to be made"),
    ledger.STRIPE_FEES: _("Stripe’s fees"),
    ledger.ADJUSTMENTS: _("Stripe’s corrections"),
    ledger.OVER_SHORT: _("Cash over or short"),
    ledger.COMPS: _("Invitations: what they cost"),
    ledger.GIVEN_AWAY: _("Invitations: counterpart of their cost"),
    ledger.BENEFITS: _("Meals and other returns"),
    ledger.GIFTS: _("Gifts"),
    ledger.FEE_COVER: _("Fees that donors covered"),
    ledger.FUNDS: _("Carried over from earlier years"),
}
