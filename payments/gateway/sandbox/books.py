"""Everything the stand-in remembers: one object, one lock, gone when it ends."""

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import stripe

from events.core import clock, tokens
from payments.gateway.notices import EVENT_TYPES
from payments.gateway.sandbox.errors import missing
from payments.gateway.sandbox.faults import Faults

Obj = dict[str, Any]


@dataclass(frozen=True)
class Config:
    """How this stand-in is set. Fees are (basis points, fixed sum in ISO minor units) by currency, else the default."""

    webhook_events: tuple[str, ...] = EVENT_TYPES
    fees: dict[str, tuple[int, int]] = field(default_factory=lambda: {"thb": (365, 1000)})
    default_fee: tuple[int, int] = (290, 30)
    dispute_fee: int = 1500
    days_to_available: int = 2
    retry_scale: float = 1.0  # multiplies the pauses between deliveries
    merchant: str = "Bonsoir"
    clock_file: str | None = None  # of the system it stands in, where one process holds several


class Books:
    """Objects by kind and id, in the order they were made. Whoever reads or writes holds `lock`."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.lock = threading.RLock()
        self.kinds: dict[str, dict[str, Obj]] = {}
        self.secrets: dict[str, str] = {}  # of webhook endpoints
        self.members: dict[str, str] = {}  # balance transaction -> payout
        self.open_sessions: dict[str, Obj] = {}
        self.line_items: dict[str, list[Obj]] = {}  # by session
        self.intent_data: dict[str, Obj] = {}  # by session: what its payment will carry
        self.saved: dict[str, Any] = {}  # idempotency key -> record
        self.saved_lock = threading.Lock()  # its own: a key in use is said at once, not after the work
        self.faults = Faults()
        self.base = ""  # our own address, once known
        self.offset = 0  # seconds this clock was moved by the switch API
        self.on_event: Callable[[Obj], None] = lambda event: None

    def now(self) -> int:
        """Seconds since 1970 on the clock all of us share, moved by what the switch API was told."""
        return int(clock.now(self.config.clock_file).timestamp()) + self.offset

    def add(self, obj: Obj) -> Obj:
        self.kinds.setdefault(obj["object"], {})[obj["id"]] = obj
        return obj

    def all(self, kind: str) -> list[Obj]:
        """Objects of a kind, oldest first."""
        return list(self.kinds.get(kind, {}).values())

    def get(self, kind: str, object_id: str, param: str | None = None) -> Obj:
        """The object; raises ApiError as Stripe does for an unknown id (in the address, or in parameter `param`)."""
        try:
            return self.kinds.get(kind, {})[object_id]
        except KeyError:
            raise missing(kind.rsplit(".", 1)[-1], object_id, param) from None

    def find(self, object_id: str) -> Obj | None:
        """The object of any kind with this id."""
        return next((rows[object_id] for rows in self.kinds.values() if object_id in rows), None)

    def emit(self, event_type: str, obj: Obj) -> Obj:
        """Note an event with the object as it is now, and hand it to whoever delivers."""
        event = self.add(
            {
                "id": ident("evt"),
                "object": "event",
                "api_version": stripe.api_version,
                "created": self.now(),
                "data": {"object": copy.deepcopy(obj)},
                "livemode": False,
                "pending_webhooks": len(self.all("webhook_endpoint")),
                "request": {"id": None, "idempotency_key": None},
                "type": event_type,
            }
        )
        self.on_event(event)
        return event


def ident(prefix: str, length: int = 24) -> str:
    """A new id as Stripe's look: a prefix and letters."""
    return f"{prefix}_{letters(length)}"


def letters(length: int) -> str:
    """Random letters and digits."""
    return "".join(c for c in tokens.new_token(length * 2) if c.isalnum())[:length]
