"""The door: paired devices, what they scanned, and who is in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base

ENTRANCE = "entrance"
"""The check list of the main door, which every event has; coat check and auction are lists of their own."""

FINDINGS = ("same_guest", "two_guests", "in_order", "not_in_order")
VERDICTS = ("admitted", "refused", "needs")

BY_ONE = "(device_id IS NULL) <> (entered_by IS NULL)"
"""A phone scanned the ticket, or a person entered a tick from the paper list afterwards."""

_UNDOING = text("undoes IS NOT NULL")


class CheckList(Base):
    """One more point of an event that guests pass, beside the entrance: coat check, auction, coming back in.

    `repeats`: a guest may pass as often as he likes, and each time is an admission of its own.
    """

    __tablename__ = "check_list"
    __table_args__ = (CheckConstraint(f"key <> '{ENTRANCE}'", name="key"), UniqueConstraint("event_id", "name"))

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    repeats: Mapped[bool]
    created_at: Mapped[datetime]


class Gate(Base):
    """A place where phones stand; it belongs to one check list for good, so that no phone checks for the wrong one."""

    __tablename__ = "gate"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    check_list: Mapped[str]


class PairingCode(Base):
    """A short code that turns one phone into a scanner of one gate. `reusable` exists in the demonstration alone."""

    __tablename__ = "pairing_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    gate: Mapped[str]
    check_list: Mapped[str] = mapped_column(default=ENTRANCE)
    may_sell: Mapped[bool] = mapped_column(default=False)  # the phone may sell tickets
    may_comp: Mapped[bool] = mapped_column(default=False)  # and give some away
    code_digest: Mapped[str] = mapped_column(unique=True)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    reusable: Mapped[bool] = mapped_column(default=False)


class WrongPairing(Base):
    """Somebody at this network address sent a pairing code that is none. Kept for an hour, to slow down guessing."""

    __tablename__ = "wrong_pairing"
    __table_args__ = (Index("ix_wrong_pairing_address_at", "address", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str]
    at: Mapped[datetime]


class Device(Base):
    """A volunteer's phone: may scan for one event at one gate until `expires_at`, and nothing else.

    Unless its organiser lets it sell tickets (`may_sell`), and give some away (`may_comp`).
    """

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    gate: Mapped[str]
    check_list: Mapped[str] = mapped_column(default=ENTRANCE)
    name: Mapped[str]
    may_sell: Mapped[bool] = mapped_column(default=False)
    may_comp: Mapped[bool] = mapped_column(default=False)
    token_digest: Mapped[str] = mapped_column(unique=True)
    paired_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class DoorHours(Base):
    """When a check list lets people in. No row, or an empty end: open on that side."""

    __tablename__ = "door_hours"
    __table_args__ = (CheckConstraint("opens_at < closes_at", name="order"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    check_list: Mapped[str] = mapped_column(primary_key=True)
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]


class Presence(Base):
    """A ticket is in, on one check list: the row whose conditional update lets the first scan win.

    `scan_id` is null while the guest is out (the admission was undone).
    """

    __tablename__ = "presence"
    __table_args__ = {"sqlite_with_rowid": False}  # found by its key alone: one page less to write for each scan

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    check_list: Mapped[str] = mapped_column(primary_key=True)
    scan_id: Mapped[str | None]


class Scan(Base):
    """One answered scan: append-only. The same `scan_id` gets the same answer for ever, so a lost reply can be retried.

    `answer` holds figures only; the guest is read from the ticket when the answer is told, so that no diet and no name
    is kept here for ever.
    """

    __tablename__ = "scan"
    __table_args__ = (
        UniqueConstraint("event_id", "scan_id"),
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        CheckConstraint(BY_ONE, name="by_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    scan_id: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    gate: Mapped[str]
    check_list: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str | None]
    at: Mapped[datetime]  # the server's time: decides
    device_at: Mapped[datetime | None]  # the device's own: for display
    offline: Mapped[bool]
    answer: Mapped[dict[str, Any]]


class Admission(Base):
    """A guest came in: append-only. Undoing is a row of its own (`undoes`).

    `entered_by` marks a tick on paper that somebody entered afterwards; its hour is `device_at`.
    """

    __tablename__ = "admission"
    __table_args__ = (
        Index("ix_admission_scan", "event_id", "scan_id"),
        Index("uq_admission_undoes", "undoes", unique=True, sqlite_where=_UNDOING, postgresql_where=_UNDOING),
        CheckConstraint(BY_ONE, name="by_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    check_list: Mapped[str]
    scan_id: Mapped[str]
    device_id: Mapped[int | None] = mapped_column(ForeignKey("device.id"))
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    gate: Mapped[str]
    at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    offline: Mapped[bool]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("admission.id"))


class ManifestCursor(Base):
    """How far the manifest of a check list has come: the number of its last change, locked while the next is made."""

    __tablename__ = "manifest_cursor"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    check_list: Mapped[str] = mapped_column(primary_key=True)
    change: Mapped[int] = mapped_column(default=0)


class ManifestLine(Base):
    """What phones of a list were last told of a code: its line's `digest`, and the number of the change it came with.

    A code that no ticket bears any more keeps its line: phones must hear that it is gone.
    """

    __tablename__ = "manifest_line"
    __table_args__ = (Index("ix_manifest_line_event", "event_id", "check_list", "change"),)

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    check_list: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    digest: Mapped[str]
    change: Mapped[int]


class Conflict(Base):
    """A phone without a network showed a green light, and the server would have refused: append-only.

    `reason` is the server's; the scan itself is found by `scan_id`.
    """

    __tablename__ = "conflict"
    __table_args__ = (UniqueConstraint("event_id", "scan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    scan_id: Mapped[str]
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    reason: Mapped[str]
    at: Mapped[datetime]  # when the server heard of it


class Resolution(Base):
    """A person has looked at a conflict and says what it was: append-only."""

    __tablename__ = "conflict_resolution"
    __table_args__ = (CheckConstraint(f"finding IN {FINDINGS}", name="finding"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conflict_id: Mapped[int] = mapped_column(ForeignKey("conflict.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    finding: Mapped[str]
