"""Who gave: what the donor or staff told about themselves for one order's receipt."""

from collections.abc import Mapping
from typing import Any

from events.core import clock, trail
from events.core.db import db
from events.guests import naming
from payments.orders.models import Order
from payments.receipts.models import DonorDetails
from payments.receipts.organisations import House
from payments.receipts.words import declaration

FIELDS = (
    *("company", "title", "first_name", "last_name", "house", "street", "postcode", "town", "country", "tax_id"),
    "declaration",
)


def details_of(order: Order) -> DonorDetails:
    """What is known, perhaps nothing yet."""
    return db.session.get(DonorDetails, order.id) or DonorDetails(order_id=order.id, **dict.fromkeys(FIELDS, ""))


def missing(house: House, order: Order) -> list[str]:
    """What the profile needs of the donor and nobody told yet."""
    details = details_of(order)
    return [name for name in needed(house, order, details.company) if not getattr(details, name)]


def needed(house: House, order: Order, company: str = "") -> tuple[str, ...]:
    """Fields without which there is no paper: the profile's, and a name where the order has none. A company is one."""
    wanted = house.profile.donor
    return wanted if company or has_name(order) or "last_name" in wanted else ("last_name", *wanted)


def has_name(order: Order) -> bool:
    """Whether somebody's name stands on the order: not what stands for one, nor the number of a raised paddle."""
    words = (word for word in order.party.name.split() if not any(map(str.isdigit, word)))
    return not naming.stands_in(order.party.name) and sum(map(str.isalpha, "".join(words))) > 1


def tell(order: Order, house: House, values: Mapping[str, Any], actor: str) -> DonorDetails:
    """Write down what was told, in the caller's transaction; `declaration` true keeps the text that was shown."""
    details = db.session.get(DonorDetails, order.id)
    moment = clock.now()
    if details is None:
        details = DonorDetails(order_id=order.id)
        db.session.add(details)
    for name in FIELDS[:-1]:
        setattr(details, name, values.get(name) or "")
    details.declaration = declaration(house.organisation.legal_name) if values.get("declaration") else ""
    details.declared_at = moment if details.declaration else None
    details.entered_by, details.entered_at = actor, moment
    trail.note(actor, "receipt.donor_told", order.code, order.organisation_id)
    db.session.flush()
    return details


def name_of(order: Order, details: DonorDetails) -> str:
    """How the paper names the donor."""
    person = " ".join(filter(None, (details.title, details.first_name, details.last_name)))
    return details.company or person or order.party.name


def lines_of(details: DonorDetails) -> list[str]:
    """The address, line by line."""
    first = " ".join(filter(None, (details.house, details.street.strip())))
    place = " ".join(filter(None, (details.postcode, details.town)))
    return [line for line in (*first.splitlines(), place, details.country) if line.strip()]
