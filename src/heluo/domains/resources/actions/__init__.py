"""Every write of the resource centre: from the first draft to withdrawal."""

from heluo.domains.resources.actions.batches import NewResource, approve_resources, submit_resources
from heluo.domains.resources.actions.drafting import (
    Description,
    attach_file,
    describe_draft,
    remove_file,
    reorder_files,
    start_draft,
    start_new_version,
    submit_resource,
)
from heluo.domains.resources.actions.recommending import RECOGNISING, recognise_resource, recommend_resource
from heluo.domains.resources.actions.reviewing import approve_resource, return_for_correction, withdraw_resource
from heluo.domains.resources.actions.watching import erase_playbacks, keep_place

__all__ = [
    "RECOGNISING",
    "Description",
    "NewResource",
    "approve_resource",
    "approve_resources",
    "attach_file",
    "describe_draft",
    "erase_playbacks",
    "keep_place",
    "recognise_resource",
    "recommend_resource",
    "remove_file",
    "reorder_files",
    "return_for_correction",
    "start_draft",
    "start_new_version",
    "submit_resource",
    "submit_resources",
    "withdraw_resource",
]
