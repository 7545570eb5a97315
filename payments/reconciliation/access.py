"""Whose books a page of the treasury shows: one organisation's, that the account keeps as a whole."""

from flask import request
from sqlalchemy import select

from events.catalogue.models import Organisation
from events.core.db import db
from events.core.i18n import gettext as _
from events.core.refusal import NotFound
from events.team import access
from events.team.access import MONEY


def kept() -> list[Organisation]:
    """The organisations whose money the signed-in account keeps, by name."""
    query = select(Organisation).where(Organisation.id.in_(access.organisations(MONEY)))
    return list(db.session.scalars(query.order_by(Organisation.name, Organisation.id)))


def get_organisation() -> Organisation:
    """The one that `organisation` names in query or form, else the first. Raises NotFound."""
    mine = kept()
    wanted = request.values.get("organisation")
    found = [one for one in mine if wanted in (None, "", one.slug)]
    if not found:
        raise NotFound(_("This page does not exist, or it is not for you."))
    return found[0]


def keeps_all() -> bool:
    """Whether the account keeps the books of every organisation here: then it may read the check of the whole."""
    ids = set(db.session.scalars(select(Organisation.id)))
    return ids <= set(access.organisations(MONEY))
