"""Actions that service tasks may name, registered by the apps that offer them."""

from datetime import datetime
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured

from heluo.engines.process.vocabulary import Subject, Values
from heluo.kernel.actors.public import Actor


class Deed(Protocol):
    """An action of an app, done within the transaction of the step. It checks the rights of `by` itself.

    Gives values for the process, or none. A refusal takes the whole step back.
    """

    def __call__(self, *, by: Actor, subject: Subject, values: Values, now: datetime) -> Values | None: ...


_deeds: dict[str, Deed] = {}


def register_deed(name: str, deed: Deed) -> None:
    """Offer an action to diagrams as `urn:heluo:action:<name>`, from an app's `ready`."""
    if _deeds.setdefault(name, deed) is not deed:
        raise ImproperlyConfigured(f"the action {name!r} is registered twice")


def deed_named(name: str) -> Deed | None:
    return _deeds.get(name)
