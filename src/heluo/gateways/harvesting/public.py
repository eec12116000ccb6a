"""What the rest of the house calls: the command line and the benchmark harvest a source by themselves, and who tells on
what came here says from where.
"""

from heluo.gateways.harvesting.access import Permission
from heluo.gateways.harvesting.actions import HARVESTER, Kept, add_source, begin_run, go_on, look_at
from heluo.gateways.harvesting.queries import HarvestedFrom, harvested_from, last_run, source_called

__all__ = [
    "HARVESTER",
    "HarvestedFrom",
    "Kept",
    "Permission",
    "add_source",
    "begin_run",
    "go_on",
    "harvested_from",
    "last_run",
    "look_at",
    "source_called",
]
