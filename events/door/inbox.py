"""The organiser's page of what two phones without a network did to one ticket. Its addresses stand in routes.py."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from events.catalogue.finding import get_managed_event
from events.core import trail
from events.core.db import transaction
from events.core.i18n import gettext
from events.core.refusal import NotFound
from events.door import conflicts, forms
from events.team.access import MANAGERS, actor, current_account


def conflict_inbox(slug: str) -> ResponseReturnValue:
    """Every conflict of the evening, open ones first."""
    event, form = get_managed_event(slug, MANAGERS), forms.FindingForm(formdata=None)
    cases, findings = conflicts.of_event(event.id), forms.FINDING_WORDS
    return render_template("events/door/conflicts.html", event=event, cases=cases, form=form, findings=findings)


def resolve_conflict(slug: str, conflict_id: int) -> ResponseReturnValue:
    """A person has looked at it."""
    event, account, who, form = get_managed_event(slug, MANAGERS), current_account().id, actor(), forms.FindingForm()
    if not form.validate_on_submit():
        raise NotFound(gettext("This page has run out. Load it again."))
    with transaction():
        if conflicts.resolve(event.id, conflict_id, account, str(form.finding.data)):
            trail.note(who, "door.conflict_resolved", f"conflict:{conflict_id}", event.organisation_id)
    return redirect(url_for("door.conflict_inbox", slug=slug), 303)
