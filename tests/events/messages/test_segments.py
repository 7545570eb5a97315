"""Who belongs to a segment, and who objected."""

import re
from collections.abc import Mapping

import pytest
from sqlalchemy import update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, transaction
from events.door.models import Presence
from events.guests.models import Guest, Party
from events.mail.catcher import RunningCatcher
from events.messages import segments
from events.tickets.models import Ticket
from payments.orders.models import Order
from payments.waiting.models import Waiting
from tests.events.messages.conftest import do, guest_of, work, write
from tests.support.staff import Staff, sell


def readers(segment: str, purpose: str = "news") -> list[str]:
    event = db.session.query(Event).filter_by(slug="dinner").one()
    return sorted(reader.email.partition("@")[0] for reader in segments.readers(event, segment, purpose)[0])


@pytest.mark.both_engines
def test_whom_no_letter_reaches_is_counted(staff: Staff) -> None:
    with staff.app.app_context():
        event = db.session.query(Event).filter_by(slug="dinner").one()
        assert segments.unreached(event, "guests") == 0
        with transaction():
            ticket, _guest = guest_of("FRFRF", 0)
            alone = db.session.get_one(Party, ticket.party_id)
            alone.email = ""
            own = db.session.query(Guest).filter_by(party_id=alone.id).all()
            own[0].email = "own@example.org"
        assert segments.unreached(event, "guests") == len(own) - 1
        assert [segments.unreached(event, one) for one in ("arrived", "buyers", "nonsense")] == [0, 0, 0]


@pytest.mark.both_engines
def test_segments_tell_who_is_meant(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction():
            seated, press = guest_of("FRFRF", 0), guest_of("ENENE", 1)
            seated[1].table_name, press[1].mark = "4 · Lotus", "press"
            for position in (0, 1):
                guest_of("THTHT", position)[0].guest_name = "Somebody"
            sell("dinner", "GIVER", "Gift", [], gift=50_000)
            sell("dinner", "UNPAI", "Later", [("Later", "")], paid_at=None, status="held")
            sell("dinner", "ONWAY", "Soon", [("Soon", "")], paid_at=None, status="processing")
            sell("dinner", "GONEX", "Gone", [("Gone", "")], paid_at=None, status="expired")
            sell("ball", "OTHER", "Other", [("Other", "")])
            kind = seated[0].ticket_type_id
            db.session.add(_inside(press[0]))
            db.session.add(_waiting("first", kind, "waiting"))
            db.session.add(_waiting("never", kind, "unconfirmed"))
        expected: Mapping[str, list[str]] = {
            "guests": ["enene", "frfrf", "ththt"],
            "unnamed": ["enene", "frfrf"],
            "arrived": ["enene"],
            "absent": ["enene", "frfrf", "ththt"],
            "table:4 · Lotus": ["frfrf"],
            "mark:press": ["enene"],
            f"kind:{kind}": ["enene", "frfrf", "ththt"],
            "kind:x": [],
            "buyers": ["enene", "frfrf", "giver", "ththt"],
            "donors": ["giver"],
            "unpaid": ["unpai"],
            "processing": ["onway"],
            "waiting": ["first"],
            "nonsense": [],
        }
        assert {segment: readers(segment) for segment in expected} == expected
        event = db.session.query(Event).filter_by(slug="dinner").one()
        offered = {key for key, _words in segments.offer(event)}
        assert offered >= set(expected) - {"kind:x", "nonsense"}


def _inside(ticket: Ticket) -> Presence:
    return Presence(ticket_id=ticket.id, check_list="entrance", scan_id="a-scan")


def _waiting(name: str, kind: int, status: str) -> Waiting:
    event = db.session.query(Event).filter_by(slug="dinner").one()
    to = {"name": name, "email": f"{name}@example.org", "language": "en", "asked_at": clock.now()}
    joined = clock.now() if status == "waiting" else None
    return Waiting(event_id=event.id, ticket_type_id=kind, count=1, status=status, joined_at=joined, **to)


def test_whoever_waits_gets_a_letter_without_a_page_of_their_own(staff: Staff, mailbox: RunningCatcher) -> None:
    with staff.app.app_context(), transaction() as session:
        session.add(_waiting("first", guest_of("FRFRF", 0)[0].ticket_type_id, "waiting"))
    with staff.signed_in("organiser") as browser:
        do(browser, write(browser, segment="waiting"), "send")
        work(staff.app)
    assert [caught.recipients for caught in mailbox.messages] == [("first@example.org",)]
    assert "Hello dear guest: http://localhost/e/dinner" in mailbox.messages[0].text


def test_who_gave_the_seat_back_and_kept_the_gift_is_no_guest_but_a_donor(staff: Staff) -> None:
    with staff.app.app_context():
        with transaction() as session:
            order = session.query(Order).filter_by(code="FRFRF").one()
            session.execute(update(Ticket).where(Ticket.party_id == order.party_id).values(status="void"))
        assert readers("donors") == ["frfrf"]
        assert "frfrf" not in readers("guests")


def test_whoever_objects_gets_news_and_no_appeals(staff: Staff, mailbox: RunningCatcher) -> None:
    with staff.signed_in("organiser") as browser:
        message_id = write(browser, purpose="appeal")
        do(browser, message_id, "send")
        work(staff.app)
        claire = next(caught for caught in mailbox.messages if caught.recipients == ("frfrf@example.org",))
        assert claire.parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = str(claire.parsed["List-Unsubscribe"]).strip("<>").removeprefix("http://localhost")
        assert address in claire.text
        assert "frfrf" not in address
        stranger = staff.app.test_client()
        staff.app.config["WTF_CSRF_ENABLED"] = True  # mail programs send no token
        assert "No more of these letters" in stranger.get(f"{address}?lang=en").text
        answer = stranger.post(f"{address}?lang=en", data={"List-Unsubscribe": "One-Click"})
        staff.app.config["WTF_CSRF_ENABLED"] = False
        assert (answer.status_code, "no more thanks" in answer.text) == (200, True)
        page = browser.get(f"/manage/dinner/messages/{write(browser, purpose='appeal')}").text
        assert "1 person objected and is left out." in page
    with staff.app.app_context():
        assert readers("guests", "appeal") == ["enene", "ththt"]
        assert readers("guests") == ["enene", "frfrf", "ththt"]
    stranger.post(address, data={"do": "again"})
    with staff.app.app_context():
        assert readers("guests", "appeal") == ["enene", "frfrf", "ththt"]


def test_looking_at_the_page_of_objections_objects_to_nothing(staff: Staff) -> None:
    with staff.signed_in("organiser") as browser:
        assert re.search("does not exist", staff.app.test_client().get("/u/nonsense?lang=en").text)
        assert browser.get("/u/nonsense").status_code == 404
