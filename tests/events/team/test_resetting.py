"""App, codes and passkeys are lost: an operator takes them back by a command, and the person hears of it."""

from datetime import timedelta

from click.testing import CliRunner, Result
from sqlalchemy import select

from app import cli
from events.core.db import db
from events.core.trail import TrailEntry
from events.mail.models import Letter
from events.team.commands import reset_sign_in
from tests.events.team.steps import Turn, add_app, add_passkey, by_passkey, enter, is_in
from tests.support.staff import Staff


def reset(staff: Staff, email: str) -> Result:
    return CliRunner().invoke(reset_sign_in, [email], obj=lambda: staff.app)


def test_what_is_lost_is_taken_back_and_the_letter_signs_in_again(staff: Staff, turn_clock: Turn) -> None:
    browser = enter(staff)
    device = add_passkey(browser)
    add_app(browser)
    done = reset(staff, "Treasurer@example.org")
    assert (done.exit_code, "an app and 1 passkeys" in done.output) == (0, True), done.output
    assert not is_in(browser)
    assert by_passkey(staff.app.test_client(), device) != 303
    turn_clock(timedelta(minutes=1))
    assert is_in(enter(staff))
    with staff.app.app_context():
        told = db.session.scalars(select(Letter).where(Letter.kind == "factors_reset")).one()
        note = db.session.scalars(select(TrailEntry).where(TrailEntry.action == "account.factors_reset")).one()
        assert told.recipient_email == "treasurer@example.org"
        assert (note.actor, note.details) == ("command", {"app": True, "passkeys": 1, "browsers": 1})


def test_nobody_else_is_touched_and_a_stranger_is_named(staff: Staff) -> None:
    owner = enter(staff, "owner")
    add_app(owner)
    assert reset(staff, "treasurer@example.org").exit_code == 0
    assert is_in(owner)
    refused = reset(staff, "missing@example.org")
    assert (refused.exit_code, "Nobody signs in as" in refused.output) == (1, True)


def test_there_is_a_command_and_no_page(staff: Staff) -> None:
    assert cli.commands["reset-sign-in"] is reset_sign_in
    assert [rule.rule for rule in staff.app.url_map.iter_rules() if "reset" in rule.rule] == []
