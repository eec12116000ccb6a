"""What a record says, as the catalogue shows it."""

import re
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.public import EntryDraft, facets, staying_facets
from heluo.gateways.harvesting.enums import Fault, Field
from heluo.gateways.harvesting.errors import BadRecord
from heluo.gateways.harvesting.metadata import Facts, Word
from heluo.gateways.harvesting.models import Source, Term
from heluo.gateways.harvesting.queries import mappable

KIND = "resource"
LONGEST_NAME = 120
LONGEST_LICENCE = 60
MOST_FACETS = 200
_TERMS = re.compile(r"creativecommons\.org/(?:licenses/(by[a-z-]*)/(\d\.\d)|publicdomain/zero/(1\.0))", re.IGNORECASE)
_SPDX = re.compile(r"CC0-1\.0|CC-BY(?:-NC)?(?:-SA|-ND)?-[1-4]\.[05]|LicenseRef-[A-Za-z0-9.-]+")
_KEY = re.compile(r"[a-z][a-z_]{0,39}")
Meaning = tuple[str, str]
"""A facet, or `Term.LICENCE`, and a code of it."""


def licence_in(text: str) -> str:
    """The licence that a text names by its address, its identifier or our words for it; empty if none."""
    if found := _TERMS.search(text):
        kind, version, zero = found.groups()
        return f"CC0-{zero}" if zero else f"CC-{kind.upper()}-{version}"
    if _SPDX.fullmatch(text) and len(text) <= LONGEST_LICENCE:
        return text
    return next((one.value for one in Licence if f"{text} ".startswith(f"{one.label} ")), "")


def meanings_by_themselves(words: Collection[Word]) -> Mapping[Word, Meaning]:
    """What words mean that are our own words: titles of facet values, codes of our schemes, licences.

    One query for each facet whose values are rows, however many words.
    """
    codes = {word.code for word in words if word.field == Field.TAXON and word.code}
    by_scheme = {str(facet.title): (facet.key, facet.titles(codes)) for facet in facets()}
    by_title: dict[str, Meaning] = {}
    for facet in mappable():
        for code, title in by_scheme[str(facet.title)][1].items():
            by_title.setdefault(title, (facet.key, code))
    staying = staying_facets()
    found: dict[Word, Meaning] = {}
    for word in words:
        key, known = by_scheme.get(word.scheme, ("", {}))
        if word.field == Field.RIGHTS:
            if licence := licence_in(word.value):
                found[word] = (Term.LICENCE, licence)
        elif key and word.code in known and key not in staying:
            found[word] = (key, word.code)
        elif word.field != Field.TAXON and word.value in by_title:
            found[word] = by_title[word.value]
    return found


def values_of(facts: Facts) -> list[str]:
    """The words of a record as they are kept with it."""
    return sorted({value_of(word.field, word.value) for word in facts.words})


def value_of(field: str, value: str) -> str:
    return f"{field}:{value}"


def draft_of(facts: Facts, *, source: Source, terms: Mapping[str, Term], branch: str, origin: str) -> EntryDraft:
    """The entry a record becomes. Raises `BadRecord` where its rights are not understood."""
    licence = _licence(facts, source, terms)
    said = [
        (term.facet, term.code)
        for word in facts.words
        if (term := terms.get(value_of(word.field, word.value))) is not None
        and term.facet not in {"", Term.NOTHING, Term.LICENCE}
    ]
    found: dict[str, list[str]] = {}
    for key, code in [*_taken_over(facts.facets), *said]:
        if code not in found.setdefault(key, []):
            found[key].append(code)
    if licence in Licence.values:
        found["licence"] = [licence]
    if branch:
        found["source"] = [branch]
    understood = {
        word.value
        for word in facts.words
        if word.field == Field.SUBJECT and (one := terms.get(value_of(word.field, word.value))) and one.facet
    }
    platform = source.name if source.origin == origin else origin
    payload = {
        "platform": platform,
        "address": facts.address,
        "publisher": facts.publisher[:LONGEST_NAME],
        "publisher_id": facts.publisher_id[:100],
        "version": facts.version,
        "formats": sorted(set(facts.formats))[:50],
        "files": facts.files,
    }
    return EntryDraft(
        kind=KIND,
        title=facts.title,
        description=facts.description,
        keywords=[word for word in facts.keywords if word not in understood],
        facets=found,
        language=facts.language,
        licence=licence,
        creator_name=_names(facts.creators) or facts.publisher[:LONGEST_NAME] or platform[:LONGEST_NAME],
        creator_id=_uuid(facts.creator_id),
        organisation_id=source.organisation_id,
        payload={key: value for key, value in payload.items() if value not in (None, "", [])},
    )


def _licence(facts: Facts, source: Source, terms: Mapping[str, Term]) -> str:
    if facts.licence:
        if known := licence_in(facts.licence):
            return known
        raise BadRecord(Fault.UNKNOWN_LICENCE, facts.licence[:200])
    rights = [word for word in facts.words if word.field == Field.RIGHTS]
    meant = [terms[value_of(word.field, word.value)] for word in rights]
    for term in meant:
        if term.facet == Term.LICENCE:
            return term.code
    if any(term.facet == "" for term in meant):
        raise BadRecord(Fault.UNKNOWN_LICENCE, "；".join(word.value for word in rights)[:200])
    return source.licence


def _taken_over(said: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Facets as another catalogue of ours says them, but for what we say ourselves: nobody is recommended by our
    province because he says so.
    """
    staying = staying_facets()
    return [(key, code) for key, code in said if key not in staying and code and _KEY.fullmatch(key)][:MOST_FACETS]


def _names(creators: Sequence[str]) -> str:
    """As many names as there is room for."""
    names = "、".join(dict.fromkeys(one for one in creators if one))
    if len(names) <= LONGEST_NAME:
        return names
    kept, _cut, _rest = names[: LONGEST_NAME - 1].rpartition("、")
    return f"{kept or names[: LONGEST_NAME - 2]}等"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
