"""Who may change and who may find entries."""

from enum import StrEnum

from django.db.models import Q

from heluo.engines.catalogue.enums import EntryState, Visibility
from heluo.kernel.actors.public import WHOLE_TREE, Actor, paths_for, tree_paths, within


class Permission(StrEnum):
    PUBLISH = "catalogue.publish"
    RECEIVE = "catalogue.receive"
    VIEW = "catalogue.view"
    OVERLAY = "catalogue.overlay"
    SAVE_SEARCH = "catalogue.save_search"
    KEEP_SYNONYMS = "catalogue.keep_synonyms"


def is_shared_with(actor: Actor) -> Q:
    """Entries (or versions of them) whose visibility reaches the actor, whatever their state."""
    reaches = Q(visibility=Visibility.PUBLIC)
    if actor.is_person:
        reaches |= Q(visibility=Visibility.SIGNED_IN)
        if paths := tree_paths(actor):
            reaches |= Q(visibility=Visibility.TREE, shared_with__path__in=paths)
    officer_of = paths_for(actor, Permission.VIEW)
    if WHOLE_TREE in officer_of:
        return Q()
    return reaches | within(actor, Permission.VIEW) if officer_of else reaches


def may_find(actor: Actor) -> Q:
    """Entries the actor may find: published, and shared with them."""
    return Q(state=EntryState.PUBLISHED) & is_shared_with(actor)
