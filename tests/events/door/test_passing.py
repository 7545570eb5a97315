"""The office sees on a guest's page when and by which phone they came in, and when that was undone."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import select

from events.core.db import db
from events.core.i18n import short_moment
from events.door.models import Admission
from tests.events.door.conftest import Evening, PairPhone, Phone

ZONE = "Asia/Bangkok"


def told(organiser: FlaskClient, number: int = 1) -> list[str]:
    """The lines about the door on a guest's page."""
    page = unescape(organiser.get(f"/manage/dinner/guests/{number}?lang=en").text)
    (part,) = re.findall(r'<div class="passages">(.*?)</div>', page, re.DOTALL)
    plain = (re.sub(r"<[^>]+>", "", line).strip() for line in part.split("<dd>")[1].split("</li>"))
    return [line for line in plain if line]


def lived(at: str) -> str:
    """As the organiser reads it, in the evening's own time."""
    return short_moment(datetime.fromisoformat(at), ZONE)


def test_who_has_not_come_is_not_here_yet(organiser: FlaskClient, evening: Evening) -> None:
    assert told(organiser) == ["not here yet"]


def test_coming_in_and_its_undoing_are_told_with_hour_door_and_phone(
    organiser: FlaskClient, pair: PairPhone, evening: Evening
) -> None:
    answer = pair().scan(evening.helene)
    came = f"Came in: {lived(answer['at'])} · Door A · Nok’s phone"
    assert told(organiser) == [came]
    pair("Door B").post("undo", {"scan_id": answer["scan_id"], "ticket": "0001"})
    (at,) = db.session.scalars(select(Admission.at).where(Admission.undoes.is_not(None)))
    undone = f"Admission undone: {lived(at.isoformat())} · Door B · Nok’s phone"
    assert told(organiser) == [came, undone]
    assert told(organiser, 2) == ["not here yet"]


def test_without_a_connection_the_phones_own_hour_counts(
    organiser: FlaskClient, phone: Phone, evening: Evening
) -> None:
    at = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    phone.scan(evening.helene, str(uuid4()), at=at, offline=True)
    assert told(organiser) == [f"Came in: {lived(at)} · Door A · Nok’s phone · without a connection"]
