"""Every write of the process engine."""

from heluo.engines.process.actions.defining import approve_change, propose_change, refuse_change, withdraw_change
from heluo.engines.process.actions.handling import (
    claim_item,
    comment_on_process,
    delegate_item,
    release_item,
    withdraw_process,
)
from heluo.engines.process.actions.moving import (
    complete_item,
    complete_together,
    fire_or_put_off,
    fire_timer,
    put_off_timer,
    retitle,
    start_process,
)
from heluo.engines.process.actions.pausing import end_pause, pause_process, resume_process
from heluo.engines.process.actions.pooling import add_member, add_place, make_pool, remove_member, remove_place
from heluo.engines.process.actions.recounting import recount_deadlines
from heluo.engines.process.actions.reminding import remind
from heluo.engines.process.actions.repairing import end_process, reassign_item, retry_timers

__all__ = [
    "add_member",
    "add_place",
    "approve_change",
    "claim_item",
    "comment_on_process",
    "complete_item",
    "complete_together",
    "delegate_item",
    "end_pause",
    "end_process",
    "fire_or_put_off",
    "fire_timer",
    "make_pool",
    "pause_process",
    "propose_change",
    "put_off_timer",
    "reassign_item",
    "recount_deadlines",
    "refuse_change",
    "release_item",
    "remind",
    "remove_member",
    "remove_place",
    "resume_process",
    "retitle",
    "retry_timers",
    "start_process",
    "withdraw_change",
    "withdraw_process",
]
