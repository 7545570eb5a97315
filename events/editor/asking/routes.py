"""Questions of the organiser's own: a new one, and the end of one. They are listed on the page of what is asked."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from events.core.db import transaction
from events.editor.asking import posing
from events.editor.asking.sheets import QUESTION
from events.editor.fields import read
from events.editor.web import Sheet, attempt, managed, page, setting_of
from events.team.access import actor

blueprint = Blueprint("asking", __name__)

_USUAL = {"scope": "ticket", "kind": "text", "need": ""}


@blueprint.route("/manage/<slug>/edit/questions/new", methods=["GET", "POST"])
def new(slug: str) -> ResponseReturnValue:
    """One more question."""
    event, who = managed(slug), actor()
    if request.method == "GET":
        return page("question.html", event, Sheet({**_USUAL}), fields=QUESTION, part="asking")
    reading = read(QUESTION, request.form, setting_of(event))
    sheet = attempt(reading, lambda: posing.pose(managed(slug), reading.values, who), lambda: ({}, 0))
    if sheet is None:
        return redirect(url_for("editor.part", slug=slug, part="asking", said="saved", _anchor="questions"), 303)
    return page("question.html", managed(slug), sheet, fields=QUESTION, part="asking")


@blueprint.post("/manage/<slug>/edit/questions/<int:question_id>/end")
def end(slug: str, question_id: int) -> ResponseReturnValue:
    """Ask it no longer."""
    who = actor()
    with transaction():
        posing.end(managed(slug), question_id, who)
    return redirect(url_for("editor.part", slug=slug, part="asking", said="saved", _anchor="questions"), 303)
