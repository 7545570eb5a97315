"""What letters and their states are called on the delivery board."""

from typing import Final

from events.core.i18n import lazy_gettext as _

STATES: Final = {
    "waiting": _("Waiting"),
    "sent": _("Sent"),
    "opened": _("Page opened"),
    "bounced": _("Came back"),
    "dead": _("Given up"),
    "stopped": _("Stopped"),
}
KINDS: Final = {
    "order_paid": _("Order and tickets"),
    "guest_tickets": _("Tickets of a booking"),
    "guest_ticket": _("A guest’s own ticket"),
    "ticket_void": _("A guest’s ticket is no longer valid"),
    "ticket_valid": _("A guest’s ticket is valid again"),
    "ticket_passed_on": _("A ticket was passed on"),
    "order_code": _("Code for the order’s page"),
    "confirm_email": _("Confirm the new address"),
    "email_changed": _("The address was changed"),
    "confirm_order": _("Confirm the order"),
    "transfer_asked": _("Bank details for the transfer"),
    "payment_under_way": _("Payment under way"),
    "payment_failed": _("Payment failed"),
    "order_called_off": _("Order cancelled"),
    "credit_note": _("Credit note"),
    "late_refund": _("Money came too late"),
    "duplicate_refund": _("Second payment goes back"),
    "refund_sent": _("Refund sent"),
    "refund_waits": _("Refund waits for the buyer"),
    "refund_failed": _("Refund failed"),
    "receipt_issued": _("Receipt"),
    "reminder": _("Reminder"),
    "evening_cancelled": _("The evening is cancelled"),
    "evening_moved": _("Another day, hour or place"),
    "evening_thanks": _("Thanks after the evening"),
    "guest_message": _("Message"),
    "door_lists": _("Lists for the door"),
    "pledge_made": _("A promise at the table"),
    "pledge_reminder": _("A promise is still open"),
    "seat_given": _("A seat was given back"),
    "waiting_link": _("On the waiting list"),
    "waiting_offer": _("Seats from the waiting list"),
}
STATUSES: Final = {
    "draft": _("Draft"),
    "scheduled": _("Scheduled"),
    "sending": _("Being sent"),
    "sent": _("Sent"),
    "stopped": _("Stopped"),
}
