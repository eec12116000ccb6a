"""Entries in words."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from heluo.engines.catalogue.enums import Licence, Meaning, Visibility
from heluo.engines.catalogue.models import Entry, Overlay
from heluo.engines.catalogue.registry import facets as known_facets
from heluo.kernel.actors.public import page_of
from heluo.kernel.pages.templatetags.pages import inside_marks


def overlay_of(entry: Entry) -> Overlay | None:
    """What is laid over an entry of another node here."""
    return Overlay.objects.filter(pk=entry.pk).first()


def visibility_as_it_came(entry: Entry) -> Visibility:
    """Who may see it by the word of its own node, whatever is laid over it here."""
    return Visibility(entry.versions.values_list("visibility", flat=True).get(number=entry.version))


def titles_of(entry: Entry) -> list[tuple[str, list[str]]]:
    """The facets of an entry in words: (facet, its values), in the order of facets."""
    shown = []
    for facet in known_facets():
        codes = entry.facets.get(facet.key, ())
        titles = facet.titles(codes) if codes else {}
        values = [titles[code] for code in codes if code in titles]
        if values:
            shown.append((str(facet.title), values))
    return shown


CREATIVE_COMMONS = "https://creativecommons.org"


def terms_of(licence: Licence) -> str:
    """Address of the terms, by which programs know them; empty for terms of our own."""
    if licence == Licence.RESERVED:
        return ""
    if licence == Licence.CC0:
        return f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/"
    return f"{CREATIVE_COMMONS}/licenses/{licence.value.removeprefix('CC-').removesuffix('-4.0').lower()}/4.0/"


def deed_of(licence: Licence) -> str:
    """Address of the human-readable deed; empty for terms of our own."""
    terms = terms_of(licence)
    return f"{terms}deed.zh-hans" if terms else ""


def attribution(*, title: str, creator: str, place: str, page: str, licence: str, based_on: Sequence[str] = ()) -> str:
    """A line to copy where a work is used: title, author, source, address, licence, as Creative Commons asks for it.

    `page` is a path of this site. `based_on`: the lines of the works it was adapted from, the nearest first.
    """
    known = Licence.known(licence)
    parts = [
        f"《{inside_marks(title)}》",
        f"{creator}（{place}）",
        f"{settings.PUBLIC_URL}{page}",
        str(known.label) if known else licence,
        deed_of(known) if known else "",
    ]
    line = "，".join(part for part in parts if part)
    return "；".join([line, *(gettext("改编自{work}").format(work=work) for work in based_on)])


def linked_data(entry: Entry) -> SafeString:
    """An entry for search engines, to stand in its page: JSON-LD, a `LearningResource` of schema.org with the terms of
    LRMI, in the reader's language. Empty where not everybody may see it.

    One query for each facet that means something to others.
    """
    if entry.visibility != Visibility.PUBLIC:
        return SafeString("")
    address = f"{settings.PUBLIC_URL}{page_of(entry.kind, entry.uuid)}"
    licence = Licence.known(entry.licence)
    said: dict[Meaning, list[str]] = defaultdict(list)
    alignments = []
    for facet in known_facets():
        codes = entry.facets.get(facet.key, ())
        if facet.meaning is None or not codes:
            continue
        titles = facet.titles(codes)
        for title in (titles[code] for code in codes if code in titles):
            said[facet.meaning].append(title)
            if facet.meaning in ALIGNMENTS:
                alignments.append(
                    {
                        "@type": "AlignmentObject",
                        "alignmentType": ALIGNMENTS[facet.meaning],
                        "educationalFramework": str(facet.title),
                        "targetName": title,
                    }
                )
    whole = {
        "@context": "https://schema.org",
        "@type": "LearningResource",
        "@id": address,
        "url": address,
        "identifier": f"urn:uuid:{entry.uuid}",
        "name": entry.title,
        "description": entry.description,
        "inLanguage": entry.language,
        "keywords": entry.keywords,
        "license": (terms_of(licence) or str(licence.label)) if licence else entry.licence,
        "author": {"@type": "Person", "name": entry.creator_name},
        "publisher": {"@type": "Organization", "name": entry.publisher[0]},
        "datePublished": entry.first_published_at.isoformat(),
        "dateModified": entry.published_at.isoformat(),
        "version": entry.own_version or entry.version,
        "isAccessibleForFree": True,
        "learningResourceType": said[Meaning.TYPE],
        "educationalLevel": said[Meaning.LEVEL],
        "about": [{"@type": "Thing", "name": title} for title in said[Meaning.DISCIPLINE]],
        "teaches": said[Meaning.IDEA],
        "educationalAlignment": alignments,
        "encodingFormat": entry.formats,
        "timeRequired": entry.duration,
        "isBasedOn": _source(entry.kind, entry.payload.get(DERIVED_FROM)),
    }
    said_of_it = {name: value for name, value in whole.items() if value not in ("", [], {})}
    return SafeString(json.dumps(said_of_it, ensure_ascii=False).translate(IN_A_SCRIPT))


def _source(kind: str, told: Mapping[str, Any] | None) -> dict[str, Any]:
    """The work that an entry was adapted from, as its payload tells of it."""
    if not told:
        return {}
    licence = Licence.known(told["licence"])
    return {
        "@type": "LearningResource",
        "@id": f"{settings.PUBLIC_URL}{page_of(kind, UUID(told['identifier']))}",
        "identifier": f"urn:uuid:{told['identifier']}",
        "name": told["title"],
        "author": {"@type": "Person", "name": told["creator"]},
        "version": told["version"],
        "license": (terms_of(licence) or str(licence.label)) if licence else told["licence"],
    }


DERIVED_FROM = "derived_from"
"""Key of a payload under which an entry names the work it was adapted from: its `identifier`, `version`, `title`,
`creator` and `licence`."""
IN_A_SCRIPT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}
"""So that no text can end the element that holds it."""
ALIGNMENTS = {
    Meaning.LEVEL: "educationalLevel",
    Meaning.DISCIPLINE: "educationalSubject",
    Meaning.IDEA: "teaches",
}
"""What a value says of a thing → the relation of LRMI."""
