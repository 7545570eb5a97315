"""Brings events to the webhook endpoints: signed, in no promised order, again and again until one answers 2xx."""

import http.client
import json
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import stripe

from payments.gateway.sandbox.books import Books, Obj

_PAUSES = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800)  # seconds, times the configured scale
_TIMEOUT = 20
_SHUFFLE_FOR = 0.2


@dataclass(frozen=True)
class Task:
    """One event for one endpoint, for the `attempt`-th time (from 0)."""

    event_id: str
    endpoint_id: str
    attempt: int = 0


class Courier:
    """A few threads that deliver. `start` once; `stop` forgets what is not delivered."""

    def __init__(self, books: Books, threads: int = 4) -> None:
        self.books = books
        self.log: list[Obj] = []
        self._queue: queue.SimpleQueue[list[Task]] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]
        self._timers: set[threading.Timer] = set()
        self._held: list[Task] = []
        self._open = 0  # tasks promised and neither delivered nor given up
        self._changed = threading.Condition()
        self._stopped = False

    def start(self) -> None:
        self.books.on_event = self.submit
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        for _ in self._threads:
            self._queue.put([])
        for thread in self._threads:
            thread.join(_TIMEOUT)

    def submit(self, event: Obj) -> None:
        """Promise an event to every endpoint that asked for its type, with whatever faults are set."""
        for endpoint in self.books.all("webhook_endpoint"):
            wanted = endpoint["enabled_events"]
            if "*" in wanted or event["type"] in wanted:
                for _ in range(self.books.faults.copies()):
                    self._place(Task(event["id"], endpoint["id"]))

    def release(self) -> int:
        """Deliver what was held back, the last first; returns how many."""
        with self._changed:
            held, self._held = self._held, []
        if held:
            self._queue.put(held[::-1])  # one thread brings them all, in this order
        return len(held)

    def wait_quiet(self, seconds: float) -> bool:
        """Wait until nothing is under way (held events and pauses before a retry count as under way)."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open == 0, seconds)

    def _place(self, task: Task) -> None:
        faults = self.books.faults.events
        with self._changed:
            self._open += 1
            if faults.hold or faults.shuffle:
                self._held.append(task)
                first = len(self._held) == 1
        if faults.hold:
            return
        if faults.shuffle:
            if first:
                self._after(_SHUFFLE_FOR, self.release)
        else:
            self._later(faults.delay, task)

    def _later(self, seconds: float, task: Task) -> None:
        if seconds > 0:
            self._after(seconds, lambda: self._queue.put([task]))
        else:
            self._queue.put([task])

    def _after(self, seconds: float, act: Callable[[], object]) -> None:
        def fire() -> None:
            with self._changed:
                self._timers.discard(timer)
            act()

        timer = threading.Timer(seconds, fire)
        timer.daemon = True
        with self._changed:
            if self._stopped:
                return
            self._timers.add(timer)
        timer.start()

    def _work(self) -> None:
        while tasks := self._queue.get():
            for task in tasks:
                self._try(task)

    def _try(self, task: Task) -> None:
        again = self._deliver(task)
        if again and task.attempt < len(_PAUSES):
            pause = _PAUSES[task.attempt] * self.books.config.retry_scale
            self._later(pause, Task(task.event_id, task.endpoint_id, task.attempt + 1))
        else:
            self._done()

    def _done(self) -> None:
        with self._changed:
            self._open -= 1
            self._changed.notify_all()

    def _deliver(self, task: Task) -> bool:
        """Deliver once; whether it must be tried again."""
        with self.books.lock:
            event = self.books.get("event", task.event_id)
            endpoint = self.books.kinds["webhook_endpoint"].get(task.endpoint_id)
            if endpoint is None:
                return False
            payload = json.dumps(event, indent=2)
            secret, url, now = self.books.secrets[task.endpoint_id], endpoint["url"], self.books.now()
        # Signed anew at every attempt, as Stripe does.
        signature = stripe.WebhookSignature.generate_signature_header(payload, secret, timestamp=now)
        status = _post(url, payload.encode(), signature)
        delivered = 200 <= status < 300
        with self.books.lock:
            self.log.append({"event": event["id"], "type": event["type"], "url": url, "status": status, "at": now})
            if delivered:
                event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
        return not delivered


def _post(url: str, payload: bytes, signature: str) -> int:
    """The HTTP status, or 0 when nobody answered. A redirect is no delivery."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_TIMEOUT)
    headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
    try:
        connection.request("POST", parts.path + (f"?{parts.query}" if parts.query else ""), payload, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
