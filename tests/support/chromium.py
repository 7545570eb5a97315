"""The Chromium that browser tests drive: the system's if there is one, else Debian's package, else Playwright's.

`python -m tests.support.chromium` prints its path; with `--install` it first gets one where there is none.
"""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

PATIENCE = 90_000
"""Milliseconds."""
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class ChromiumMissing(Exception):
    """There is no browser to test with. Tests fail with it; they are never skipped."""


class _Driver(threading.local):
    """A thread may have one."""

    running: Playwright | None = None
    users = 0


_driver = _Driver()


@contextmanager
def driver() -> Iterator[Playwright]:
    """Playwright, started by whoever wants it first and stopped by whoever leaves last."""
    if _driver.running is None:
        _driver.running = sync_playwright().start()
    _driver.users += 1
    try:
        yield _driver.running
    finally:
        _driver.users -= 1
        if not _driver.users:
            _driver.running.stop()
            _driver.running = None


def executable() -> str:
    """The path of the browser. Raises ChromiumMissing."""
    found = _on_path() or _of_playwright()
    if found is None:
        raise ChromiumMissing("No Chromium was found: run `make browser`, or install one (Debian: chromium).")
    return found


@contextmanager
def launched(*arguments: str, headless: bool = True) -> Iterator[Browser]:
    """A browser started with further command line `arguments`, closed at the end."""
    # A home of its own: the browser writes there whatever its profile says, and the real one may not exist.
    with TemporaryDirectory(prefix="bonsoir-browser-") as home, driver() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable(),
            headless=headless,
            args=["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else []), *arguments],
            env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home},
        )
        _be_patient(browser)
        try:
            yield browser
        finally:
            browser.close()


def _be_patient(browser: Browser) -> None:
    """Every context waits longer than Playwright's half minute: on a busy machine a page may take that."""
    opened = browser.new_context

    def new_context(**wanted: Any) -> BrowserContext:  # noqa: ANN401 - Playwright's own
        context = opened(**wanted)
        context.set_default_timeout(PATIENCE)
        return context

    browser.new_context = new_context  # type: ignore[method-assign]


def install() -> None:
    """Get a browser: Debian's package as root on Debian, else Playwright's own download."""
    if os.geteuid() == 0 and Path("/etc/debian_version").exists():
        click.echo("No Chromium on this machine: installing Debian's package `chromium` (apt-get install).")
        _apt("update")
        _apt("install", "--yes", "--no-install-recommends", "chromium")
    else:
        click.echo("No Chromium on this machine: downloading Playwright's (into .browsers).")
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _apt(*arguments: str) -> None:
    subprocess.run(
        ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0", *arguments],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )


def _on_path() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _of_playwright() -> str | None:
    with driver() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


@click.command()
@click.option("--install", "wanted", is_flag=True, help="Get a browser where there is none.")
def main(wanted: bool) -> None:
    """Print the path of the browser that tests use."""
    if wanted and not (_on_path() or _of_playwright()):
        install()
    try:
        click.echo(executable())
    except ChromiumMissing as error:
        raise click.ClickException(str(error)) from error


if __name__ == "__main__":
    main()
