"""What the rest of the house calls: `from heluo.kernel.actors.public import Actor, require, within`."""

from heluo.kernel.actors.access import allows, paths_for, require, require_person, tree_paths, within
from heluo.kernel.actors.manifest import (
    HeluoApp,
    Manifest,
    NavigationEntry,
    Place,
    actor_title,
    actor_titles,
    address_of,
    house_apps,
    is_kind,
    list_of,
    page_of,
    permissions_of,
)
from heluo.kernel.actors.vocabulary import (
    PUBLIC_ACTOR,
    WHOLE_TREE,
    Actor,
    Grant,
    HasPath,
    Post,
    platform_actor,
)

__all__ = [
    "PUBLIC_ACTOR",
    "WHOLE_TREE",
    "Actor",
    "Grant",
    "HasPath",
    "HeluoApp",
    "Manifest",
    "NavigationEntry",
    "Place",
    "Post",
    "actor_title",
    "actor_titles",
    "address_of",
    "allows",
    "house_apps",
    "is_kind",
    "list_of",
    "page_of",
    "paths_for",
    "permissions_of",
    "platform_actor",
    "require",
    "require_person",
    "tree_paths",
    "within",
]
