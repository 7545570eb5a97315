"""docs/scale.md says which address may be kept, how long and by whom: every address of the application is asked."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from events.catalogue import sharing
from events.catalogue.models import Event
from events.catalogue.photos import CoverPhoto, GalleryFile, GalleryPicture
from events.core import assets, clock
from events.core.db import db, transaction
from events.core.settings import ROOT
from events.tickets.models import Ticket
from tests.support import rights
from tests.support.staff import Staff, sell

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
TABLE = dict(re.findall(r"^\| `(/[^`]*)` \| [^|]+ \| `([^`]+)` \|$", PAGE, re.MULTILINE))
PICTURE = "abcdef0123456789"
ONCE_MORE = {"release": assets.release(), "filename": "css/base.css", "hue": "178", "chroma": "75", "lang": "en"} | {
    "slug": "dinner", "size": "small", "name": PICTURE, "kind": "jpg"
}  # fmt: skip


@pytest.fixture
def shown(staff: Staff, tmp_path: Path) -> Staff:
    """The dinner with a colour, a cover and a picture, and somebody who bought two seats."""
    staff.app.config["BONSOIR_VAR"] = tmp_path
    with staff.app.app_context(), transaction() as session:
        event = session.scalars(select(Event).filter_by(slug="dinner")).one()
        event.cover, event.organisation.accent_hue, event.organisation.accent_chroma = "second", 12, 60
        session.add(CoverPhoto(event_id=event.id, small=b"small", wide=b"wide"))
        file = GalleryFile(size="small", kind="jpg", body=b"picture")
        session.add(GalleryPicture(event_id=event.id, name=PICTURE, added_at=clock.now(), files=[file]))
        sell("dinner", "A7K2Q", "Ann", [("Ann", ""), ("Ben", "")])
    return staff


def versions(staff: Staff) -> dict[str, str]:
    """Today's version of what has one, by the path of its address."""
    with staff.app.test_request_context():
        event = db.session.scalars(select(Event).filter_by(slug="dinner")).one()
        return {"accent": "12-60", "cover": "second", "share": sharing.version(event, "en")}


def sample(address: str, version: dict[str, str]) -> str:
    """An address of the table with something true in every blank."""
    slug = version["house"] if address.startswith("/accent/<slug>") else "dinner"
    of_today = next((today for part, today in version.items() if f"/{part}" in address), "")
    values = ONCE_MORE | {"slug": slug, "version": of_today}
    return re.sub(r"<(\w+)>", lambda blank: values[blank[1]], address)


@pytest.fixture
def known(shown: Staff) -> dict[str, str]:
    with shown.app.app_context():
        house = db.session.scalars(select(Event).filter_by(slug="dinner")).one().organisation.slug
    return versions(shown) | {"house": house}


def test_every_row_of_the_table_is_true(shown: Staff, known: dict[str, str]) -> None:
    stranger = shown.app.test_client()
    assert len(TABLE) == 17
    for address, told in TABLE.items():
        answer = stranger.get(sample(address, known))
        assert answer.status_code == (302 if address == "/e/<slug>" else 200), address
        assert answer.headers["Cache-Control"] == told, address
        answer.close()


def test_what_a_proxy_may_keep_is_the_same_for_everybody(shown: Staff, known: dict[str, str]) -> None:
    """Whoever is signed in, too: no cookie is read for it, and none is set."""
    shared = [address for address, told in TABLE.items() if told.startswith("public")]
    assert len(shared) == 8
    stranger = shown.app.test_client()
    bodies = {address: stranger.get(sample(address, known), buffered=True).data for address in shared}
    with shown.signed_in("owner", "th") as owner:
        for address in shared:
            answer = owner.get(sample(address, known), buffered=True)
            assert answer.data == bodies[address], address
            assert "Set-Cookie" not in answer.headers, address
            assert answer.headers.get("Vary", "Accept-Encoding") == "Accept-Encoding", address


def test_an_evening_that_only_its_team_sees_is_kept_by_nobody(shown: Staff) -> None:
    with shown.app.app_context(), transaction() as session:
        session.scalars(select(Event).filter_by(slug="dinner")).one().status = "draft"
    assert shown.app.test_client().get("/e/dinner?lang=en").status_code == 404
    with shown.signed_in("owner", "en") as owner:
        page = owner.get("/e/dinner?lang=en")
        assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
        picture = owner.get(f"/e/dinner/pictures/{PICTURE}-small.jpg", buffered=True)
        assert (picture.status_code, picture.headers["Cache-Control"]) == (200, "private, no-cache")


def test_only_the_version_of_today_is_kept_for_good(shown: Staff, known: dict[str, str]) -> None:
    stranger = shown.app.test_client()
    old = {name: "0" * 12 if name != "house" else known["house"] for name in known}
    for address in [address for address in TABLE if "<version>" in address]:
        assert "immutable" not in stranger.get(sample(address, old)).headers["Cache-Control"], address
    other = stranger.get("/static/0123456789ab/css/base.css")
    assert (other.status_code, other.headers["Cache-Control"]) == (200, "no-cache")
    other.close()
    missing = stranger.get(f"{assets.place()}/css/missing.css")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_a_page_loads_its_files_from_its_own_release(shown: Staff) -> None:
    page = shown.app.test_client().get("/e/dinner?lang=en").text
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(loaded) > 4
    assert {address.rpartition("/static/")[2].split("/")[0] for address in loaded} == {assets.release()}
    second = shown.app.test_client().get("/door/second.js").text
    assert set(re.findall(r'"(/static/\w+)/', second)) == {assets.place()}


def asked(staff: Staff, client: FlaskClient, rules: list[Rule], token: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Addresses that the table does not name, with what they say of keeping."""
    for rule in rules:
        address = rights.address_of(staff.app, rule)
        for start, real in token.items():
            address = (
                re.sub(rf"^{start}[^/.]+", f"{start}{real}", address) if rule.rule.startswith(start + "<") else address
            )
        with client.get(address) as answer:
            yield f"{rule.rule} {answer.status_code}", answer.headers["Cache-Control"]


def test_everything_else_is_kept_by_nobody(shown: Staff) -> None:
    app = shown.app
    with app.app_context():
        ticket = db.session.scalars(select(Ticket).join(Ticket.event).where(Event.slug == "dinner")).first()
        assert ticket is not None
        token = {"/o/": "token-of-A7K2Q", "/t/": ticket.token}
    in_table = {plain(address) for address in TABLE}
    rest = [
        rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and plain(rule.rule) not in in_table
    ]
    opened = [rule for rule in rest if getattr(app.view_functions[rule.endpoint], "is_public", False)]
    told = dict(asked(shown, app.test_client(), opened, token))
    with shown.signed_in("owner") as owner:
        told |= dict(asked(shown, owner, [rule for rule in rest if rule not in opened], token))
    assert {address: says for address, says in told.items() if says != "no-store"} == {}
    assert len([address for address in told if address.endswith("200")]) > 60
    assert {"/o/<token> 200", "/t/<token> 200", "/o/<token>.json 200", "/manage/<slug>/guests 200"} <= set(told)


def plain(address: str) -> str:
    """The rule or the table's address without the names of its blanks."""
    return re.sub(r"<[^>]+>", "<>", address.partition("?")[0])
