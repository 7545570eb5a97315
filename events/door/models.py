"""The door: paired devices, what they scanned, and who is in."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from events.core.db import Base

ENTRANCE = "entrance"
"""The check list of the main door; coat check and auction are lists of their own."""

FINDINGS = ("same_guest", "two_guests", "in_order", "not_in_order")
VERDICTS = ("admitted", "refused", "needs")


class PairingCode(Base):
    """A short code that turns one phone into a scanner of one gate. `reusable` exists in the demonstration alone."""

    __tablename__ = "pairing_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    gate: Mapped[str]
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
    """A volunteer's phone: may scan for one event at one gate until `expires_at`, and nothing else."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    gate: Mapped[str]
    name: Mapped[str]
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
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    scan_id: Mapped[str]
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"), index=True)
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
    """A guest came in: append-only. Undoing is a row of its own (`undoes`)."""

    __tablename__ = "admission"
    __table_args__ = (Index("ix_admission_scan", "event_id", "scan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), index=True)
    check_list: Mapped[str]
    scan_id: Mapped[str]
    device_id: Mapped[int] = mapped_column(ForeignKey("device.id"))
    gate: Mapped[str]
    at: Mapped[datetime]
    device_at: Mapped[datetime | None]
    offline: Mapped[bool]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("admission.id"), unique=True)


class ManifestCursor(Base):
    """How far an event's manifest has come: the number of its last change. Locked by whoever makes the next one."""

    __tablename__ = "manifest_cursor"

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), primary_key=True)
    change: Mapped[int] = mapped_column(default=0)


class ManifestLine(Base):
    """What devices were last told about a code: `digest` of its line, and the number of the change that made it so.

    A code that no ticket bears any more keeps its line: phones must hear that it is gone.
    """

    __tablename__ = "manifest_line"
    __table_args__ = (Index("ix_manifest_line_event", "event_id", "change"),)

    code_hash: Mapped[str] = mapped_column(primary_key=True)
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
