"""Searches that somebody keeps, and what has come since they looked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from heluo.engines.catalogue.models import SavedSearch
from heluo.engines.catalogue.queries.alternatives import alternatives_for
from heluo.engines.catalogue.queries.finding import entries_asked_for
from heluo.engines.catalogue.registry import facet_named
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, list_of, require_person

NEW_AT_MOST = 99


@dataclass(frozen=True, slots=True)
class KeptSearch:
    """A saved search as its owner sees it. `new` stops at a cap."""

    search: SavedSearch
    url: str
    new: int

    @property
    def new_in_words(self) -> str:
        return f"{NEW_AT_MOST}+" if self.new > NEW_AT_MOST else str(self.new)


def saved_searches(actor: Actor) -> QuerySet[SavedSearch]:
    return SavedSearch.objects.filter(person=require_person(actor)).order_by("-id")


def own_search(actor: Actor, uuid: UUID) -> SavedSearch:
    found = saved_searches(actor).filter(uuid=uuid).first()
    if found is None:
        raise NotFound
    return found


def kept_searches(actor: Actor) -> list[KeptSearch]:
    """What an actor keeps, each with how much has come since they looked. Two queries, and one for synonyms of all."""
    searches = list(saved_searches(actor))
    new = _new_in(actor, searches)
    return [KeptSearch(search, address_of_search(search), new.get(search.pk, 0)) for search in searches]


def _new_in(actor: Actor, searches: Sequence[SavedSearch]) -> dict[int, int]:
    if not searches:
        return {}
    otherwise = alternatives_for(" ".join(search.text for search in searches))
    parts: list[str] = []
    params: list[Any] = []
    for search in searches:
        found = entries_asked_for(
            actor, text=search.text, facets=search.facets, kinds=(search.kind,), otherwise=otherwise
        ).filter(first_published_at__gt=search.seen_at)
        sql, found_params = found.order_by().values("pk")[: NEW_AT_MOST + 1].query.sql_with_params()
        parts.append(f"SELECT %s AS search, count(*) FROM ({sql}) AS found")  # noqa: S608  # Django's SQL
        params += [search.pk, *found_params]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        return dict(cursor.fetchall())


def asked_by(search: SavedSearch) -> str:
    """A question as the address of its list asks it."""
    asked = [("q", search.text)] if search.text else []
    return urlencode([*asked, *((key, code) for key, codes in search.facets.items() for code in codes)])


def address_of_search(search: SavedSearch) -> str:
    """The list that answers it, the newest first."""
    return f"{list_of(search.kind)}?{asked_by(search)}&sort=newest"


def title_of(text: str, facets: Mapping[str, Sequence[str]]) -> str:
    """A question in words: what was typed, and the values that were chosen."""
    parts = [text] if text else []
    for key, codes in facets.items():
        facet = facet_named(key)
        titles = facet.titles(codes) if facet else {}
        parts += [titles[code] for code in codes if code in titles]
    return " · ".join(parts)
