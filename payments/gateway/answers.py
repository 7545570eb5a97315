"""What Stripe answers, as plain values. Amounts are ISO minor units, currencies upper case, times aware UTC."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class CheckoutSession:
    """A hosted pay page. `order_metadata` is what we put on it; `url` is long and needs its fragment: keep it whole."""

    id: str
    mode: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    amount_total: int | None
    currency: str | None
    client_reference_id: str | None
    order_metadata: dict[str, str]
    payment_intent: str | None
    url: str | None
    expires_at: datetime
    livemode: bool

    @property
    def is_paid(self) -> bool:
        """Whether the money is ours; a completed session may still be unpaid."""
        return self.status == "complete" and self.payment_status in {"paid", "no_payment_required"}


@dataclass(frozen=True)
class PaymentIntent:
    """One attempt to take money, which outlives declined cards. `status` is Stripe's word."""

    id: str
    status: str
    amount: int
    amount_received: int
    currency: str
    latest_charge: str | None
    order_metadata: dict[str, str]
    livemode: bool


@dataclass(frozen=True)
class Charge:
    """Money taken. `balance_transaction` may be None until Stripe has booked it (`charge.updated`)."""

    id: str
    status: str
    amount: int
    amount_refunded: int
    currency: str
    paid: bool
    refunded: bool
    disputed: bool
    payment_intent: str | None
    balance_transaction: str | None
    method: str | None
    order_metadata: dict[str, str]
    created: datetime
    livemode: bool


@dataclass(frozen=True)
class RefundResult:
    """A refund: `pending`, `requires_action` (Stripe waits for the customer), `succeeded`, `failed` or `canceled`."""

    id: str
    status: str
    amount: int
    currency: str
    charge: str | None
    payment_intent: str | None
    balance_transaction: str | None
    failure_balance_transaction: str | None
    failure_reason: str | None
    reason: str | None
    order_metadata: dict[str, str]
    created: datetime


@dataclass(frozen=True)
class Dispute:
    """A payment contested by its bank. `balance_transactions` are the sums moved by it so far."""

    id: str
    status: str
    reason: str
    amount: int
    currency: str
    charge: str
    payment_intent: str | None
    balance_transactions: tuple[str, ...]
    due_by: datetime | None
    created: datetime
    livemode: bool


@dataclass(frozen=True)
class FraudWarning:
    """The card network thinks that a payment was a fraud; a dispute may follow."""

    id: str
    charge: str
    payment_intent: str | None
    fraud_type: str
    created: datetime


@dataclass(frozen=True)
class BalanceTransaction:
    """One movement of Stripe's balance, in the settlement currency: `net = amount - fee`. Classify by category."""

    id: str
    type: str
    reporting_category: str
    amount: int
    fee: int
    net: int
    currency: str
    exchange_rate: Decimal | None
    source: str | None
    status: str
    description: str | None
    created: datetime
    available_on: datetime


@dataclass(frozen=True)
class Payout:
    """Money on its way to the bank. Members are listed by payout for automatic ones only."""

    id: str
    status: str
    amount: int
    currency: str
    automatic: bool
    balance_transaction: str | None
    failure_balance_transaction: str | None
    failure_code: str | None
    reconciliation_status: str
    arrival_date: datetime
    created: datetime
    livemode: bool


@dataclass(frozen=True)
class Balance:
    """What Stripe holds for us, by currency."""

    available: dict[str, int] = field(default_factory=dict)
    pending: dict[str, int] = field(default_factory=dict)
    livemode: bool = False


@dataclass(frozen=True)
class WebhookEndpoint:
    """Where Stripe rings, and for which events."""

    id: str
    url: str
    status: str
    enabled_events: tuple[str, ...]
    api_version: str | None
    livemode: bool


@dataclass(frozen=True)
class EventNotice:
    """A bell: something happened to an object. Re-read the object for the truth (a balance has no id)."""

    id: str
    type: str
    object_type: str
    object_id: str | None
    created: datetime
    livemode: bool
    api_version: str | None
