"""Commands of the money: demo, audit, reconcile, export, check."""

import json
import os
import sys
from collections.abc import Callable

import click
from flask import Flask

from events.commands import serving_settings
from events.core.db import end_reading
from events.core.settings import SettingsError
from events.core.starting import opened, settings_or_exit
from payments import auditing, checking
from payments.demo import folder, running
from payments.demo.processes import DidNotStart, is_free
from payments.exports.commands import export
from payments.gateway.failures import GatewayError
from payments.gateway.stripe_api import current_gateway
from payments.webhooks import reconciling

Factory = Callable[..., Flask]


@click.command()
@click.option("--port", envvar="PORT", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--fresh", is_flag=True, help="Begin with new data.")
@click.pass_obj
def demo(factory: Factory, port: int, fresh: bool) -> None:
    """The whole evening on this machine, with invented guests and a stand-in for Stripe. Ctrl-C ends it."""
    if not is_free(port):
        raise click.ClickException(f"Port {port} is in use: choose another with --port or PORT.")
    try:
        running.run(factory, os.environ, port, fresh, lambda name, value: click.echo(f"{name} {value}"))
    except (folder.DemoRefused, DidNotStart, SettingsError) as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.pass_obj
def audit(factory: Factory, as_json: bool) -> None:
    """Check the invariants of money, seats and letters. Changes nothing; exit 1 when one is broken."""
    settings = settings_or_exit()
    with opened(factory):
        violations, checked = auditing.audit()
        end_reading()
        if settings.stripe_api_base:
            violations += _against_the_stand_in(checked)
    if as_json:
        click.echo(json.dumps({"ok": not violations, "violations": violations, "checked": checked}))
    else:
        for violation in violations:
            click.echo(f"{violation['rule']}: {violation['what']}")
        counted = ", ".join(f"{count} {name}" for name, count in checked.items())
        click.echo(f"{len(violations)} violations; checked {counted}.")
    sys.exit(1 if violations else 0)


def _against_the_stand_in(checked: dict[str, int]) -> list[dict[str, str]]:
    """What its books say otherwise; one that has ended says nothing, and `checked` tells whether it was asked."""
    try:
        found = auditing.audit_against(current_gateway())
    except GatewayError:
        checked["stand-in"] = 0
        return []
    checked["stand-in"] = 1
    return found


@click.command()
@click.pass_obj
def reconcile(factory: Factory) -> None:
    """Ask Stripe about everything open, once."""
    serving_settings()
    with factory().app_context():
        try:
            outcomes = reconciling.reconcile()
        except GatewayError as error:
            raise click.ClickException(f"Stripe could not be asked: {error}") from error
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    click.echo(f"Asked about {sum(outcomes.values())} payments{': ' + told if told else ''}.")


@click.command()
@click.pass_obj
def check(factory: Factory) -> None:
    """Look at the configuration: a sentence per problem, with the mend. Exit 1 when there is one."""
    problems = checking.problems(factory, checking.given())
    for problem in problems:
        click.echo(problem)
    if problems:
        sys.exit(1)
    click.echo("Everything is in order.")


COMMANDS = (demo, audit, reconcile, export, check)
