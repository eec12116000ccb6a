"""Entries in words."""

from django.conf import settings

from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.registry import facets as known_facets


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


def attribution(*, title: str, creator: str, place: str, page: str, licence: str) -> str:
    """A line to copy where a work is used: title, author, source, address, licence. `page` is a path of this site."""
    known = Licence(licence) if licence in Licence.values else None
    parts = [
        f"《{title.strip('《》')}》",
        f"{creator}（{place}）",
        f"{settings.PUBLIC_URL}{page}",
        str(known.label) if known else licence,
        deed_of(known) if known else "",
    ]
    return "，".join(part for part in parts if part)
