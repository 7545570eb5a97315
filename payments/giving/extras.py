"""What the order form asks beside tickets, gift and buyer: read together, shown again together, kept with the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from events.catalogue.models import Event
from events.guests import asking
from events.guests.asking import Asked, Reading
from payments.giving import telling
from payments.giving.telling import Told
from payments.giving.wording import Ask, asks
from payments.orders.models import Order
from payments.orders.placing import Placed


@dataclass
class Extras:
    """What goes with an order, as it was typed."""

    told: Told = field(default_factory=Told)
    reading: Reading = field(default_factory=Reading)
    event: Event | None = None

    @property
    def asks(self) -> Sequence[Ask]:
        """Sentences with a box, in the reader's language."""
        return asks(self.event) if self.event else ()

    @property
    def mistakes(self) -> dict[str, str]:
        """By field."""
        return self.told.mistakes | self.reading.mistakes

    @property
    def needed(self) -> list[Asked]:
        """Questions that the order cannot be placed without."""
        return [one for one in self.reading.asked if one.question.need == "now"]

    @property
    def optional(self) -> list[Asked]:
        """Those that may be left for later, or altogether."""
        return [one for one in self.reading.asked if one.question.need != "now"]

    @property
    def is_told(self) -> bool:
        """Whether something optional is filled in, or wrong: then it must be seen."""
        told = self.told
        typed = told.kind or told.name or told.anonymous or told.consents or told.mistakes
        return bool(typed or any(one.value or one.mistake for one in self.optional))


def begin(event: Event) -> Extras:
    """An empty form's part."""
    return Extras(reading=Reading(asking.of_party(event.id)), event=event)


def read(event: Event, form: Mapping[str, str]) -> Extras:
    """What was typed, and what is wrong with it."""
    return Extras(telling.read(event, form), asking.read(asking.of_party(event.id), form), event)


def unjudged(event: Event, form: Mapping[str, str]) -> Extras:
    """The same while somebody is still filling it in: no mistakes yet."""
    extras = read(event, form)
    extras.told.mistakes, extras.reading = {}, extras.reading.unjudged
    return extras


def keep(order: Order | Placed, extras: Extras) -> None:
    """Write it down with a new order, in its transaction."""
    telling.write(order, extras.told)
    said = [one for one in extras.reading.answers if one.choice is not None or one.words]
    asking.keep_of_party(order.party_id, said, "buyer")
