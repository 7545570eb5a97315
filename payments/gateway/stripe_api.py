"""Every call we make to Stripe. Plain values out, our own exceptions, and never inside a database transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import stripe
from flask import Flask, current_app

from events.core import clock
from payments.gateway import notices, reading
from payments.gateway.answers import (
    Balance,
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Dispute,
    EventNotice,
    FraudWarning,
    PaymentIntent,
    Payout,
    RefundResult,
    WebhookEndpoint,
)
from payments.gateway.failures import ProviderRefused, SessionNotExpirable
from payments.gateway.translation import called, time_of

# The library would write an identifier into the home folder and send it along: we write nothing outside the checkout.
stripe.enable_telemetry = False

_EXTENSION = "bonsoir-gateway"
_PAGE = 100

Listing = Callable[[Any], Any]


class Gateway:
    """One account at Stripe, or at the stand-in when `api_base` is given.

    `assert_idle` raises when a database transaction is open; it is asked before every call. `timeout` is in seconds.
    `retries` repeats what got no answer (same idempotency key); `rate_limit_pauses` are seconds to wait after a 429.
    """

    def __init__(
        self,
        secret_key: str,
        webhook_secret: str,
        api_base: str | None = None,
        *,
        assert_idle: Callable[[], None],
        timeout: float = 20,
        retries: int = 2,
        rate_limit_pauses: Sequence[float] = (0.5, 1.0),
    ) -> None:
        self.livemode = secret_key.startswith(("sk_live_", "rk_live_"))
        if self.livemode and api_base:
            raise ValueError("a live key never talks to a stand-in")
        self._webhook_secret = webhook_secret
        self._assert_idle = assert_idle
        self._pauses = tuple(rate_limit_pauses)
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base.rstrip("/")} if api_base else None,
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=timeout, proxy=cast(Any, _without_proxy(api_base))),
        )

    def init_app(self, app: Flask) -> None:
        """Make this the gateway of `app`: see `current_gateway`."""
        app.extensions[_EXTENSION] = self

    # The pay page

    def create_session(self, params: Mapping[str, Any], key: str, *, patient: bool = True) -> CheckoutSession:
        """Open a pay page. `params` come from `session_params`; both must have been stored before.

        Whoever is not `patient` hears of a 429 at once (ProviderBusy).
        """
        sessions = self._client.v1.checkout.sessions
        given = cast(Any, dict(params))
        pauses = None if patient else ()
        return reading.session(self._ask(lambda: sessions.create(given, {"idempotency_key": key}), pauses))

    def get_session(self, session_id: str) -> CheckoutSession:
        """The session as Stripe has it now."""
        return reading.session(self._ask(lambda: self._client.v1.checkout.sessions.retrieve(session_id)))

    def expire_session(self, session_id: str) -> CheckoutSession:
        """Close a pay page and return it, expired. Raises SessionNotExpirable when the buyer was faster."""
        try:
            return reading.session(self._ask(lambda: self._client.v1.checkout.sessions.expire(session_id)))
        except ProviderRefused as refusal:
            # Stripe has no code for this refusal; the session itself says why. Expired already is what was wanted.
            session = self.get_session(session_id)
            if session.status == "expired":
                return session
            if session.status != "open":
                raise SessionNotExpirable(session_id, session.status) from refusal
            raise

    def list_sessions(
        self, *, created_since: datetime | None = None, status: str | None = None, payment_intent: str | None = None
    ) -> Iterator[CheckoutSession]:
        """Sessions, newest first. The way to find one whose answer was lost."""
        filters = {**_since(created_since), "status": status, "payment_intent": payment_intent}
        return map(reading.session, self._pages(self._client.v1.checkout.sessions.list, filters))

    # Payments and what follows them

    def get_payment_intent(self, intent_id: str) -> PaymentIntent:
        """The payment intent as Stripe has it now."""
        return reading.payment_intent(self._ask(lambda: self._client.v1.payment_intents.retrieve(intent_id)))

    def get_charge(self, charge_id: str) -> Charge:
        """The charge as Stripe has it now."""
        return reading.charge(self._ask(lambda: self._client.v1.charges.retrieve(charge_id)))

    def list_charges(self, *, created_since: datetime | None = None) -> Iterator[Charge]:
        """Charges, newest first."""
        return map(reading.charge, self._pages(self._client.v1.charges.list, _since(created_since)))

    def create_refund(self, params: Mapping[str, Any], key: str) -> RefundResult:
        """Give money back. `params` come from `refund_params`; both must have been stored before."""
        refunds = self._client.v1.refunds
        return reading.refund(self._ask(lambda: refunds.create(cast(Any, dict(params)), {"idempotency_key": key})))

    def get_refund(self, refund_id: str) -> RefundResult:
        """The refund as Stripe has it now."""
        return reading.refund(self._ask(lambda: self._client.v1.refunds.retrieve(refund_id)))

    def list_refunds(
        self, *, payment_intent: str | None = None, created_since: datetime | None = None
    ) -> Iterator[RefundResult]:
        """Refunds, newest first, those made in the dashboard included."""
        filters = {"payment_intent": payment_intent, **_since(created_since)}
        return map(reading.refund, self._pages(self._client.v1.refunds.list, filters))

    def get_dispute(self, dispute_id: str) -> Dispute:
        """The dispute as Stripe has it now."""
        return reading.dispute(self._ask(lambda: self._client.v1.disputes.retrieve(dispute_id)))

    def get_fraud_warning(self, warning_id: str) -> FraudWarning:
        """An early fraud warning as Stripe has it now."""
        warnings = self._client.v1.radar.early_fraud_warnings
        return reading.fraud_warning(self._ask(lambda: warnings.retrieve(warning_id)))

    # Stripe's books

    def get_balance(self) -> Balance:
        """What Stripe holds for us."""
        return reading.balance(self._ask(lambda: self._client.v1.balance.retrieve()))

    def get_balance_transaction(self, transaction_id: str) -> BalanceTransaction:
        """One movement of the balance."""
        return reading.balance_transaction(
            self._ask(lambda: self._client.v1.balance_transactions.retrieve(transaction_id))
        )

    def list_balance_transactions(
        self, *, payout: str | None = None, source: str | None = None, created_since: datetime | None = None
    ) -> Iterator[BalanceTransaction]:
        """Movements, newest first. By payout: its members and the payout's own movement (automatic payouts only)."""
        filters = {"payout": payout, "source": source, **_since(created_since)}
        rows = self._pages(self._client.v1.balance_transactions.list, filters)
        return map(reading.balance_transaction, rows)

    def list_payouts(self, *, created_since: datetime | None = None) -> Iterator[Payout]:
        """Payouts, newest first."""
        return map(reading.payout, self._pages(self._client.v1.payouts.list, _since(created_since)))

    def get_payout(self, payout_id: str) -> Payout:
        """The payout as Stripe has it now."""
        return reading.payout(self._ask(lambda: self._client.v1.payouts.retrieve(payout_id)))

    # Events

    def verify_event(self, payload: bytes, signature_header: str | None) -> EventNotice:
        """The event of a webhook's raw body; raises Unverified. No call is made."""
        return notices.verify(payload, signature_header, self._webhook_secret, livemode=self.livemode)

    def list_events(
        self, *, after: str | None = None, types: Sequence[str] = (), created_since: datetime | None = None
    ) -> Iterator[EventNotice]:
        """Events, oldest first, from the one following `after`; Stripe keeps them for 30 days.

        `types` are at most 20 names. An `after` that Stripe has forgotten is refused (ProviderRefused).
        """
        filters = {"types": list(types) or None, **_since(created_since)}
        listing = self._client.v1.events.list
        if after:
            return map(reading.event, self._pages(listing, filters, after))
        return map(reading.event, reversed(list(self._pages(listing, filters))))

    def get_webhook_endpoints(self) -> list[WebhookEndpoint]:
        """Where Stripe is set to ring: for the configuration check."""
        rows = self._pages(self._client.v1.webhook_endpoints.list, {})
        return [reading.webhook_endpoint(row) for row in rows]

    def get_time(self) -> datetime | None:
        """What time it is at Stripe, to the second; None where the answer does not tell."""
        self._assert_idle()
        return time_of(lambda: self._client.v1.balance.retrieve())

    # How a call is made

    def _ask(self, ask: Callable[[], Any], pauses: Sequence[float] | None = None) -> dict[str, Any]:
        """One call: nothing of ours held, 429 waited out, Stripe's object as a plain dictionary."""
        for pause in self._pauses if pauses is None else pauses:
            self._assert_idle()
            try:
                return called(ask)
            except stripe.RateLimitError:
                clock.pause(pause)
        self._assert_idle()
        return called(ask, last=True)

    def _pages(
        self, listing: Listing, filters: Mapping[str, Any], after: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """All rows, newest first; with `after`, those newer than it, oldest first. Each page is a call of its own."""
        cursor, edge = ("ending_before", 0) if after else ("starting_after", -1)
        params = {"limit": _PAGE, cursor: after, **filters}
        while True:
            page = self._page(listing, params)
            rows = page["data"]
            yield from reversed(rows) if after else rows
            if not page["has_more"] or not rows:
                return
            params = {**params, cursor: rows[edge]["id"]}

    def _page(self, listing: Listing, params: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in params.items() if value is not None}
        return self._ask(lambda: listing(given))


def current_gateway() -> Gateway:
    """The gateway of the running application."""
    return cast(Gateway, current_app.extensions[_EXTENSION])


def _since(moment: datetime | None) -> dict[str, Any]:
    return {"created": {"gte": int(moment.timestamp())}} if moment else {}


def _without_proxy(api_base: str | None) -> dict[str, Any] | None:
    """The stand-in is on this machine: a proxy named in the environment has no business between us."""
    return {"no_proxy": urlsplit(api_base).hostname} if api_base else None
