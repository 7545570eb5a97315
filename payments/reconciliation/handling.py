"""Dealing with an item of the morning page: a row that says who, when and how."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from events.core import clock, trail
from events.core.db import db, insert_once
from events.core.i18n import gettext as _
from events.core.refusal import NotFound, Refusal
from events.team.models import Account
from payments.reconciliation import morning
from payments.reconciliation.models import Handled


@dataclass(frozen=True)
class Shown:
    """A row with the name of whoever wrote it."""

    row: Handled
    who: str


def handle(organisation_id: int, key: str, note: str, account_id: int) -> None:
    """Write down that an item is dealt with. In the caller's transaction; the first to say so is kept.

    Raises NotFound for what is no open item, Refusal no_note.
    """
    item = next((item for item in morning.items(organisation_id) if item.key == key), None)
    if item is None:
        raise NotFound(_("This is dealt with already, or was never there."))
    if not note:
        raise Refusal("no_note", _("Say in a few words what you did."), field="note")
    values = {
        "organisation_id": organisation_id,
        "item": key,
        "account_id": account_id,
        "at": clock.now(),
        "note": note,
    }
    if insert_once(Handled, values, ["organisation_id", "item"]):
        trail.note(f"account:{account_id}", "item.handled", key, organisation_id, kind=item.kind)


def shown(organisation_id: int) -> Sequence[Shown]:
    """What people have dealt with, the latest first."""
    rows = morning.handled(organisation_id)
    query = select(Account.id, Account.name).where(Account.id.in_({row.account_id for row in rows}))
    names = {account_id: name for account_id, name in db.session.execute(query)}
    return [Shown(row, names.get(row.account_id, "")) for row in rows]
