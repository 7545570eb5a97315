"""What the kitchen must know, in the chef's language: dishes, diets and allergies, table by table; no names.

A sheet that was given is kept as it was. After the cut-off only what differs from the last one is printed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from events.catalogue.models import Event
from events.core import clock
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.i18n import local
from events.core.refusal import NotFound
from events.guests.models import Answer, Guest, Question
from events.seating import plan
from events.seating.models import Catering, KitchenSheet


@dataclass(frozen=True)
class Need:
    """A place whose guest must not be served just anything. `position` is the place at the table, 0 for none.

    `dish` is what they chose: it tells which plate the rest is about.
    """

    position: int
    diet: str
    allergies: tuple[str, ...]
    note: str
    dish: str = ""


@dataclass(frozen=True)
class Serving:
    """One table as the kitchen sees it. Dishes are counted by the text of the answer, diets by their code.

    `undecided` have not chosen a dish, where there is something to choose.
    """

    label: str
    covers: int
    dishes: Mapping[str, int]
    diets: Mapping[str, int]
    needs: tuple[Need, ...]
    undecided: int = 0


Servings = Mapping[str, Serving]
"""By table number; "" is everybody without a table."""


def catering_of(event: Event) -> Catering:
    """What is agreed with the restaurant; nothing yet is the organisation's language and no numbers."""
    found = db.session.get(Catering, event.id)
    blank = {"cut_off_at": None, "dishes_id": None, "guaranteed": 0, "cover_price": 0}
    return found or Catering(event_id=event.id, language=event.organisation.language, **blank)


def agree(event: Event, **terms: Any) -> None:  # noqa: ANN401 - the columns of Catering
    """Write down what is agreed, in the caller's transaction."""
    db.session.merge(Catering(event_id=event.id, **terms))


def questions(event_id: int) -> Sequence[Question]:
    """The questions whose answers may be dishes."""
    guests = (Question.scope == "ticket", Question.kind == "choice")
    query = select(Question).where(Question.event_id == event_id, Question.ended_at.is_(None), *guests)
    return db.session.scalars(query.order_by(Question.position)).all()


def servings(event: Event, catering: Catering) -> Servings:
    """Everything, as the room stands now. Dishes are in the kitchen's language."""
    dishes, asked = _dishes(catering), catering.dishes_id is not None
    found = {}
    for table in plan.tables(event.id):
        places = [(place.position, place.guest) for place in table.places if place.guest]
        if places:
            found[str(table.number)] = _serving(table.label, places, dishes, asked)
    waiting = [(0, guest) for party in plan.unseated(event.id) for guest in party.guests]
    return found | ({"": _serving("", waiting, dishes, asked)} if waiting else {})


def differences(before: Servings, now: Servings) -> list[tuple[str, Serving | None, Serving | None]]:
    """(table number, as it was given, as it is now) for each table that is not as it was, 2 before 10."""
    numbers = sorted(before.keys() | now.keys(), key=lambda number: (number == "", int(number or 0)))
    pairs = [(number, before.get(number), now.get(number)) for number in numbers]
    return [pair for pair in pairs if pair[1] != pair[2]]


def give(event: Event, catering: Catering, actor: str) -> KitchenSheet:
    """Keep the sheet of this moment as given to the kitchen, in the caller's transaction."""
    last = db.session.scalar(select(func.max(KitchenSheet.number)).where(KitchenSheet.event_id == event.id)) or 0
    content = {number: asdict(serving) for number, serving in servings(event, catering).items()}
    sheet = KitchenSheet(
        event_id=event.id, number=last + 1, given_at=clock.now(), given_by=actor, content={"tables": content}
    )
    db.session.add(sheet)
    db.session.flush()
    return sheet


def sheets(event_id: int) -> Sequence[KitchenSheet]:
    """What was given so far, the newest first."""
    query = select(KitchenSheet).where(KitchenSheet.event_id == event_id).order_by(KitchenSheet.number.desc())
    return db.session.scalars(query).all()


def get_sheet(event_id: int, number: int) -> KitchenSheet:
    """A sheet that was given; raises NotFound."""
    query = select(KitchenSheet).where(KitchenSheet.event_id == event_id, KitchenSheet.number == number)
    sheet = db.session.scalar(query)
    if sheet is None:
        raise NotFound(_("The kitchen was given no such sheet."))
    return sheet


def read(sheet: KitchenSheet) -> dict[str, Serving]:
    """What a sheet said."""
    return {number: _read(table) for number, table in sheet.content["tables"].items()}


def basis(event: Event, catering: Catering) -> KitchenSheet | None:
    """The sheet that the next one only corrects: the last one given, once the cut-off is over."""
    if catering.cut_off_at is None or clock.now() < catering.cut_off_at:
        return None
    return next(iter(sheets(event.id)), None)


def _dishes(catering: Catering) -> dict[int, str]:
    """The dish of each guest who chose one."""
    question = db.session.get(Question, catering.dishes_id) if catering.dishes_id else None
    if question is None:
        return {}
    names = [local(choice, catering.language) for choice in question.choices]
    rows = db.session.execute(
        select(Guest.id, Answer.choice)
        .join(Answer, Answer.ticket_id == Guest.ticket_id)
        .where(Answer.question_id == question.id)
    )
    return {guest_id: names[choice] for guest_id, choice in rows if choice is not None and choice < len(names)}


def _serving(label: str, places: Sequence[tuple[int, plan.Sitting]], dishes: Mapping[int, str], asked: bool) -> Serving:
    chosen = Counter(dishes[guest.id] for _position, guest in places if guest.id in dishes)
    undecided = len(places) - chosen.total() if asked else 0
    diets = Counter(guest.diet for _position, guest in places if guest.diet)
    needs = tuple(
        Need(position, guest.diet, tuple(guest.allergies), guest.note, dishes.get(guest.id, ""))
        for position, guest in places
        if guest.diet or guest.allergies or guest.note
    )
    return Serving(label, len(places), dict(sorted(chosen.items())), dict(sorted(diets.items())), needs, undecided)


def _read(table: Mapping[str, Any]) -> Serving:
    needs = tuple(
        Need(one["position"], one["diet"], tuple(one["allergies"]), one["note"], one.get("dish", ""))
        for one in table["needs"]
    )
    undecided = table.get("undecided", 0)  # sheets of an earlier release say nothing of it
    return Serving(table["label"], table["covers"], table["dishes"], table["diets"], needs, undecided)
