"""The words that records need."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from heluo.engines.catalogue.enums import Meaning
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import facets as known_facets


@dataclass(frozen=True, slots=True)
class Wording:
    """A facet in words: its title, what its values say, and the title of each."""

    title: str
    meaning: Meaning
    titles: Mapping[str, str]


Words = Mapping[str, Wording]
"""By the key of the facet."""


def words_of(entries: Iterable[Entry]) -> Words:
    """The words for the facets of some entries that say something to others, in the order of facets.

    As many queries as there are such facets, however many the entries.
    """
    used: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for key, codes in entry.facets.items():
            used[key].update(codes)
    return {
        facet.key: Wording(str(facet.title), facet.meaning, facet.titles(used[facet.key]))
        for facet in known_facets()
        if facet.meaning is not None and used[facet.key]
    }
