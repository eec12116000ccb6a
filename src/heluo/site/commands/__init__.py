"""The subcommands of `heluo`, one module each, each exporting `command`."""

import click
from django.utils.translation import override

from heluo.kernel.actors.errors import Refusal


def say(text: str) -> None:
    """Progress goes to the error stream: what a command prints is its result."""
    click.echo(text, err=True)


def in_both_languages(told: object) -> str:
    """What something says of itself, in Chinese and in English. Django must be set up."""
    with override("zh-hans"):
        chinese = str(told)
    with override("en"):
        english = str(told)
    return f"{chinese}\n{english}"


def refused(refusal: Refusal) -> click.ClickException:
    """A refusal as the command line says it."""
    return click.ClickException(in_both_languages(refusal))
