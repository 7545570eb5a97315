"""The stand-in as a process of its own: `python -m payments.gateway.sandbox --port 8001 --webhook-url ...`."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from payments.gateway.sandbox.server import LiveKeyRefused, start


def main() -> int:
    """Serve until SIGINT or SIGTERM; 1 when it must not run, 2 on wrong usage."""
    parser = argparse.ArgumentParser(prog="payments.gateway.sandbox", description="A stand-in for Stripe.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--webhook-url")
    parser.add_argument("--webhook-secret", default="")
    parser.add_argument("--retry-scale", type=float, default=1.0, help="multiplies the pauses between deliveries")
    parser.add_argument("--state", type=Path, help="a file that keeps the books from one run to the next")
    parser.add_argument("--merchant", default="Bonsoir")
    chosen = parser.parse_args()
    ended = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: ended.set())
    try:
        running = start(**vars(chosen))
    except LiveKeyRefused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    sys.stdout.write(f"stand-in {running.url}\n")
    sys.stdout.flush()
    ended.wait()
    running.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
