"""Phones at the door in a real browser that keeps what it stored, and a server that can go away and come back."""

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from flask import Flask
from playwright.sync_api import BrowserContext, Error, Page, Playwright, expect
from werkzeug.serving import BaseWSGIServer, make_server

from app import create_app
from events.catalogue.models import Event
from events.core.db import db, transaction
from tests.events.door.conftest import new_code, seats, seed, settings
from tests.support.chromium import executable
from tests.support.servers import free_port

PIN = "2580"


class House:
    """The application behind one address that can go away and come back."""

    def __init__(self, app: Flask, port: int) -> None:
        self.app, self.port = app, port
        self._server: BaseWSGIServer | None = None
        self._thread: Thread | None = None

    def open(self) -> None:
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self._thread = Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        self._server = None


@dataclass
class Cast:
    """The house, and the codes of its guests."""

    house: House
    event_id: int
    codes: Sequence[str]


@contextmanager
def full_house(sqlite_url: str, parties: int, names: Sequence[str] = ()) -> Iterator[Cast]:
    """An open house with so many parties of four."""
    port = free_port()
    app = create_app(settings(sqlite_url) | {"PUBLIC_URL": f"http://127.0.0.1:{port}"})
    house = House(app, port)
    with app.app_context():
        with transaction() as session:
            event = session.get_one(Event, seed().event_id)
            booked = [names[number] if names else f"Guest {number}" for number in range(parties)]
            codes = [guest.ticket.code for name in booked for guest in seats(event, name, 4)]
        house.open()
        try:
            yield Cast(house, event.id, codes)
        finally:
            house.close()
            db.session.remove()
            db.engine.dispose()


@contextmanager
def phone(playwright: Playwright, profile: Path) -> Iterator[BrowserContext]:
    """A phone with what it stored before."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable(),
        headless=True,
        viewport={"width": 390, "height": 844},
        locale="en-GB",
        args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])],
        env={**os.environ, "HOME": str(profile), "XDG_CONFIG_HOME": str(profile), "XDG_CACHE_HOME": str(profile)},
    )
    try:
        yield context
    finally:
        with suppress(Error):  # it may have been killed
            context.close()


def kill(profile: Path) -> None:
    """End the browser of this profile as an empty battery does."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if f"--user-data-dir={profile}".encode() in words:
                os.kill(int(entry.name), signal.SIGKILL)


def pair(context: BrowserContext, cast: Cast, gate: str) -> Page:
    page = context.pages[0]
    enter(page, cast, gate)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    expect(page.get_by_text("Online", exact=True)).to_be_visible(timeout=20000)
    return page


def enter(page: Page, cast: Cast, gate: str, pin: str = PIN) -> None:
    """Pair the phone that shows this page."""
    page.goto(f"http://127.0.0.1:{cast.house.port}/door?lang=en")
    page.get_by_label("Name of this phone").fill(gate)
    page.get_by_label("Pairing code").fill(new_code(cast.event_id, gate))
    page.get_by_label("Choose a PIN").fill(pin)
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_text("arrived of")).to_be_visible(timeout=20000)


def show(page: Page, code: str, heading: str, patience: float = 15000) -> None:
    """Type a code, and stay with the verdict."""
    page.get_by_label("Ticket code").fill(code)
    page.get_by_role("button", name="Check").click()
    verdict = page.get_by_role("status").get_by_role("heading", name=heading, exact=True)
    expect(verdict).to_be_visible(timeout=patience)


def scan(page: Page, code: str, heading: str = "Admitted") -> None:
    """The same, and on to the next ticket."""
    show(page, code, heading)
    page.get_by_role("button", name="Next ticket").click()


def reopen(context: BrowserContext, cast: Cast) -> Page:
    page = context.pages[0]
    page.goto(f"http://127.0.0.1:{cast.house.port}/door?lang=en")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Unlock").click()
    expect(page.get_by_label("Ticket code")).to_be_visible(timeout=20000)
    return page
