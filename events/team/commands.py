"""Commands about staff, for whoever runs the machine."""

from collections.abc import Callable

import click
from flask import Flask

from events.core.db import transaction
from events.core.starting import opened
from events.team import resetting, signing_in


@click.command("reset-sign-in")
@click.argument("email")
@click.pass_obj
def reset_sign_in(factory: Callable[[], Flask], email: str) -> None:
    """Take back a person's authenticator app, printed codes and passkeys, when all are lost; they are told by letter.

    Make sure who asks: call them on a number you know. The letter to EMAIL signs them in afterwards.
    """
    with opened(factory), transaction():
        account = signing_in.find_account(email)
        if account is None:
            raise click.ClickException(f"Nobody signs in as {email}.")
        taken = resetting.reset(account, "command")
    had = "an app" if taken.app else "no app"
    click.echo(f"{email} had {had} and {taken.passkeys} passkeys, and was signed in {taken.browsers} times: all ended.")


COMMANDS = (reset_sign_in,)
