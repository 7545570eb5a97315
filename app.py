"""The application: settings, extensions, rooms and commands. It reads as the table of contents; nothing imports it."""

from collections.abc import Mapping

import click
from flask import Flask
from flask_wtf import CSRFProtect

from events import commands as events_commands
from events.catalogue import checking
from events.catalogue.routes import blueprint as catalogue
from events.core import assets, away, db, facts, i18n, jobs, web
from events.core.service import Service
from events.core.settings import Settings, environment, load
from events.door import mailing
from events.door.letters import door_lists
from events.door.routes import blueprint as door
from events.editor.routes import blueprint as editor
from events.guests import announcing, reminding
from events.guests.letters import GUEST_LETTERS
from events.guests.notices import evening_moved, reminder
from events.guests.routes import blueprint as guests
from events.mail import delivery, links, outbox
from events.messages import letters as message_letters
from events.messages import segments, sending
from events.messages.routes import blueprint as messages
from events.office import batches
from events.office.letters import guest_tickets
from events.office.routes import blueprint as office
from events.seating.routes import blueprint as seating
from events.table_codes.routes import blueprint as table_codes
from events.team import access, resetting
from events.team import commands as team_commands
from events.team.letters import factors_reset, invitation, proof_code, sign_in
from events.team.routes import blueprint as team
from events.tickets import keeping_in_line, wallets
from events.tickets.qr import svg_of_address
from events.tickets.routes import blueprint as tickets
from payments import commands as payments_commands
from payments.api.routes import blueprint as api
from payments.box_office.routes import blueprint as box_office
from payments.buyer.letters import confirm_email, email_changed, order_code, seat_given, ticket_passed_on
from payments.buyer.routes import blueprint as buyer
from payments.checkout import calling_off, fulfilling
from payments.checkout.letters import confirm_order
from payments.checkout.routes import blueprint as checkout
from payments.checkout.watching import watch_attempt
from payments.closing.routes import blueprint as closing
from payments.codes.routes import blueprint as codes
from payments.desk import all_back
from payments.desk.routes import blueprint as desk
from payments.exports import background
from payments.exports.routes import blueprint as exports
from payments.figures.routes import blueprint as figures
from payments.gateway import turns
from payments.gateway.stripe_api import Gateway
from payments.giving.routes import blueprint as giving
from payments.guarding.tallies import forget
from payments.guest_import.routes import blueprint as guest_import
from payments.hooks import delivering, telling
from payments.keeping import purging
from payments.keeping.letters import erased
from payments.keeping.routes import blueprint as keeping
from payments.ledger.books import read_payment
from payments.metrics.routes import blueprint as metrics
from payments.offline.letters import credit_note, transfer_asked
from payments.offline.routes import blueprint as offline
from payments.orders import lapsing, thanking
from payments.orders import segments as order_segments
from payments.orders.letters import ORDER_LETTERS, evening_thanks
from payments.orders.prices import check_prices
from payments.orders.routes import blueprint as orders
from payments.pledges import course
from payments.pledges import reminding as pledge_reminding
from payments.pledges.letters import pledge_made, pledge_reminder
from payments.pledges.routes import blueprint as pledges
from payments.receipts import issuing as receipts_issuing
from payments.receipts import papers, running
from payments.receipts.letters import order_paid, receipt_issued
from payments.receipts.routes import blueprint as receipts
from payments.reconciliation.routes import blueprint as reconciliation
from payments.refunds import giving_back
from payments.refunds.letters import refund_failed, refund_sent, refund_waits
from payments.treasury.routes import blueprint as treasury
from payments.waiting import offering
from payments.waiting.letters import waiting_link, waiting_offer
from payments.waiting.routes import blueprint as waiting
from payments.waiting.segments import SEGMENTS as WAITING_SEGMENTS
from payments.webhooks.reactions import react_to_event
from payments.webhooks.reconciling import reconcile_again
from payments.webhooks.routes import blueprint as webhooks

ROOMS = (
    *(catalogue, checkout, waiting, orders, buyer, giving, tickets, guests),
    *(team, office, editor, door, seating, messages),
    *(reconciliation, figures, closing, keeping, metrics, api),
    *(treasury, exports, desk, codes, offline, receipts, webhooks, box_office, guest_import),
    *(table_codes, pledges),
)

# Without a CSRF token: programs that prove otherwise who they are, two that change nothing, and readers' objections.
UNTOKENED = ("webhooks.stripe", "checkout.order", "checkout.order_quote", "pledges.give", "messages.unsubscribe")

