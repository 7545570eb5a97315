"""The folder of a demonstration: one runs in it at a time."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "running.lock"


class DemoRefused(Exception):
    """The demonstration must not run with what it was given; the message says why, in one sentence."""


@contextmanager
def alone_in(var: Path) -> Iterator[None]:
    """A second one would share the first one's data, or take them away when it begins anew. Raises DemoRefused."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sentence = f"A demonstration is running with its data in {var}: end it, or name another folder"
            raise DemoRefused(f"{sentence} in BONSOIR_VAR.") from None
        yield


def empty(var: Path) -> None:
    """Everything but the lock, which is held."""
    for one in var.iterdir():
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        elif one.name != LOCK:
            one.unlink(missing_ok=True)
