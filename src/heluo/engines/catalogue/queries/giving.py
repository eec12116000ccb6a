"""Which contents other nodes may have of what the catalogue shows."""

from collections.abc import Collection

from django.conf import settings
from django.db.models import F, Q

from heluo.engines.catalogue.access import may_find
from heluo.engines.catalogue.enums import EntryState, Visibility
from heluo.engines.catalogue.models import Entry, HashesOfFiles
from heluo.kernel.actors.public import Actor
from heluo.kernel.transfers.public import held_of


def shown_to_everybody(sha256s: Collection[str], _domain: str) -> set[str]:
    """Those contents that belong to an entry which everybody may see."""
    return contents_shown(sha256s, Q(visibility=Visibility.PUBLIC))


def contents_shown(sha256s: Collection[str], which: Q) -> set[str]:
    """Those contents that belong to a published entry of these, in two queries.

    An entry of another platform opens only what came here from elsewhere: whoever made that entry may have written any
    hash into it, also that of a file which somebody here keeps for themselves.
    """
    asked = set(sha256s)
    own: set[str] = set()
    others: set[str] = set()
    naming = Entry.objects.annotate(hashes=HashesOfFiles(F("payload"))).filter(
        which, state=EntryState.PUBLISHED, hashes__has_any_keys=sorted(asked)
    )
    for origin, hashes in naming.values_list("origin", "hashes"):
        (own if origin == settings.NODE_DOMAIN else others).update(asked.intersection(hashes))
    return own | (held_of(others - own) if others - own else set())


def entries_with(actor: Actor, sha256s: Collection[str]) -> dict[str, Entry]:
    """An entry that the actor may see for each of these contents that one has; one query."""
    asked = set(sha256s)
    naming = Entry.objects.annotate(hashes=HashesOfFiles(F("payload"))).filter(
        may_find(actor), hashes__has_any_keys=sorted(asked)
    )
    return {sha256: entry for entry in naming.defer("words") for sha256 in asked.intersection(entry.hashes)}