JOBS = {
    outbox.JOB: delivery.send_letter,
    "watch_attempt": watch_attempt,
    "react_to_event": react_to_event,
    "submit_refund": giving_back.submit,
    all_back.JOB: all_back.give_back,
    "read_payment": read_payment,
    "reconcile": reconcile_again,
    lapsing.JOB: lapsing.lapse,
    **calling_off.JOBS,
    keeping_in_line.RETURNED: offering.returned,
    **offering.JOBS,
    "forget": forget,
    purging.JOB: purging.purge_again,
    mailing.JOB: mailing.mail_lists,
    sending.JOB: sending.spread,
    batches.JOB: batches.work,
    reminding.JOB: reminding.remind,
    thanking.JOB: thanking.thank,
    **background.JOBS,
    receipts_issuing.PAPER: papers.make,
    pledge_reminding.JOB: pledge_reminding.work,
    **running.JOBS,
    telling.JOB: delivering.deliver,
}

# Put once by every worker that starts; there is one of each in the whole system.
RECURRING = (
    *("reconcile", "forget", purging.JOB, running.DUE, offering.MIND),
    *(mailing.JOB, reminding.JOB, thanking.JOB, pledge_reminding.JOB),
)

# They wait for Stripe, several at one time, and for nothing of ours. Pay pages first: a crowd stands before them.
BESIDE = ("watch_attempt", "react_to_event")
# A letter to everybody must hold up no payment.
PATIENT = (outbox.JOB,)

LETTERS = {
    "sign_in": sign_in,
    "proof_code": proof_code,
    "invitation": invitation,
    resetting.LETTER: factors_reset,
    mailing.LETTER: door_lists,
    "order_paid": order_paid,
    "guest_tickets": guest_tickets,
    **GUEST_LETTERS,
    "ticket_passed_on": ticket_passed_on,
    "seat_given": seat_given,
    "waiting_link": waiting_link,
    "waiting_offer": waiting_offer,
    "order_code": order_code,
    "confirm_email": confirm_email,
    "email_changed": email_changed,
    "confirm_order": confirm_order,
    "transfer_asked": transfer_asked,
    "credit_note": credit_note,
    **ORDER_LETTERS,
    "refund_sent": refund_sent,
    "refund_waits": refund_waits,
    "refund_failed": refund_failed,
    "erased": erased,
    "receipt_issued": receipt_issued,
    reminding.LETTER: reminder,
    announcing.MOVED: evening_moved,
    thanking.LETTER: evening_thanks,
    "pledge_made": pledge_made,
    "pledge_reminder": pledge_reminder,
    message_letters.LETTER: message_letters.guest_message,
}

# Rooms that hear, in its transaction, of an order that has just become paid.
PAID = (course.order_paid,)

# Whoever writes down a price is told at once what nobody could pay.
PRICE_CHECKS = (check_prices,)

# Whoever hears, in the same transaction, what happens to orders, tickets and admissions.
LISTENERS = (telling,)


def create_app(values: Mapping[str, str] | None = None) -> Flask:
    """The application for the given settings (CONTRACT's names), or for those of the environment."""
    settings = load(environment() if values is None else values)
    app = Service(__name__, static_url_path=assets.place())
    web.init_app(app, settings)
    assets.init_app(app)
    away.init_app(app)
    db.init_app(app, settings.database_url)
    i18n.init_app(app)
    csrf = CSRFProtect(app)
    access.init_app(app, svg_of_address)
    jobs.init_app(app, JOBS, RECURRING, BESIDE, PATIENT)
    checking.init_app(app, PRICE_CHECKS)
    fulfilling.init_app(app, PAID)
    facts.init_app(app, LISTENERS)
    app.config["HOOKS_TO_THIS_MACHINE"] = bool(settings.stripe_api_base)  # in demonstration and tests alone
    segments.init_app(app, (*order_segments.SEGMENTS, *WAITING_SEGMENTS), order_segments.link_of)
    wallets.init_app(app, settings)
    _mail(app, settings)
    _gateway(app, settings)
    for room in ROOMS:
        app.register_blueprint(room)
    for endpoint in UNTOKENED:
        csrf.exempt(app.view_functions[endpoint])
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(("door.api_", "box_office.api_", "api.v1_")):
            csrf.exempt(view)  # a bearer token, no cookie
    return app


def _mail(app: Flask, settings: Settings) -> None:
    app.config.update(
        MAIL_SERVER=settings.mail_server,
        MAIL_PORT=settings.mail_port,
        MAIL_USERNAME=settings.mail_username or None,
        MAIL_PASSWORD=settings.mail_password or None,
        MAIL_USE_TLS=settings.mail_use_tls,
        MAIL_DEFAULT_SENDER=settings.mail_default_sender,
    )
    outbox.init_app(app, LETTERS)
    app.add_template_global(links.absolute, "absolute")


def _gateway(app: Flask, settings: Settings) -> None:
    gateway = Gateway(
        settings.stripe_secret_key,
        settings.stripe_webhook_secret,
        settings.stripe_api_base or None,
        assert_idle=db.assert_idle,
    )
    gateway.init_app(app)
    turns.init_app(app)


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Bonsoir: tickets for fundraising evenings."""
    context.obj = create_app


for command in (*events_commands.COMMANDS, *team_commands.COMMANDS, *payments_commands.COMMANDS):
    cli.add_command(command)

if __name__ == "__main__":
    cli()
