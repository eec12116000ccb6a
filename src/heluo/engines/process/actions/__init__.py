"""Every write of the process engine."""

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
    fire_timer,
    put_off_timer,
    retitle,
    start_process,
)

__all__ = [
    "claim_item",
    "comment_on_process",
    "complete_item",
    "complete_together",
    "delegate_item",
    "fire_timer",
    "put_off_timer",
    "release_item",
    "retitle",
    "start_process",
    "withdraw_process",
]
