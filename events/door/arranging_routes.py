"""Pages on which organisers prepare the door: check lists and their hours, questions to ask at the entrance."""

from collections.abc import Callable
from typing import Any, Final

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
    name = form.read()
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
        lines=[_line(event, line, figures) for line, figures in check_lists.figures_of(event.id)],
        form=form or forms.ListForm(formdata=None),
        said=request.args.get("said", ""),
    )


def _line(event: Event, line: check_lists.ListLine, figures: dict[str, int]) -> dict[str, Any]:
    times = hours.find_hours(event.id, line.key)
    return {"list": line, "figures": figures, "hours": times, "doubt": hours.doubt(times, event)}


def list_page(slug: str, key: str) -> ResponseReturnValue:
    """One check list: its name, and when it lets people pass."""
    return _one(*_list(slug, key))


def rename_list(slug: str, key: str) -> ResponseReturnValue:
    """Call it otherwise."""
    event, who, form = get_managed_event(slug, MANAGERS), actor(), forms.NameForm()
    line = check_lists.get_list(event.id, key)
    if not form.validate_on_submit():
        return _one(event, line, name_form=form), 422
    try:
        with transaction():
            check_lists.rename(event.id, key, form.read())
            trail.note(who, "door.list_renamed", f"event:{event.id}", event.organisation_id, name=form.read())
    except Refusal as refusal:
        form.name.errors = [refusal.sentence]
        return _one(event, line, name_form=form), refusal.status
    return redirect(url_for("door.lists_page", slug=slug, said="renamed"), 303)


def remove_list(slug: str, key: str) -> ResponseReturnValue:
    """Take it away."""
    event, who = get_managed_event(slug, MANAGERS), actor()
    own_page.demand()
    with transaction():
        name = check_lists.get_list(event.id, key).name
        check_lists.remove(event.id, key)
        trail.note(who, "door.list_removed", f"event:{event.id}", event.organisation_id, name=name)
    return redirect(url_for("door.lists_page", slug=slug, said="removed"), 303)


def set_list_hours(slug: str, key: str) -> ResponseReturnValue:
    """Keep the hours."""
    (event, line), who, form = _list(slug, key), actor(), forms.HoursForm()
    if not form.validate_on_submit():
        return _one(event, line, form), 422
    try:
        with transaction():
            hours.set_hours(event.id, *form.read(event.time_zone), check_list=key)
            trail.note(who, "door.hours", f"event:{event.id}", event.organisation_id, check_list=key)
    except Refusal as refusal:
        form.closes_at.errors = [refusal.sentence]
        return _one(event, line, form), refusal.status
    return redirect(url_for("door.lists_page", slug=slug, said="hours"), 303)


def _one(
    event: Event,
    line: check_lists.ListLine,
    form: forms.HoursForm | None = None,
    name_form: forms.NameForm | None = None,
) -> str:
    times = hours.find_hours(event.id, line.key)
    if form is None:
        form = forms.HoursForm(formdata=None)
        form.fill(times, event.time_zone)
    return render_template(
        "events/door/list.html",
        event=event,
        line=line,
        form=form,
        doubt=hours.doubt(times, event),
        name_form=name_form or forms.NameForm(formdata=None, name=line.name),
        may_go=not check_lists.is_in_use(event.id, line.key),
    )


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
    ("/lists/<key>", list_page, "GET"),
    ("/lists/<key>/name", rename_list, "POST"),
    ("/lists/<key>/removal", remove_list, "POST"),
    ("/lists/<key>/hours", list_page, "GET"),
    ("/lists/<key>/hours", set_list_hours, "POST"),
    ("/questions", questions_page, "GET"),
    ("/questions", add_question, "POST"),
    ("/questions/<int:question_id>/end", end_question, "POST"),
)
"""Below the door's own page of an evening: address, view, method."""
