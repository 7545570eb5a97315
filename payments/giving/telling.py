"""What a buyer says with a gift: for whom it is, not to be named, who may write. Read from a form, kept as facts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import delete, update

from events.catalogue.models import Event
from events.core import clock
from events.core.db import changed, db, insert_once
from events.core.i18n import gettext as _
from events.core.typed import one_line
from payments.giving.models import DEDICATIONS, Anonymity, Consent, Dedication
from payments.giving.wording import FIELDS, Ask, asks, versions
from payments.orders.models import Order
from payments.orders.placing import Placed

LONGEST = 120
"""Letters of a name."""


@dataclass
class Told:
    """What a form held, as it was typed, and the mistakes by field. `consents`: the sentences that were ticked."""

    kind: str = ""
    name: str = ""
    anonymous: bool = False
    consents: list[Ask] = field(default_factory=list)
    mistakes: dict[str, str] = field(default_factory=dict)

    @property
    def ticked(self) -> set[str]:
        """The boxes that are to be shown ticked again."""
        return {ask.field for ask in self.consents}


def read(event: Event, form: Mapping[str, str]) -> Told:
    """What was typed, as far as this evening asks for it; the rest is nobody's business."""
    told = Told()
    if event.asks_dedication:
        _read_dedication(told, form)
    told.anonymous = event.names_givers and form.get("anonymous", "") not in ("", "0")
    _read_consents(told, event, form)
    return told


def _read_dedication(told: Told, form: Mapping[str, str]) -> None:
    told.kind, told.name = form.get("dedication_kind", ""), one_line(form.get("dedication"))
    if len(told.name) > LONGEST:
        told.mistakes["dedication"] = _("This name is too long.")
    if told.kind and told.kind not in DEDICATIONS:
        told.mistakes["dedication_kind"] = _("Please choose one of these.")
    elif told.kind and not told.name:
        told.mistakes["dedication"] = _("Please write whose name it is.")
    elif told.name and not told.kind:
        told.mistakes["dedication_kind"] = _("Is it in honour of somebody, or in memory?")


def _read_consents(told: Told, event: Event, form: Mapping[str, str]) -> None:
    """A box counts for the words that stood beside it. Have they changed meanwhile, nobody has agreed to the new."""
    if not any(form.get(name) for name in FIELDS):
        return
    ticked = [(ask, version) for ask in asks(event) if (version := form.get(ask.field, ""))]
    known = versions(event) if ticked else {}
    for ask, version in ticked:
        if (ask.organiser, version) in known:
            told.consents.append(known[(ask.organiser, version)])
        else:
            told.mistakes[ask.field] = _("These words have changed. Please read them, and tick the box if you agree.")


def of(order: Order) -> Told:
    """What is known of an order."""
    dedication = db.session.get(Dedication, order.id)
    told = Told(anonymous=db.session.get(Anonymity, order.id) is not None)
    if dedication is not None:
        told.kind, told.name = dedication.kind, dedication.name
    return told


def keep(order: Order, told: Told) -> None:
    """Write down dedication and anonymity over what was there, as far as the evening asks. In the caller's transaction.

    Consents are added, never taken back by a box that is not ticked: the order page withdraws them.
    """
    if order.event.asks_dedication and not told.kind:
        changed(delete(Dedication).where(Dedication.order_id == order.id))
    if order.event.names_givers and not told.anonymous:
        changed(delete(Anonymity).where(Anonymity.order_id == order.id))
    write(order, told)


def write(order: Order | Placed, told: Told) -> None:
    """The same where nothing can be there yet: with a new order."""
    moment = clock.now()
    if order.event.asks_dedication and told.kind:
        db.session.merge(Dedication(order_id=order.id, kind=told.kind, name=told.name, at=moment))
    if order.event.names_givers and told.anonymous:
        insert_once(Anonymity, {"order_id": order.id, "at": moment}, unique=("order_id",))
    if told.consents:
        db.session.add_all(_consent(order, ask) for ask in told.consents)
        db.session.flush()


def _consent(order: Order | Placed, ask: Ask) -> Consent:
    return Consent(
        order_id=order.id,
        organiser=ask.organiser,
        name=ask.name,
        wording=ask.sentence,
        version=ask.version,
        language=ask.language,
        given_at=clock.now(),
    )


def withdraw(order: Order, organiser: str) -> bool:
    """From now on this organiser may not write. True for whoever took it back first."""
    mine = (Consent.order_id == order.id, Consent.organiser == organiser, Consent.withdrawn_at.is_(None))
    return changed(update(Consent).where(*mine).values(withdrawn_at=clock.now())) > 0
