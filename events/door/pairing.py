"""Pairing: an organiser shows a code, a volunteer's phone becomes a scanner of one gate."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, or_, select, update

from events.catalogue.models import Event
from events.core import clock, tokens
from events.core.db import changed, db
from events.core.i18n import gettext
from events.core.refusal import Refusal
from events.door import check_lists
from events.door.models import ENTRANCE, Device, PairingCode, WrongPairing
from events.mail.links import absolute

VALID_FOR: Final = timedelta(minutes=10)
AFTER_THE_END: Final = timedelta(hours=24)
"""How long a device works on after its event has ended."""

_LENGTH: Final = 8  # of 32 letters: 40 bits, for ten minutes and ten tries a minute
_MOST_WRONG: Final = 10
_WINDOW: Final = timedelta(minutes=1)
_REMEMBERED: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Selling:
    """What an organiser allows a phone: to sell tickets, and (which includes it) to give some away."""

    sell: bool = False
    comp: bool = False


NOTHING: Final = Selling()


@dataclass(frozen=True)
class Paired:
    """A new device, and its token: told once, stored as a digest."""

    token: str
    device: Device
    event: Event


def new_code(
    event_id: int,
    gate: str,
    created_by: int | None,
    check_list: str = ENTRANCE,
    *,
    reusable: bool = False,
    selling: Selling = NOTHING,
) -> str:
    """A pairing code for one device at one gate, valid ten minutes. `reusable` ones (the demonstration's) last.

    `selling` is what the device may sell, beside checking tickets. Raises Refusal `gate_taken` when the gate belongs
    to another check list.
    """
    event = db.session.get_one(Event, event_id)
    check_lists.claim_gate(event_id, gate, check_list)
    code = tokens.new_reference(_LENGTH)
    now = clock.now()
    db.session.add(
        PairingCode(
            event_id=event_id,
            gate=gate,
            check_list=check_list,
            code_digest=tokens.digest(code),
            created_by=created_by,
            created_at=now,
            expires_at=event.ends_at + AFTER_THE_END if reusable else now + VALID_FOR,
            reusable=reusable,
            may_sell=selling.sell or selling.comp,
            may_comp=selling.comp,
        )
    )
    return code


def link(code: str) -> str:
    """The address that opens the door's app and brings the code: behind a #, so that it stands in no server's log."""
    return f"{absolute('door.app')}#pair={code}"


def spaced(code: str) -> str:
    """The code as people read it out: ABCD-EFGH."""
    return f"{code[: _LENGTH // 2]}-{code[_LENGTH // 2 :]}"


def pair(typed: str, name: str, address: str) -> Paired | None:
    """The device that the code makes, or None for a wrong, used or outdated code (which is remembered).

    Raises Refusal 429 `too_many_attempts` when `address` has sent too many wrong ones, `event_over` after the evening.
    """
    now = clock.now()
    _refuse_guessing(address, now)
    code = _use(_read(typed), now)
    if code is None:
        _remember_wrong(address, now)
        return None
    event = db.session.get_one(Event, code.event_id)
    if event.ends_at + AFTER_THE_END <= now:
        raise Refusal("event_over", gettext("This evening is over: its door is closed."))
    return _new_device(code, event, name, now)


def _read(typed: str) -> str:
    """The code in what was typed."""
    return re.sub(r"[^0-9A-Z]", "", typed[:80].upper())


def _use(code: str, now: datetime) -> PairingCode | None:
    """Take the code: the first device gets it."""
    mine = PairingCode.code_digest == tokens.digest(code)
    taken = changed(
        update(PairingCode)
        .where(mine, PairingCode.expires_at > now, or_(PairingCode.used_at.is_(None), PairingCode.reusable))
        .values(used_at=now)
    )
    return db.session.scalar(select(PairingCode).where(mine)) if taken else None


def _new_device(code: PairingCode, event: Event, name: str, now: datetime) -> Paired:
    token = tokens.new_token()
    device = Device(
        event_id=event.id,
        gate=code.gate,
        check_list=code.check_list,
        may_sell=code.may_sell,
        may_comp=code.may_comp,
        name=name,
        token_digest=tokens.digest(token),
        paired_at=now,
        expires_at=event.ends_at + AFTER_THE_END,
    )
    db.session.add(device)
    db.session.flush()
    return Paired(token, device, event)


def _refuse_guessing(address: str, now: datetime) -> None:
    recent = select(func.count()).where(WrongPairing.address == address, WrongPairing.at > now - _WINDOW)
    if (db.session.scalar(recent) or 0) >= _MOST_WRONG:
        sentence = gettext("Too many wrong codes. Wait a minute, then try again.")
        raise Refusal("too_many_attempts", sentence, status=429, retry_after=int(_WINDOW.total_seconds()))


def _remember_wrong(address: str, now: datetime) -> None:
    db.session.execute(delete(WrongPairing).where(WrongPairing.at < now - _REMEMBERED))
    db.session.add(WrongPairing(address=address, at=now))
