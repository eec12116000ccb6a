"""What is written: sources, runs, records, what words mean."""

from heluo.gateways.harvesting.actions.carrying import TakenIn, carried_source, take_carried
from heluo.gateways.harvesting.actions.comparing import COMPARE_TASK, compare, order_comparison
from heluo.gateways.harvesting.actions.mending import dismiss_held, map_term, read_again, retry_held
from heluo.gateways.harvesting.actions.running import (
    RUN_TASK,
    approve_retirement,
    begin_run,
    go_on,
    reject_retirement,
)
from heluo.gateways.harvesting.actions.sources import (
    READ_AGAIN_TASK,
    Kept,
    add_source,
    change_source,
    domain_of,
    look_at,
    pause_source,
)
from heluo.gateways.harvesting.actions.taking import HARVESTER

__all__ = [
    "COMPARE_TASK",
    "HARVESTER",
    "READ_AGAIN_TASK",
    "RUN_TASK",
    "Kept",
    "TakenIn",
    "add_source",
    "approve_retirement",
    "begin_run",
    "carried_source",
    "change_source",
    "compare",
    "dismiss_held",
    "domain_of",
    "go_on",
    "look_at",
    "map_term",
    "order_comparison",
    "pause_source",
    "read_again",
    "reject_retirement",
    "retry_held",
    "take_carried",
]
