"""The page behind "no more letters of this kind". Mail programs post there by themselves when asked (RFC 8058)."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import delete, select

from events.catalogue.models import Organisation
from events.core import clock
from events.core.db import changed, db, insert_once, transaction
from events.messages.letters import read_token
from events.messages.models import Objection
from events.team.access import public


@public
def unsubscribe(token: str) -> ResponseReturnValue:
    """Say no, or yes again (`do=again`). Looking at it does nothing: mail programs look, too."""
    organisation_id, digest = read_token(token)
    key = {"organisation_id": organisation_id, "digest": digest}
    if request.method == "POST":  # answered here: a redirect after such a post is not followed by every mail program
        with transaction():
            if request.form.get("do") == "again":
                changed(delete(Objection).filter_by(**key))
            else:
                insert_once(Objection, key | {"at": clock.now()}, list(key))
    house = db.session.get_one(Organisation, organisation_id)
    objects = db.session.scalar(select(Objection.id).filter_by(**key)) is not None
    return render_template("events/messages/unsubscribe.html", organisation=house, token=token, objects=objects)
