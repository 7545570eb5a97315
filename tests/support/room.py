"""An evening whose guests give at their tables: in-process, on a test's own `house`."""

from dataclasses import dataclass
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from events.catalogue.models import Event
from events.core.db import db, end_reading, transaction
from events.seating import tables
from events.table_codes import coding
from events.table_codes.models import TableCode
from payments.checkout.begin import Buyer
from payments.pledges import appeals, course
from payments.pledges.course import Promise
from payments.pledges.models import Pledge
from tests.support import world as w

HOME = "https://tickets.example.org"
_PAGES = count(1)
CLAIRE = {"name": "Claire Fontaine", "email": "claire@example.org", "lang": "en"}


@dataclass(frozen=True)
class Room:
    """Two tables, their codes, and a browser that is nobody's."""

    world: w.World
    browser: FlaskClient

    def token(self, number: int | None = 1) -> str:
        """The secret of a table's card; None is the whole room's."""
        return next(one.token for one in self.codes() if number == (one.table.number if one.table else None))

    def codes(self) -> list[TableCode]:
        """Every code of the evening."""
        end_reading()
        return list(coding.of_event(self.world.event_id))

    def give(
        self, way: str = "now", number: int | None = 1, environ: dict[str, str] | None = None, **fields: str
    ) -> TestResponse:
        """The form of a card, sent: `way` is now or promise."""
        form = {**CLAIRE, "gift": "500", "way": way, "key": f"page-{next(_PAGES)}", **fields}
        return self.browser.post(f"/p/{self.token(number)}", data=form, base_url=HOME, environ_overrides=environ)

    def promise(self, amount: int = 50_000, email: str = "claire@example.org", **more: object) -> int:
        """A promise at the first table; its id."""
        code_id = next(code.id for code in self.codes() if code.table)
        giver = Buyer("Claire Fontaine", email, "", "fr")
        with transaction():
            code = coding.get(self.world.event_id, code_id)
            return course.promise(code, Promise(amount, giver, **more), f"page-{next(_PAGES)}").id  # type: ignore[arg-type]

    def pay(self, pledge_id: int) -> TestResponse:
        """The button of the pay link."""
        away = {"REMOTE_ADDR": "203.0.113.9"}
        address = f"/pledges/{pledge(pledge_id).token}/payments"
        return self.browser.post(address, base_url=HOME, environ_overrides=away)

    def pledges(self) -> list[Pledge]:
        """All there are."""
        return list(db.session.scalars(select(Pledge).order_by(Pledge.id)))


def open_room(house: Flask, **values: object) -> Room:
    """An evening with two tables, their codes and a screen."""
    house.config["WTF_CSRF_ENABLED"] = False
    world = w.furnish(**values)
    with transaction():
        tables.add_tables(world.event_id, 2, 8, "round")
    with transaction():
        appeals.prepare(world.event_id)
    return Room(world, house.test_client())


def pledge(pledge_id: int) -> Pledge:
    """The pledge as it stands now."""
    end_reading()
    return db.session.get_one(Pledge, pledge_id)


def order_of(pledge_id: int) -> int:
    """The order that pays it."""
    found = pledge(pledge_id).order_id
    assert found is not None
    return found


def evening(room: Room) -> Event:
    """Its event."""
    end_reading()
    return db.session.get_one(Event, room.world.event_id)
