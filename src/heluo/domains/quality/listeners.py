"""Who may follow a run live."""

from contextlib import suppress

from heluo.domains.quality.access import Permission
from heluo.domains.quality.events import RUN
from heluo.domains.quality.models import Run
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.events.public import followable


@followable(RUN)
def follow_run(actor: Actor, number: str) -> bool:
    """A run is live for those who see the quality of what it covers."""
    with suppress(ValueError):
        return Run.objects.filter(within(actor, Permission.VIEW), pk=int(number)).exists()
    return False
