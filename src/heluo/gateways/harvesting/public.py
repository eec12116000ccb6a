"""What the rest of the house calls: the command line and the benchmark harvest a source by themselves, and who tells on
what came here says from where.
"""

from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions import (
    HARVESTER,
    Kept,
    TakenIn,
    add_source,
    begin_run,
    carried_source,
    go_on,
    look_at,
    take_carried,
)
from heluo.gateways.harvesting.models import Source
from heluo.gateways.harvesting.protocol import Listed, records_in
from heluo.gateways.harvesting.queries import HarvestedFrom, harvested_from, last_run, records_here, source_called

__all__ = [
    "HARVESTER",
    "HarvestedFrom",
    "Kept",
    "Listed",
    "Permission",
    "Source",
    "TakenIn",
    "add_source",
    "begin_run",
    "carried_source",
    "go_on",
    "harvested_from",
    "last_run",
    "look_at",
    "records_here",
    "records_in",
    "source_called",
    "take_carried",
]
