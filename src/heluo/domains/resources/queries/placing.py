"""A resource on the textbook tree: what stands beside it in its chapter, in the next one, under its points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from heluo.domains.resources.models import ResourceVersion
from heluo.domains.resources.queries.describing import KIND
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.domains.textbooks.public import Place, next_chapter, places_of_chapters, places_of_points
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import find_entries
from heluo.kernel.actors.public import Actor

BESIDE = 4
Facets = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Other resources that belong together, and the page with all of them."""

    title: str
    place: Place
    entries: list[Entry]


def shelves_beside(actor: Actor, version: ResourceVersion) -> list[Shelf]:
    """Other resources of the first chapter of a version, of the chapter behind it, and of its points.

    Each stands on the first shelf that has it. Nothing is asked for a version that hangs nowhere.
    """
    wanted: list[tuple[str, Place, Facets]] = []
    for place in places_of_chapters(version.chapters[:1]):
        wanted.append((_("本节的其他资源"), place, {CHAPTER_FACET: [str(place.uuid)]}))
        if after := next_chapter(place.uuid):
            title = _("下一节：{title}").format(title=after.title)
            wanted.append((title, after, {CHAPTER_FACET: [str(after.uuid)]}))
    points = {POINT_FACET: [str(uuid) for uuid in version.knowledge_points]}
    wanted += [(_("同一知识点的资源"), place, points) for place in places_of_points(version.knowledge_points[:1])]
    seen = {version.resource.uuid}
    shelves = []
    for title, place, facets in wanted:
        found = find_entries(actor=actor, kinds=(KIND,), facets=facets, size=BESIDE + len(seen))
        entries = [entry for entry in found.items if entry.uuid not in seen][:BESIDE]
        if entries:
            seen.update(entry.uuid for entry in entries)
            shelves.append(Shelf(title, place, entries))
    return shelves
