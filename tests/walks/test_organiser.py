"""A new organiser, from the invitation to a published evening in three languages with two tickets and a table plan."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLong
from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core.db import db, transaction
from events.seating.models import DiningTable
from events.team import inviting
from tests.support.browsing import watch
from tests.support.evening import System, running
from tests.support.world import organisation

pytestmark = pytest.mark.browser

MOST_INTERACTIONS = 60
SIZES = ((1280, 900), (390, 844))
_numbers = count(1)


@dataclass
class Hands:
    """The only way in which this walk touches the page, so that every touch is counted."""

    page: Page
    interactions: int = 0

    def go(self, address: str) -> None:
        """Type an address, or follow a link in a letter."""
        self.interactions += 1
        self.page.goto(address)

    def press(self, name: str, role: str = "button") -> None:
        """Press a button or follow a link."""
        self.interactions += 1
        self.page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]

    def find(self, name: str, group: str) -> None:
        """Follow a link of the navigation; on a phone its group is opened first."""
        link = self.page.get_by_role("link", name=name, exact=True)
        self._until_seen(link, self.page.get_by_role("link", name=group, exact=True).click)
        self.press(name, "link")

    def turn_to(self, name: str) -> None:
        """Follow a link of the editor; on a phone its line is opened first."""
        link = self.page.get_by_role("link", name=name, exact=True)
        self._until_seen(link, self.page.locator(".steps-folded summary").click)
        self.press(name, "link")

    def choose(self, name: str) -> None:
        """Tick a box or a choice."""
        self.interactions += 1
        self.page.get_by_label(name, exact=True).check()

    def write(self, field: str, text: str) -> None:
        """Fill in a field of this name."""
        self._fill(self.page.get_by_label(re.compile(rf"^{field}( \(optional\))?$")), text)

    def translate(self, field: str, **texts: str) -> None:
        """Fill in a field in several languages; where they are not side by side, each behind its tab."""
        for language, text in texts.items():
            column = self.page.get_by_role("group", name=field).locator(f"[lang={language}]")
            tab = self.page.locator(f".tabs label[lang={language}]")
            self._until_seen(column, tab.click)
            self._fill(column, text)

    def _until_seen(self, wanted: Locator, act: Callable[[], None]) -> None:
        """Press what shows it, if it is not to be seen; a page that was still coming takes the first press with it."""
        for _ in range(4):
            if wanted.is_visible():
                return
            self.interactions += 1
            with suppress(TooLong):
                act()
                wanted.wait_for(timeout=5000)

    def _fill(self, field: Locator, text: str) -> None:
        self.interactions += 1
        field.fill(text)


@pytest.fixture(scope="module")
def alone(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of this file's own: its charities stand beside the house, which other tests take for the only one."""
    folder = tmp_path_factory.mktemp("organiser")
    path = shutil.copyfile(sqlite_template, folder / "bonsoir.sqlite")
    with running(f"sqlite:///{path}", folder) as system:
        yield system


@pytest.fixture
def system(alone: System, monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setenv("BONSOIR_CLOCK_FILE", str(alone.clock_file))
    return alone


@pytest.fixture(params=SIZES, ids=["desk", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """A browser on a desk, and one in a hand."""
    width, height = request.param
    with browser.new_page(locale="en-GB", viewport={"width": width, "height": height}) as page:
        yield page


def invitation(system: System) -> str:
    """A charity that has nothing yet, and the letter's link for its first organiser."""
    number = next(_numbers)
    with system.looking(), transaction():
        house = organisation(slug=f"organiser-walk-{number}", name="The Lanterns")
        db.session.add(house)
        db.session.flush()
        return inviting.invite(f"organiser.{number}@example.org", "organiser", house.id)


def test_a_new_organiser_sets_up_an_evening_in_few_steps(system: System, page: Page) -> None:
    watching = watch(system)
    hands = Hands(watching.over(page))
    _begin(system, hands)
    _write_its_story(hands)
    _lay_tables(hands)
    slug = _publish(hands)
    assert hands.interactions <= MOST_INTERACTIONS, hands.interactions
    print(f"{hands.interactions} interactions at {page.viewport_size}")  # noqa: T201 - the number is what is asked for
    _is_there_for_everybody(system, slug)
    assert (watching.complaints, watching.strangers) == ([], [])


def _begin(system: System, hands: Hands) -> None:
    """From the letter to a draft."""
    hands.go(invitation(system))
    hands.press("Sign in")
    hands.press("New evening", "link")
    hands.choose("Gala with tables")
    hands.translate("Title", fr="La nuit des lanternes", en="Night of lanterns", th="คืนแห่งโคมไฟ")
    hands.write("Begins", "2031-11-15T19:00")
    hands.write("Venue", "The Orchid Hall")
    hands.write("How many guests can come", "80")
    hands.write("Price of one seat", "3,000")
    hands.write("Of which the guest receives", "1500")
    hands.press("Make the draft")
    expect(hands.page.get_by_text("Nothing is missing.")).to_be_visible()


def _write_its_story(hands: Hands) -> None:
    """Their own words in one part, a goal, a look at the page."""
    hands.turn_to("Parts of the page")
    hands.press("A table for a cause", "link")
    hands.translate(
        "Text",
        fr="Des lanternes pour l’école du soir.",
        en="Lanterns for the evening school.",
        th="โคมไฟเพื่อโรงเรียนภาคค่ำ",
    )
    hands.press("Save")
    expect(hands.page.get_by_text("Saved.")).to_be_visible()
    hands.turn_to("Gifts and goal")
    hands.write("Sum hoped for", "200,000")
    hands.press("Save")
    hands.turn_to("Preview Français")
    expect(hands.page.get_by_text("Des lanternes pour l’école du soir.")).to_be_visible()
    hands.press("Revenir à l’éditeur", "link")  # the preview speaks French


def _lay_tables(hands: Hands) -> None:
    """Eight round tables of ten."""
    hands.find("Tables", "Guests")
    hands.write("How many", "8")
    hands.write("Seats at each", "10")
    hands.press("Add")
    expect(hands.page.get_by_text("0/10").last).to_be_visible()  # the page changes under a hand that hurries


def _publish(hands: Hands) -> str:
    """Back in the editor, the last button; the address of the page."""
    hands.find("Edit", "Overview")
    hands.turn_to("Publish")
    hands.press("Publish")
    expect(hands.page.get_by_text("Published", exact=True)).to_be_visible()
    return hands.page.url.split("/manage/")[1].split("/")[0]


def _is_there_for_everybody(system: System, slug: str) -> None:
    """What a stranger reads, in each language; and the tables."""
    said = {"fr": "La nuit des lanternes", "en": "Night of lanterns", "th": "คืนแห่งโคมไฟ"}
    for language, title in said.items():
        page = system.visitor(language).get(f"/e/{slug}?lang={language}").text
        assert title in page
    assert "A table of ten" in system.visitor().get(f"/e/{slug}?lang=en").text
    form = system.visitor().get(f"/e/{slug}/order?lang=en").text
    assert form.count('name="ticket-') == 2
    with system.looking():
        event = db.session.scalars(select(Event).where(Event.slug == slug)).one()
        tables = db.session.scalar(select(func.count(DiningTable.id)).where(DiningTable.event_id == event.id))
        assert (event.status, event.goal, tables) == ("published", 20_000_000, 8)
