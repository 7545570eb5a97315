"""Switches: what shall go wrong with the next requests and the next events."""

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

REQUEST_FAULTS = ("rate_limit", "server_error", "server_error_after", "drop", "answer_lost", "timeout")


@dataclass(frozen=True)
class RequestFault:
    """The next `count` requests whose method and path begin like these.

    `rate_limit`: 429 · `server_error`: 500, nothing done · `server_error_after`: 500, but done · `drop`: closed at once
    · `answer_lost`: done, then closed · `timeout`: done, answered after `seconds`.
    """

    kind: str
    count: int = 1
    method: str = ""
    path: str = ""
    seconds: float = 0.0


@dataclass
class EventFaults:
    """What happens to the next events. Counts run down; `hold` keeps them until released."""

    lose: int = 0
    repeat: int = 0
    delay: float = 0.0
    shuffle: bool = False
    hold: bool = False


@dataclass
class Faults:
    """All switches; everything off at the start. Has its own lock, as deliveries read it too."""

    requests: list[RequestFault] = field(default_factory=list)
    events: EventFaults = field(default_factory=EventFaults)
    latency: float = 0.0
    rate_limit: int = 0  # requests a second, 0 = none
    endpoint_limit: int = 0  # the same for each endpoint by itself; Stripe has 25
    late_balance: bool = False  # charges are booked only when told
    refund_status: str = "succeeded"  # what a card refund becomes at once
    lock: threading.Lock = field(default_factory=threading.Lock)
    served: Counter[str] = field(default_factory=Counter)  # in this second, by endpoint
    limited: int = 0  # how often there was a 429 for these limits

    def configure(self, wanted: dict[str, Any]) -> None:
        """Apply what the switch API was sent. Raises TypeError or ValueError for what is no switch."""
        wanted = dict(wanted)
        with self.lock:
            self.requests += [_request_fault(row) for row in wanted.pop("requests", [])]
            self.events = replace(self.events, **wanted.pop("events", {}))
            for name, value in wanted.items():
                if name not in ("latency", "rate_limit", "endpoint_limit", "late_balance", "refund_status"):
                    raise ValueError(f"no such switch: {name}")
                setattr(self, name, value)

    def reset(self) -> None:
        with self.lock:
            self.requests, self.events = [], EventFaults()
            self.latency, self.late_balance, self.refund_status = 0.0, False, "succeeded"
            self.rate_limit = self.endpoint_limit = self.limited = 0

    def take(self, method: str, path: str, endpoint: str = "") -> RequestFault | None:
        """The fault for this request, if one is set; it is used up."""
        with self.lock:
            self.served[endpoint] += 1
            if self._is_too_much(endpoint):
                self.limited += 1
                return RequestFault("rate_limit")
            for index, fault in enumerate(self.requests):
                if path.startswith(fault.path) and method.startswith(fault.method):
                    rest = [replace(fault, count=fault.count - 1)] if fault.count > 1 else []
                    self.requests[index : index + 1] = rest
                    return fault
        return None

    def _is_too_much(self, endpoint: str) -> bool:
        if self.rate_limit and self.served.total() > self.rate_limit:
            return True
        return bool(self.endpoint_limit) and self.served[endpoint] > self.endpoint_limit

    def next_second(self) -> None:
        with self.lock:
            self.served.clear()

    def copies(self) -> int:
        """How many times the next event is delivered: 0 when it is to be lost, 2 when repeated."""
        with self.lock:
            if self.events.lose:
                self.events.lose -= 1
                return 0
            if self.events.repeat:
                self.events.repeat -= 1
                return 2
        return 1


def _request_fault(row: dict[str, Any]) -> RequestFault:
    fault = RequestFault(**row)
    if fault.kind not in REQUEST_FAULTS:
        raise ValueError(f"no such fault: {fault.kind}")
    return fault
