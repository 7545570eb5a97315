"""The manual: its pages are found, its links lead somewhere, and as a site it asks no other host."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from payments.orders.models import TRANSITIONS
from tests.support import pictures, states
from tests.support.manual import CONFIG, DOCS, PAGES, ROOT, kinds, targets

LATER = {"asvs.md", "performance.md", "scale.md"}
"""Pages that have their place in the navigation before they are written."""
OUTWARD = re.compile(r"^(?:https?:)?//")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The manual built as `make docs` builds it: whatever it warns of is a fault."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--config-file", str(CONFIG)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run([*build, "--site-dir", str(folder)], capture_output=True, text=True, env=quiet)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


class Loads(HTMLParser):
    """What a page fetches by itself."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "link" and given.get("rel") not in {"canonical", "prev", "next"}:
            self.found.append(given.get("href", ""))
        self.found += [given[name] for name in ("src", "srcset", "data", "poster") if tag != "a" and name in given]


def test_navigation_lists_every_page() -> None:
    listed = re.findall(r"^ +- .+: ([\w-]+\.md)$", CONFIG.read_text(encoding="utf-8"), re.MULTILINE)
    there = {path.name for path in DOCS.glob("*.md")}
    assert len(listed) == len(set(listed))
    assert there <= set(listed) <= there | LATER


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_to_files_that_are_there(page: Path) -> None:
    inward = [target for target in targets(page) if not re.match(r"\w+:|#", target)]
    assert [target for target in inward if not (page.parent / target.partition("#")[0]).exists()] == []


def test_pictures_are_those_that_are_taken_and_each_is_shown() -> None:
    there = {path.name for path in pictures.PICTURES.iterdir()}
    assert there == {f"{name}.webp" for name in pictures.TAKEN}
    shown = {Path(target).name for page in PAGES for target in targets(page) if "pictures/" in target}
    assert shown == there
    assert max(path.stat().st_size for path in pictures.PICTURES.iterdir()) < 120_000


def test_tables_of_steps_are_those_of_the_code() -> None:
    page = states.PAGE.read_text(encoding="utf-8")
    assert states.written(page) == page, "run: python -m tests.support.states"
    assert set(re.findall(r"<!-- steps of (\w+) -->", page)) == set(states.MACHINES)


def test_drawn_steps_of_an_order_are_steps() -> None:
    drawn = re.findall(r'data-step="(\w+) (\w+)"', (DOCS / "drawings" / "order.svg").read_text(encoding="utf-8"))
    assert len(drawn) > 12
    assert set(drawn) <= {(before, after) for before, after, _trigger in TRANSITIONS}


def test_table_of_rooms_is_complete() -> None:
    told = set(re.findall(r"^\| `(\w+/\w+)` \|", states.PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    floors = (ROOT / "events", ROOT / "payments")
    there = {f"{floor.name}/{path.parent.name}" for floor in floors for path in floor.glob("*/__init__.py")}
    assert told == there


def test_the_site_names_no_other_host_to_load_from(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 10
    assert [(page.name, one) for page in pages for one in Loads(page).found if OUTWARD.match(one)] == []
    sheets = "".join(path.read_text(encoding="utf-8") for path in site.rglob("*.css"))
    assert re.findall(r"(?:url\(|@import\s+)[\"']?(?:https?:)?//[^)\s]*", sheets) == []


def test_every_block_is_set_as_one(site: Path) -> None:
    """A fence that the site's Markdown does not know becomes words in a line, and nothing warns of it."""
    for page in PAGES[1:]:
        text = (site / f"{page.stem}.html").read_text(encoding="utf-8")
        assert len(re.findall(r'<div class="[^"]*\bhighlight"', text)) >= len(kinds(page)), page.name


@pytest.mark.browser
def test_the_site_is_read_and_searched_from_its_folder(site: Path, browser: Browser) -> None:
    """Opened as a file, on a phone, with no network at all: pictures, faces and search are there."""
    page = browser.new_context(viewport={"width": 390, "height": 844}, offline=True).new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto(site.joinpath("donor.html").as_uri())
    assert page.evaluate("Array.from(document.images).filter(one => one.complete && !one.naturalWidth).length") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("label.md-header__button[for=__search]").click()
    page.get_by_role("textbox", name="Search").press_sequentially("wheelchair")
    found = page.locator(".md-search-result__link").first
    expect(found).to_have_attribute("href", re.compile("volunteer.html"), timeout=15_000)
    assert [address for address in asked if not address.startswith(("file:", "blob:", "data:", "about:"))] == []
    assert complaints == []
