"""Who did it: the names behind the actors and subjects of trail and history."""

from collections.abc import Iterable

from sqlalchemy import select

from events.core.db import db
from events.door.models import Device
from events.team.models import Account


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Names of members of staff ("account:7") and of phones at the door ("device:3"); of others nothing."""
    named = set(actors)
    accounts = select(Account.id, Account.name).where(Account.id.in_(ids_of("account", named)))
    phones = select(Device.id, Device.name).where(Device.id.in_(ids_of("device", named)))
    found = {f"account:{number}": name for number, name in db.session.execute(accounts)}
    return found | {f"device:{number}": name for number, name in db.session.execute(phones)}


def ids_of(kind: str, named: Iterable[str]) -> set[int]:
    """The numbers of one kind: "ticket" of {"ticket:4", "event:1"} are {4}."""
    written = (text.partition(":") for text in named)
    return {int(number) for of, _, number in written if of == kind and number.isdecimal() and len(number) < 10}
