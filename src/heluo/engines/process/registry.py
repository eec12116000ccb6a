"""Actions that service tasks may name, registered by the apps that offer them."""

from datetime import datetime
from typing import Protocol

from django.core.exceptions import ImproperlyConfigured

from heluo.engines.process.vocabulary import Subject, Values
from heluo.kernel.actors.public import Actor


class Service(Protocol):
    """An action of an app, done within the transaction of the step. It checks the rights of `by` itself.

    Gives values for the process, or none. A refusal takes the whole step back.
    """

    def __call__(self, *, by: Actor, subject: Subject, values: Values, now: datetime) -> Values | None: ...


_services: dict[str, Service] = {}


def register_service(name: str, service: Service) -> None:
    """Offer an action to diagrams as `urn:heluo:service:<name>`, from an app's `ready`."""
    if _services.setdefault(name, service) is not service:
        raise ImproperlyConfigured(f"the action {name!r} is registered twice")


def service_named(name: str) -> Service | None:
    return _services.get(name)
