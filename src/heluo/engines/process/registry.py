"""What apps offer to processes: actions that service tasks may name, and how what a process is about looks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

from heluo.engines.process.vocabulary import Subject, Values
from heluo.kernel.actors.public import Actor


class Service(Protocol):
    """An action of an app, done within the transaction of the step. It checks the rights of `by` itself.

    Gives values for the process, or none. A refusal takes the whole step back.
    """

    def __call__(self, *, by: Actor, subject: Subject, values: Values, now: datetime) -> Values | None: ...


@dataclass(frozen=True, slots=True)
class Panel:
    """What a step is about, beside its form: a template, and where the thing's own page is, if any.

    `context` is asked for what the template shows only where it is shown: a process page needs the address alone.
    """

    template: str
    context: Callable[[], Mapping[str, object]]
    url: str = ""


Shows = Callable[[Actor, UUID], Panel | None]
"""What an actor may see of a thing, or nothing."""

_panels: dict[str, Shows] = {}
_services: dict[str, Service] = {}


def register_service(name: str, service: Service) -> None:
    """Offer an action to diagrams as `urn:heluo:service:<name>`, from an app's `ready`."""
    if _services.setdefault(name, service) is not service:
        raise ImproperlyConfigured(f"the action {name!r} is registered twice")


def register_panel(kind: str, shows: Shows) -> None:
    """Show things of a kind beside the steps that are about them, from an app's `ready`."""
    if _panels.setdefault(kind, shows) is not shows:
        raise ImproperlyConfigured(f"the panel of {kind!r} is registered twice")


def has_panel(kind: str) -> bool:
    """Whether an app shows things of a kind; what it then does not show somebody has no page for them either."""
    return kind in _panels


def panel_of(actor: Actor, kind: str, subject: UUID) -> Panel | None:
    shows = _panels.get(kind)
    return shows(actor, subject) if shows else None


def service_named(name: str) -> Service | None:
    return _services.get(name)
