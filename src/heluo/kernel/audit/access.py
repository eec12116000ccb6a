"""Who may read the audit log and order its verification."""

from enum import StrEnum

from django.db.models import Q

from heluo.kernel.actors.public import Actor, allows, within


class Permission(StrEnum):
    VIEW = "audit.view"
    """Read what happened in one's own part of the management tree."""
    VIEW_PLATFORM = "audit.view_platform"
    """Read also what belongs to no organisation: sign-in policy, jobs, keys."""
    VERIFY = "audit.verify"


def visible_rows(actor: Actor) -> Q:
    """A filter that keeps the audit rows of the actor's own tree."""
    rows = within(actor, Permission.VIEW, field="path")
    return rows | Q(path="") if allows(actor, Permission.VIEW_PLATFORM) else rows
