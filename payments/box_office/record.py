"""The record of a closed drawer: made once, kept as it was issued, with its hash."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db, insert_once
from events.core.i18n import gettext as _
from events.core.i18n import in_language, language, local, moment, money
from events.core.pdf import render
from payments.box_office import denominations, drawers, expecting
from payments.box_office.models import Drawer, DrawerCount, DrawerPaper, DrawerSignature


def find_paper(event_id: int) -> DrawerPaper | None:
    """The record as it was issued."""
    return db.session.get(DrawerPaper, event_id)


def keep(drawer: Drawer, paper: bytes) -> None:
    """Keep the first one that was made, in the caller's transaction: two that are made at once are the same."""
    row = {"pdf": paper, "sha256": hash_of(paper), "issued_at": clock.now()}
    insert_once(DrawerPaper, {"event_id": drawer.event_id} | row, ["event_id"])


def hash_of(paper: bytes) -> str:
    """Its SHA-256 in hex."""
    return hashlib.sha256(paper).hexdigest()


def print_record(event: Event, drawer: Drawer) -> bytes:
    """The PDF of a closed drawer, in the organisation's language; the same bytes each time."""
    with in_language(event.organisation.language):
        return render("cash_close.typ", _data(event, drawer), made_at=drawer.closed_at)


def in_words(difference: int, currency: str) -> str:
    """The difference as people say it; `difference` in minor units, above zero when too much was found."""
    amount = money(abs(difference), currency)
    if difference > 0:
        return _("%(amount)s more than expected", amount=amount)
    return _("%(amount)s less than expected", amount=amount) if difference else _("Exactly what was expected")


def rows(currency: str, counts: Sequence[DrawerCount]) -> list[tuple[int, list[int]]]:
    """Each piece that was found, with how many of it each count has."""
    found = {int(value) for one in counts for value in one.pieces}
    values = sorted({*found, *denominations.pieces(currency)} & found, reverse=True)
    return [(value, [int(one.pieces.get(str(value), 0)) for one in counts]) for value in values]


def _data(event: Event, drawer: Drawer) -> Mapping[str, Any]:
    counts, unit, zone = drawers.counts(drawer), drawer.currency, event.time_zone
    expected, counted = drawer.expected or 0, drawer.counted or 0
    return {
        "lang": language(),
        "house": event.organisation.legal_name,
        "title": _("Cash at the door"),
        "event": f"{local(event.title)}, {moment(event.starts_at, zone)}",
        "closed": _("Closed on %(moment)s", moment=moment(drawer.closed_at or drawer.opened_at, zone)),
        "expected": [
            [_("Change brought"), money(drawer.float_amount, unit)],
            *([_phone(one), money(one.total, unit)] for one in expecting.by_device(event.id)),
        ],
        "sums": [
            [_("Expected"), money(expected, unit)],
            [_("Counted"), money(counted, unit)],
            [_("Difference"), in_words(counted - expected, unit)],
        ],
        "explanation": drawer.explanation,
        "pieces": [[money(value, unit), *map(str, found)] for value, found in rows(unit, counts)],
        "totals": [money(one.total, unit) for one in counts],
        "counters": [_counter(drawer, one, zone) for one in counts],
        "labels": {
            "expected": _("What should be there"),
            "pieces": _("What was counted"),
            "piece": _("Note or coin"),
            "total": _("Total"),
            "explanation": _("Why the sums differ"),
            "signatures": _("Signatures"),
            "ink": _("Signature"),
        },
    }


def _phone(one: expecting.DeviceCash) -> str:
    return f"{one.name} ({one.sellers})" if one.sellers else one.name


def _counter(drawer: Drawer, one: DrawerCount, zone: str) -> dict[str, str]:
    query = select(DrawerSignature.at).filter_by(
        event_id=drawer.event_id, round=drawer.round, account_id=one.account_id
    )
    signed = db.session.scalars(query.order_by(DrawerSignature.id.desc()).limit(1)).one()
    said = _("Counted and signed with their own account on %(moment)s", moment=moment(signed, zone))
    return {"name": one.account.name, "said": said}
