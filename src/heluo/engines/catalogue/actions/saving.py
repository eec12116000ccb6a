"""Keeping searches: for oneself, so without an audit row."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from heluo.engines.catalogue.access import Permission
from heluo.engines.catalogue.errors import AlreadySaved, NothingAsked, TooManySearches
from heluo.engines.catalogue.models import MOST_SEARCHES, SavedSearch
from heluo.engines.catalogue.queries import own_search, title_of
from heluo.engines.catalogue.registry import facets as known_facets
from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require, require_person
from heluo.kernel.holdings.public import Permission as HoldingsPermission

LONGEST_TEXT, LONGEST_TITLE = 200, 120


@transaction.atomic
def save_search(
    *, by: Actor, kind: str, text: str, facets: Mapping[str, Sequence[str]], title: str = "", now: datetime
) -> SavedSearch:
    """Keep a question; it is called by what it asks, unless it is given a title. Facets nobody knows are left out."""
    require(by, Permission.SAVE_SEARCH)
    person = require_person(by)
    keys = {facet.key for facet in known_facets()}
    asked = {key: sorted(set(codes)) for key, codes in sorted(facets.items()) if key in keys and codes}
    text = " ".join(text.split())[:LONGEST_TEXT]
    if not text and not asked:
        raise NothingAsked
    if SavedSearch.objects.filter(person=person).count() >= MOST_SEARCHES:
        raise TooManySearches(most=MOST_SEARCHES)
    question = json.dumps([kind, text, asked], ensure_ascii=False, sort_keys=True)
    with refused_as(AlreadySaved, constraint="search_kept_once"):
        return SavedSearch.objects.create(
            uuid=uuid4(),
            person=person,
            kind=kind,
            title=(title.strip() or title_of(text, asked))[:LONGEST_TITLE],
            text=text,
            facets=asked,
            digest=hashlib.sha256(question.encode()).hexdigest(),
            at=now,
            seen_at=now,
        )


@transaction.atomic
def look_at_search(*, by: Actor, search: UUID, now: datetime) -> SavedSearch:
    """Begin to count anew what has come since."""
    found = own_search(by, search)
    found.seen_at = now
    found.save(update_fields=["seen_at"])
    return found


@transaction.atomic
def forget_search(*, by: Actor, search: UUID) -> SavedSearch:
    """Keep a question no longer; what is returned says what it was."""
    found = own_search(by, search)
    SavedSearch.objects.filter(pk=found.pk).delete()
    return found


def erase_searches(*, by: Actor, person: UUID, now: datetime) -> int:
    """Forget what somebody has searched for. The decision was made elsewhere."""
    require(by, HoldingsPermission.ERASE)
    del now
    return SavedSearch.objects.filter(person=person).delete()[0]
