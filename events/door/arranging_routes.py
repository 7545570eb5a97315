"""Pages on which organisers prepare the door: check lists and their hours, questions to ask at the entrance."""

from collections.abc import Callable
from typing import Final

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.catalogue.models import Event
from events.core import own_page, trail
from events.core.db import transaction
from events.core.refusal import Refusal
from events.door import check_lists, forms, hours
from events.guests import questions
from events.team.access import DOOR, MANAGERS, actor


def lists_page(slug: str) -> ResponseReturnValue:
    """The check lists of the evening, and how many have passed each."""
    return _lists(get_managed_event(slug, DOOR))


def add_list(slug: str) -> ResponseReturnValue:
    """One more point that guests pass."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), forms.ListForm()
    if not form.validate_on_submit():
        return _lists(event, form), 422
    name = " ".join(str(form.name.data).split())
    try:
        with transaction():
            check_lists.new_list(event.id, name, repeats=bool(form.repeats.data))
            trail.note(who, "door.list_added", f"event:{event.id}", event.organisation_id, name=name)
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _lists(event, form), refusal.status
    return redirect(url_for("door.lists_page", slug=slug), 303)


def _lists(event: Event, form: forms.ListForm | None = None) -> str:
    return render_template(
        "events/door/lists.html",
        event=event,
        lines=[(line, figures, hours.find_hours(event.id, line.key)) for line, figures in _figures(event)],
        form=form or forms.ListForm(formdata=None),
    )


def _figures(event: Event) -> list[tuple[check_lists.ListLine, dict[str, int]]]:
    return check_lists.figures_of(event.id)


def hours_page(slug: str, key: str) -> ResponseReturnValue:
    """When one check list lets people pass."""
    event, line = _list(slug, key)
    form = forms.HoursForm(formdata=None)
    form.fill(hours.find_hours(event.id, key), event.time_zone)
    return render_template("events/door/hours.html", event=event, line=line, form=form)


def set_list_hours(slug: str, key: str) -> ResponseReturnValue:
    """Keep them."""
    (event, line), who, form = _list(slug, key), actor(), forms.HoursForm()
    if not form.validate_on_submit():
        return render_template("events/door/hours.html", event=event, line=line, form=form), 422
    try:
        with transaction():
            hours.set_hours(event.id, *form.read(event.time_zone), check_list=key)
            trail.note(who, "door.hours", f"event:{event.id}", event.organisation_id, check_list=key)
    except Refusal as refusal:
        form.closes_at.errors = [refusal.sentence]
        return render_template("events/door/hours.html", event=event, line=line, form=form), refusal.status
    return redirect(url_for("door.lists_page", slug=slug), 303)


def _list(slug: str, key: str) -> tuple[Event, check_lists.ListLine]:
    event = get_managed_event(slug, DOOR)
    return event, check_lists.get_list(event.id, key)


def questions_page(slug: str) -> ResponseReturnValue:
    """What is asked at the door, and what was answered."""
    event = get_managed_event(slug, MANAGERS)
    return _questions(event, forms.question_form(event.languages)(formdata=None))


def add_question(slug: str) -> ResponseReturnValue:
    """Ask every guest one thing more."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    form = forms.question_form(event.languages)()
    if not form.validate_on_submit():
        return _questions(event, form), 422
    text, choices = form.read()
    with transaction():
        question = questions.new_question(event.id, text, choices, at_door=True)
        trail.note(who, "door.question_added", f"question:{question.id}", event.organisation_id)
    return redirect(url_for("door.questions_page", slug=slug), 303)


def end_question(slug: str, question_id: int) -> ResponseReturnValue:
    """Ask it no longer."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    with transaction():
        if questions.end_question(event.id, question_id):
            trail.note(who, "door.question_ended", f"question:{question_id}", event.organisation_id)
    return redirect(url_for("door.questions_page", slug=slug), 303)


def _questions(event: Event, form: forms.QuestionForm) -> str:
    return render_template(
        "events/door/questions.html",
        event=event,
        lines=[line for line in questions.of_event(event.id) if line.question.at_door],
        form=form,
        confirmation=own_page.Confirmation(formdata=None),
        sent=request.method == "POST",
    )


ADDRESSES: Final[tuple[tuple[str, Callable[..., ResponseReturnValue], str], ...]] = (
    ("/lists", lists_page, "GET"),
    ("/lists", add_list, "POST"),
    ("/lists/<key>/hours", hours_page, "GET"),
    ("/lists/<key>/hours", set_list_hours, "POST"),
    ("/questions", questions_page, "GET"),
    ("/questions", add_question, "POST"),
    ("/questions/<int:question_id>/end", end_question, "POST"),
)
"""Below the door's own page of an evening: address, view, method."""
