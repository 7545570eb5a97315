"""What staff read for the states and reasons that rows hold."""

from events.core.i18n import colon
from events.core.i18n import lazy_gettext as _
from events.office.trail_words import ACTS
from payments.desk.history import CHANGES

ORDER = {
    "held": _("being paid"),
    "waiting": _("waiting for Stripe"),
    "processing": _("money on its way"),
    "paid": _("paid"),
    "expired": _("never paid"),
    "failed": _("payment failed"),
    "cancelled": _("order cancelled"),
    "refund_due": _("to be given back"),
    "refunded": _("refunded"),
    "partly_refunded": _("partly refunded"),
    "needs_review": _("to be looked at"),
}

REFUND = {
    "requested": _("asked for"),
    "submitted": _("Stripe is asked"),
    "pending": _("on its way"),
    "requires_action": _("waits for the buyer’s answer"),
    "succeeded": _("arrived"),
    "failed": _("failed"),
    "canceled": _("called off"),
}

WHY = {
    "late": _("the money came late"),
    "duplicate": _("paid twice"),
    "review": _("after a review"),
    "lines": _("chosen lines"),
    "goodwill": _("out of goodwill"),
    "external": _("made in Stripe’s dashboard"),
}

REFUSALS = {
    "charge_already_refunded": _("Stripe says that this payment has been given back already."),
    "charge_disputed": _("Stripe says that the buyer’s bank has taken this payment back."),
    "more_than_left": _("Stripe says that less than this is left of the payment: see its dashboard."),
    "insufficient_funds": _("There is not enough money on the balance at Stripe."),
    "lost_or_stolen_card": _("The card was reported lost or stolen, and the bank sent the money back."),
    "expired_or_canceled_card": _("The card is no longer valid, and the bank sent the money back."),
    "declined": _("The bank sent the money back."),
    "unknown": _("The bank sent the money back and gives no reason."),
}

DISPUTE = {
    "warning_needs_response": _("the bank inquires: answer at Stripe"),
    "warning_under_review": _("the bank reads the answer to its inquiry"),
    "warning_closed": _("the inquiry is closed"),
    "needs_response": _("contested: answer at Stripe"),
    "under_review": _("contested: the bank decides"),
    "won": _("won"),
    "lost": _("lost"),
    "prevented": _("prevented"),
}

CONTESTED_WHY = {
    "fraudulent": _("the buyer says that they did not pay this"),
    "unrecognized": _("the buyer does not recognise the payment"),
    "duplicate": _("the buyer says that they paid twice"),
    "credit_not_processed": _("the buyer says that a refund never came"),
    "product_not_received": _("the buyer says that they got nothing for it"),
    "product_unacceptable": _("the buyer says that it was not as promised"),
    "subscription_canceled": _("the buyer says that they had cancelled"),
    "insufficient_funds": _("there was not enough money on the buyer’s account"),
}
"""Stripe's reasons of a dispute; "general", and what only banks can read, says nothing."""

OUTCOME = {
    "fulfilled": _("paid the order"),
    "refund_due": _("to be given back"),
    "needs_review": _("to be looked at"),
}


TRIGGER = {
    "placed": _("ordered"),
    "settled": _("the money is there"),
    "paid in cash": _("paid in cash"),
    "paid in cash at the door": _("paid in cash at the door"),
    "the transfer came": _("the transfer came"),
    "invited": _("invited"),
    "by hand": _("handed back by a person"),
    "after review": _("after review"),
    "taken back": _("taken back"),
    "called off before it was paid": _("called off before it was paid"),
    "to be paid in another way": _("to be paid in another way"),
    "late money, no seats": _("the money came late, and the seats are gone"),
    "late money, seats taken again": _("the money came late, and there were still seats"),
    "the time limit is over": _("the time limit is over"),
    "the slow payment failed": _("the payment failed"),
    "refund succeeded": _("the refund arrived"),
    "refund failed": _("the refund failed"),
    "given back in Stripe's dashboard": _("made in Stripe’s dashboard"),
    "dispute lost": _("dispute lost"),
    "dispute won after all": _("dispute won after all"),
}
"""Why an order or a refund took a step."""

CHANGE = {act: ACTS[act] for act in CHANGES}
"""What a buyer did, as the trail calls it."""

WHO = {"buyer": _("the buyer"), "service": _("by itself")}


def refusal(text: str | None) -> str:
    """Why a refund came to nothing: in our words where we know the code, else in Stripe's."""
    return str(REFUSALS.get(text or "", text or ""))


def trigger(text: str) -> str:
    """Why a step was taken, in the reader's language where it is one of ours; what a person noted stays as it is."""
    reason, between, note = text.partition(": ")
    ours = TRIGGER.get(reason) or WHY.get(reason, reason)
    return f"{colon(str(ours))} {note}" if between else str(ours)


def contested_why(reason: str) -> str:
    """Why a buyer contests a payment; nothing where Stripe gives no reason, or one that we do not know."""
    return str(CONTESTED_WHY.get(reason, ""))
