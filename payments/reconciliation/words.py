"""What the treasurer reads: each kind of item as a sentence, and what to do about it."""

from events.core.i18n import lazy_gettext as _

GAPS = {
    "row_missing": (
        _("The books speak of money that no order knows"),
        _("A row is gone that was there when this was booked. Restore it from a backup, or ask whoever runs Bonsoir."),
    ),
    "not_booked": (
        _("Money that is not in the books"),
        _("Run “bonsoir reconcile”. If it stays, an entry is gone: restore it from a backup."),
    ),
    "books_differ": (
        _("Books and order say different amounts"),
        _("A posting was changed or is gone. Compare the order with the journal, and restore from a backup."),
    ),
    "lines_differ": (
        _("The order’s lines do not add up to its total"),
        _("A line was changed or is gone. Restore it from a backup; the letter to the buyer shows what was bought."),
    ),
    "charged_differs": (
        _("Another amount was charged than the order says"),
        _("Open the order and compare it with the payment at Stripe."),
    ),
    "not_at_stripe": (
        _("Booked days ago, and Stripe’s balance knows nothing of it"),
        _("Look for it in Stripe’s dashboard, then run “bonsoir reconcile”."),
    ),
    "entry_missing": (
        _("A movement of Stripe’s balance has lost its entry"),
        _("The movement was booked, and its entry is gone. Restore it from a backup."),
    ),
    "movement_missing": (
        _("The books speak of a movement that is gone"),
        _("Run “bonsoir reconcile”: what Stripe still lists is read again."),
    ),
    "stripe_differs": (
        _("Stripe booked another amount than the order says"),
        _("Open the order and compare it with the payment in Stripe’s dashboard."),
    ),
    "charge_unknown": (
        _("A charge that no order of ours knows"),
        _("Somebody sold on the same Stripe account, or an order is gone. Look for the charge in Stripe’s dashboard."),
    ),
    "refund_unknown": (
        _("A refund without our order"),
        _("It was made in Stripe’s dashboard for a charge that is not ours, or our row is gone. Look for it there."),
    ),
    "dispute_unknown": (
        _("A dispute without our order"),
        _("Look for it in Stripe’s dashboard, and at the order it speaks of."),
    ),
    "ticket_no_money": (
        _("A ticket, and no money"),
        _("Nobody paid for this, as far as our rows say. Look for the payment at Stripe, or void the ticket."),
    ),
    "paid_no_ticket": (
        _("Paid, and no ticket"),
        _("The buyer paid for a seat without a ticket. Issue it, or give the money back."),
    ),
    "entry_unbalanced": (
        _("An entry of the journal does not sum to zero"),
        _("A posting is gone or was changed. Restore it from a backup."),
    ),
    "entry_lost": (
        _("The journal has a gap in its numbers"),
        _("An entry is gone. Restore it from a backup."),
    ),
    "payout_differs": (
        _("A payout is not the sum of its movements"),
        _("Run “bonsoir reconcile”: the movements of the payout are read again."),
    ),
    "payout_missing": (
        _("Stripe sent a payout that we do not know"),
        _("Run “bonsoir reconcile”: payouts are read again."),
    ),
    "period_lost": (
        _("A period was closed, and the record of it is gone"),
        _("Restore it from a backup."),
    ),
}
"""By kind of gap: what it is, and what to do."""

ITEMS = {
    "needs_review": (
        _("A payment that does not match its order"),
        _("Open the order: accept the money, or send it back."),
    ),
    "stray": (
        _("Money on a pay page that no order knows"),
        _("After a restore its buyer may hold a ticket. Find out who paid in Stripe’s dashboard, and refund it there."),
    ),
    "late_money": (
        _("Money that bought nothing, and nobody gives it back"),
        _("Open the order and give it back."),
    ),
    "refund_waits": (
        _("A refund waits for the buyer’s bank details"),
        _("Stripe has written to the buyer. A friendly reminder helps; after 45 days the money comes back."),
    ),
    "refund_failed": (
        _("A refund failed: the buyer has neither money nor ticket"),
        _("Open the order and try again, or agree on another way with the buyer."),
    ),
    "dispute": (
        _("A bank contests a payment"),
        _("Answer in Stripe’s dashboard before the bank’s date; tickets and names of guests are good evidence."),
    ),
    "movement": (
        _("Stripe moved money, and no order explains it"),
        _("Look for it in Stripe’s dashboard, and write down what it was."),
    ),
    "no_seats": (
        _("A lost dispute was won after all, and the seats are gone"),
        _("The money is here again, the tickets are void. Give it back on the order’s page, or find seats."),
    ),
    "fraud_warning": (
        _("A card company suspects fraud"),
        _("Look at the order. If it seems false, giving the money back now avoids a dispute."),
    ),
    "letter": (
        _("A letter could not be sent"),
        _("Check the address on the order, and send it again."),
    ),
}
"""By kind of item: what it is, and what to do."""

FACTS = {
    "payment_stripe": _("Payments by card"),
    "payment_cash": _("Cash"),
    "payment_door": _("Cash at the door"),
    "payment_transfer": _("Bank transfers"),
    "payment": _("payment"),
    "refund": _("refund"),
    "refund_failure": _("refund came back"),
    "dispute": _("dispute"),
    "dispute_reversal": _("dispute won"),
    "payout": _("payout"),
    "payout_failure": _("payout came back"),
    "fee": _("fee of Stripe"),
    "lost_movement": _("movement that is gone"),
}

LINES = {
    "payments": _("Payments"),
    "refunds": _("Refunds"),
    "disputes": _("Disputes"),
    "others": _("Other movements"),
    "fees": _("Stripe’s fees"),
    "under_way": _("On its way"),
    "arrived": _("Arrived at the bank"),
    "sent": _("On its way to the bank"),
    "failed": _("Payouts that came back"),
    "at_stripe": _("Still at Stripe"),
}

PROVIDERS = {"cash": _("In cash"), "door": _("In cash, at the door"), "transfer": _("By bank transfer")}

PAYOUTS = {
    "paid": _("arrived"),
    "pending": _("on its way"),
    "in_transit": _("on its way"),
    "failed": _("came back"),
    "canceled": _("called off"),
}
