"""The cards for the tables, as a PDF. For those who run the evening."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.core import trail
from events.core.db import transaction
from events.table_codes import coding, paper
from events.team.access import MANAGERS, actor

blueprint = Blueprint("table_codes", __name__)


@blueprint.get("/manage/<slug>/table-cards.pdf")
def cards(slug: str) -> ResponseReturnValue:
    """A card for each table and one for the room; tables that had no code have one from now on."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    with transaction():
        coding.give(event.id)
        trail.note(who, "table_cards.printed", f"event:{event.id}", event.organisation_id)
    data = paper.cards_pdf(get_managed_event(slug, MANAGERS))
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{slug}-table-cards.pdf"'}
    return data, headers
