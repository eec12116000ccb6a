"""Who opens virtual platforms, and who keeps one."""

from enum import StrEnum

from django.db.models import Q

from heluo.kernel.actors.public import Actor, within


class Permission(StrEnum):
    GRANT = "tenants.grant"
    """Open a virtual platform for an organisation, give it a host name, suspend it, say where it moved."""
    KEEP = "tenants.keep"
    """Give the virtual platform of one's own organisation, or of one below, its name, its looks and its home page."""


def kept_by(actor: Actor) -> Q:
    return within(actor, Permission.KEEP)


def granted_by(actor: Actor) -> Q:
    return within(actor, Permission.GRANT)
