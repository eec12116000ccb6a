"""The subcommands of `heluo`, one module each, each exporting `command`."""

import click
from django.utils.translation import override

from heluo.kernel.actors.errors import Refusal


def say(text: str) -> None:
    """Progress goes to the error stream: what a command prints is its result."""
    click.echo(text, err=True)


def refused(refusal: Refusal) -> click.ClickException:
    """A refusal in both languages of the command line. Django must be set up."""
    with override("zh-hans"):
        chinese = str(refusal)
    with override("en"):
        english = str(refusal)
    return click.ClickException(f"{chinese}\n{english}")
