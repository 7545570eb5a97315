"""A guest list taken over, all of it or nothing: changes to guests who have tickets, and new ones as invited guests.

New guests bring no money. They come on one invitation of the house, which holds its seats and keeps the books; each
group has a party of its own, so that it sits together and is written to by itself.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import select

from events.catalogue.models import Event, TicketType
from events.core import clock, tokens, trail
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import Refusal
from events.guests.models import Guest, Party
from events.office import editing
from events.office.editing import Data
from events.seating import sitting, tables
from events.seating.models import DiningTable, Seat
from events.seating.sitting import Move
from events.tickets.models import Ticket
from payments.checkout.begin import Buyer
from payments.guest_import import comparing, judging
from payments.guest_import.judging import Row, Verdict
from payments.offline import arranging
from payments.offline.arranging import Terms
from payments.orders.pricing import Wish


def preview(event: Event, rows: Sequence[Row]) -> list[Verdict]:
    """What each row would do."""
    query = (
        select(Ticket.number, Ticket.guest_name, Party.email)
        .join(Party, Party.id == Ticket.party_id)
        .where(Ticket.event_id == event.id, Ticket.status.in_(sitting.COMING))
    )
    tickets = {number: (name or "", email) for number, name, email in db.session.execute(query)}
    numbers = db.session.scalars(select(DiningTable.number).where(DiningTable.event_id == event.id))
    return _compared(event, judging.judge(rows, judging.Known(tickets, frozenset(numbers))))


def _compared(event: Event, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The same; what changes of each guest is named, and who stays as they are is unchanged."""
    numbers = {int(verdict.row.values["ticket"]) for verdict in verdicts if verdict.kind == "change"}
    known = {one.ticket.number: one for one in editing.find_guests(event, numbers)} if numbers else {}
    found: list[Verdict] = []
    for verdict in verdicts:
        one = known.get(int(verdict.row.values["ticket"])) if verdict.kind == "change" else None
        if one:
            before = comparing.replaced(verdict.row, one.data, one.guest.table_name or "")
            verdict = replace(verdict, kind="change" if before else "unchanged", before=before)
        found.append(verdict)
    return found


def digest(verdicts: Sequence[Verdict]) -> str:
    """A fingerprint of what was shown: what is confirmed must be that, and nothing else."""
    shown = [(verdict.row.number, verdict.kind, dict(verdict.row.values), dict(verdict.before)) for verdict in verdicts]
    return tokens.digest(json.dumps(shown, sort_keys=True))


def confirm(event: Event, rows: Sequence[Row], shown: str, kind: TicketType | None, actor: str, *, send: bool) -> int:
    """Take over every row that says something new, in the caller's transaction; how many. New guests get `kind`.

    Raises Refusal: changed, mistakes, no_kind, and what seats and tables refuse; then nothing is taken over.
    """
    verdicts = preview(event, rows)
    if not tokens.same(digest(verdicts), shown):
        raise Refusal("changed", _("Something has changed since you looked. Please look again."), status=409)
    if any(verdict.kind == "mistake" for verdict in verdicts):
        raise Refusal("mistakes", _("Some rows have mistakes. Nothing was taken over."))
    new = [verdict.row for verdict in verdicts if verdict.kind == "new"]
    changed = [verdict.row for verdict in verdicts if verdict.kind == "change"]
    guests = _change(event, changed)
    guests |= _invite(event, new, kind, actor, send=send) if new else {}
    db.session.flush()
    _seat(event, {guest_id: row.values["table"] for guest_id, row in guests.items() if row.values.get("table")})
    counts = {"new": len(new), "changed": len(changed)}
    if new or changed:
        trail.note(actor, "guests.imported", f"event:{event.id}", event.organisation_id, **counts)
    return len(new) + len(changed)


def _change(event: Event, rows: Sequence[Row]) -> dict[int, Row]:
    by_number = {int(row.values["ticket"]): row for row in rows}
    known = editing.find_guests(event, list(by_number), lock=True) if rows else []
    for one in known:
        editing.write(one, comparing.data_of(by_number[one.ticket.number], one.data))
    return {one.guest.id: by_number[one.ticket.number] for one in known}


def _invite(event: Event, rows: Sequence[Row], kind: TicketType | None, actor: str, *, send: bool) -> dict[int, Row]:
    if kind is None or kind.bundle_size != 1:
        raise Refusal("no_kind", _("Choose the kind of ticket that new guests get."), field="kind")
    house = event.organisation
    buyer = Buyer(house.name, "", house.phone, house.language)  # no address: each group is written to by itself
    terms = Terms("comp", clock.now(), note=_("Guest list"))
    order = arranging.enter(event, Wish({kind.public_id: len(rows)}), buyer, terms, actor)
    tickets = db.session.scalars(select(Ticket).where(Ticket.party_id == order.party_id).order_by(Ticket.number)).all()
    guests = {
        guest.ticket_id: guest for guest in db.session.scalars(select(Guest).where(Guest.party_id == order.party_id))
    }
    parties = _parties(event, rows, order.party.booking)
    blank = Data("", "", "", (), "", "", "")
    found: dict[int, Row] = {}
    for row, ticket in zip(rows, tickets, strict=True):
        guest, party = guests[ticket.id], parties[_group(row)]
        ticket.party_id, guest.party_id = party.id, party.id
        editing.write(editing.Known(ticket, guest, party), comparing.data_of(row, blank))
        found[guest.id] = row
    if send:
        db.session.flush()
        for party in parties.values():
            editing.send_to(party)
    return found


def _parties(event: Event, rows: Sequence[Row], booking: str) -> dict[str, Party]:
    """One party for each group: by its name, else by the address, else the guest alone."""
    found: dict[str, Party] = {}
    for row in rows:
        values, key = row.values, _group(row)
        if key not in found:
            language = (values.get("language") or event.language).lower()[:2]
            name = values.get("party") or values["name"]
            found[key] = Party(
                event_id=event.id,
                name=name,
                email=values.get("email", ""),
                phone="",
                language=language,
                booking=booking,
                created_at=clock.now(),
            )
        elif values.get("email") and not found[key].email:
            found[key].email = values["email"]
    db.session.add_all(found.values())
    db.session.flush()
    return found


def _group(row: Row) -> str:
    values = row.values
    if values.get("party"):
        return f"party:{values['party'].casefold()}"
    return f"mail:{values['email'].casefold()}" if values.get("email") else f"row:{row.number}"


def _seat(event: Event, wanted: Mapping[int, str]) -> None:
    if not wanted:
        return
    known = {table.number: table.id for table in tables.of_event(event.id)}
    seats = select(Seat.guest_id, Seat.table_id).where(Seat.guest_id.in_(wanted.keys()))
    now = {row[0]: row[1] for row in db.session.execute(seats)}
    moves = [Move(guest_id, now.get(guest_id), known[comparing.number_of(text)]) for guest_id, text in wanted.items()]
    sitting.sit(event.id, [move for move in moves if move.seen != move.table_id])
