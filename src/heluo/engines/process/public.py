"""What the rest of the house calls."""

from heluo.engines.process.access import Permission
from heluo.engines.process.actions import (
    claim_item,
    comment_on_process,
    complete_item,
    complete_together,
    delegate_item,
    end_process,
    fire_timer,
    pause_process,
    reassign_item,
    release_item,
    resume_process,
    retitle,
    retry_timers,
    start_process,
    withdraw_process,
)
from heluo.engines.process.diagrams import Diagram, read_diagram
from heluo.engines.process.lint import Finding, lint, lint_decision
from heluo.engines.process.loading import publish_definition
from heluo.engines.process.packages import Package, examine, read_package
from heluo.engines.process.queries import (
    my_work,
    own_step,
    process_for,
    processes_about,
    titles_of,
    troubled,
    work_item_for,
    work_of,
)
from heluo.engines.process.registry import Panel, register_panel, register_service
from heluo.engines.process.vocabulary import Subject

__all__ = [
    "Diagram",
    "Finding",
    "Package",
    "Panel",
    "Permission",
    "Subject",
    "claim_item",
    "comment_on_process",
    "complete_item",
    "complete_together",
    "delegate_item",
    "end_process",
    "examine",
    "fire_timer",
    "lint",
    "lint_decision",
    "my_work",
    "own_step",
    "pause_process",
    "process_for",
    "processes_about",
    "publish_definition",
    "read_diagram",
    "read_package",
    "reassign_item",
    "register_panel",
    "register_service",
    "release_item",
    "resume_process",
    "retitle",
    "retry_timers",
    "start_process",
    "titles_of",
    "troubled",
    "withdraw_process",
    "work_item_for",
    "work_of",
]
