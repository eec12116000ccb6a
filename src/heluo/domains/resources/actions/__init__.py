"""Every write of the resource centre: from the first draft to withdrawal."""

from heluo.domains.resources.actions.batches import NewResource, take_over_resources
from heluo.domains.resources.actions.counting import sum_up_uses
from heluo.domains.resources.actions.deriving import derive_resource
from heluo.domains.resources.actions.drafting import (
    Description,
    attach_file,
    describe_draft,
    remove_file,
    reorder_files,
    start_draft,
    start_new_version,
)
from heluo.domains.resources.actions.holding import bring_back, take_down_by_order
from heluo.domains.resources.actions.lasting import prolong_resource, take_down_what_is_over, warn_of_ends
from heluo.domains.resources.actions.links import note_links, note_looks, take_up_links
from heluo.domains.resources.actions.mending import report_fault, take_down_resource
from heluo.domains.resources.actions.recommending import RECOGNISING, recognise_resource, recommend_resource
from heluo.domains.resources.actions.reviewing import (
    publish_submission,
    register_submission,
    return_submission,
    submit_resource,
    take_back_resource,
    take_back_submission,
    withdraw_resource,
)
from heluo.domains.resources.actions.watching import erase_playbacks, keep_place

__all__ = [
    "RECOGNISING",
    "Description",
    "NewResource",
    "attach_file",
    "bring_back",
    "derive_resource",
    "describe_draft",
    "erase_playbacks",
    "keep_place",
    "note_links",
    "note_looks",
    "prolong_resource",
    "publish_submission",
    "recognise_resource",
    "recommend_resource",
    "register_submission",
    "remove_file",
    "reorder_files",
    "report_fault",
    "return_submission",
    "start_draft",
    "start_new_version",
    "submit_resource",
    "sum_up_uses",
    "take_back_resource",
    "take_back_submission",
    "take_down_by_order",
    "take_down_resource",
    "take_down_what_is_over",
    "take_over_resources",
    "take_up_links",
    "warn_of_ends",
    "withdraw_resource",
]
