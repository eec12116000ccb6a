"""The subcommands of `heluo`, one module each, each exporting `command`."""

import click


def say(text: str) -> None:
    """Progress goes to the error stream: what a command prints is its result."""
    click.echo(text, err=True)
