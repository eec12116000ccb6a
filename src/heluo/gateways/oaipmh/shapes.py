"""Entries as XML: Dublin Core, and IEEE LOM (1484.12.3) for what learning needs."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from functools import cache

from django.conf import settings
from lxml import etree

from heluo.domains.resources.enums import ResourceType
from heluo.engines.catalogue.enums import Licence, Meaning
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import ToldLine, staying_facets, terms_of, xml_text
from heluo.gateways.harvesting.public import HarvestedFrom
from heluo.gateways.oaipmh.enums import Prefix
from heluo.gateways.oaipmh.queries import Wording, Words
from heluo.gateways.oaipmh.selection import DAY, SECOND, oai_identifier
from heluo.kernel.actors.public import download_of, page_of
from heluo.kernel.organisations.enums import Stage

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_SCHEMA = f"{OAI}OAI-PMH.xsd"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
OAI_DC_SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
DC = "http://purl.org/dc/elements/1.1/"
LOM = "http://ltsc.ieee.org/xsd/LOM"
LOM_SCHEMA = "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"
HELUO = "urn:heluo:entry:1"
PROVENANCE = "http://www.openarchives.org/OAI/2.0/provenance"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA_LOCATION = f"{{{XSI}}}schemaLocation"
BASE = "LOMv1.0"
"""Source of the values that the standard itself lists."""
CHINESE = "zh-CN"
LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
FORMATS: Mapping[Prefix, tuple[str, str]] = {
    Prefix.DUBLIN_CORE: (OAI_DC_SCHEMA, OAI_DC),
    Prefix.LOM: (LOM_SCHEMA, LOM),
    Prefix.HELUO: ("", HELUO),
}
"""Schema and namespace of each; the schema of our own stands here."""
TYPES: Mapping[str, str] = {
    ResourceType.QUESTION: "problem statement",
    ResourceType.TEST_PAPER: "exam",
    ResourceType.COURSEWARE: "slide",
    ResourceType.CASE: "narrative text",
    ResourceType.LITERATURE: "narrative text",
    ResourceType.FAQ: "narrative text",
    ResourceType.INDEX: "index",
    ResourceType.ONLINE_COURSE: "lecture",
}
"""Our types → those of LOM (5.2), where one comes near."""
CONTEXTS = {stage.value: "school" for stage in Stage} | {Stage.HIGHER.value: "higher education"}
PURPOSES: Mapping[Meaning, str] = {
    Meaning.LEVEL: "educational level",
    Meaning.DISCIPLINE: "discipline",
    Meaning.IDEA: "idea",
}
"""What values say of a thing, as LOM has it (9.1)."""
Element = etree._Element  # noqa: SLF001  # lxml has no other name for it


@cache
def _beside(tag: str, name: str) -> str:
    """A name in the namespace of another: there are some hundred such pairs, and millions of elements."""
    return f"{tag.partition('}')[0]}}}{name}"


def child(above: Element, name: str, text: str | None = None) -> Element:
    """A new element in the namespace of the one above."""
    element = etree.SubElement(above, _beside(str(above.tag), name))
    if text is not None:
        element.text = xml_text(text)
    return element


def header(above: Element, line: ToldLine) -> None:
    """What is said of every record: its identifier, since when it stands so, its sets, and whether it is gone."""
    element = child(above, "header")
    if line.entry is None:
        element.set("status", "deleted")
    child(element, "identifier", oai_identifier(line.origin, line.identifier))
    child(element, "datestamp", line.at.astimezone(UTC).strftime(SECOND))
    for name in line.sets:
        child(element, "setSpec", name)


def record(above: Element, line: ToldLine, prefix: Prefix, words: Words, path: HarvestedFrom | None = None) -> None:
    """A header and, unless the thing is gone, its metadata, and by which path it came here if it did."""
    element = child(above, "record")
    header(element, line)
    if line.entry is not None:
        SHAPES[prefix](child(element, "metadata"), line.entry, words)
        if path is not None:
            provenance(child(element, "about"), path)


def provenance(above: Element, path: HarvestedFrom) -> None:
    """Where a record was harvested (guidelines of OAI-PMH, "provenance"): what we tell of it is in words of ours."""
    root = etree.SubElement(
        above,
        f"{{{PROVENANCE}}}provenance",
        {SCHEMA_LOCATION: f"{PROVENANCE} {PROVENANCE}.xsd"},
        nsmap={None: PROVENANCE, "xsi": XSI},
    )
    origin = child(root, "originDescription")
    origin.set("harvestDate", path.harvested_at.astimezone(UTC).strftime(SECOND))
    origin.set("altered", "true")
    child(origin, "baseURL", path.base_url)
    child(origin, "identifier", path.identifier)
    child(origin, "datestamp", path.datestamp.astimezone(UTC).strftime(SECOND))
    child(origin, "metadataNamespace", FORMATS[Prefix(path.prefix)][1])


def address_of(entry: Entry) -> str:
    """Where anybody reads on, as a whole address: on its own platform; empty where things of its kind have no page."""
    if elsewhere := entry.address_elsewhere:
        return elsewhere
    page = page_of(entry.kind, entry.uuid)
    return f"{settings.PUBLIC_URL}{page}" if page else ""


def _values(entry: Entry, words: Words) -> Iterator[tuple[Wording, str, str]]:
    """Facet, code and title of each facet value that has words."""
    for key, wording in words.items():
        for code in entry.facets.get(key, ()):
            if code in wording.titles:
                yield wording, code, wording.titles[code]


def dublin_core(above: Element, entry: Entry, words: Words) -> None:
    root = etree.SubElement(
        above,
        f"{{{OAI_DC}}}dc",
        {SCHEMA_LOCATION: f"{OAI_DC} {OAI_DC_SCHEMA}"},
        nsmap={"oai_dc": OAI_DC, "dc": DC, "xsi": XSI},
    )
    licence = Licence.known(entry.licence)
    values = list(_values(entry, words))
    said: list[tuple[str, str]] = [("title", entry.title), ("creator", entry.creator_name)]
    said += [("subject", title) for wording, _code, title in values if wording.meaning in PURPOSES]
    said += [("subject", keyword) for keyword in entry.keywords]
    said += [
        ("description", entry.description),
        ("publisher", entry.publisher[0]),
        ("date", entry.published_at.astimezone(UTC).strftime(DAY)),
    ]
    said += [("type", title) for wording, _code, title in values if wording.meaning == Meaning.TYPE]
    said += [("format", media_type) for media_type in entry.formats]
    said += [
        ("identifier", address_of(entry)),
        ("identifier", oai_identifier(entry.origin, entry.uuid)),
        ("language", entry.language),
        ("rights", str(licence.label) if licence else entry.licence),
        ("rights", terms_of(licence) if licence else ""),
    ]
    for name, text in said:
        if text:
            etree.SubElement(root, _beside(f"{{{DC}}}", name)).text = xml_text(text)


def lom(above: Element, entry: Entry, words: Words) -> None:
    root = etree.SubElement(
        above, f"{{{LOM}}}lom", {SCHEMA_LOCATION: f"{LOM} {LOM_SCHEMA}"}, nsmap={None: LOM, "xsi": XSI}
    )
    language = entry.language if LANGUAGE.fullmatch(entry.language) else CHINESE
    _general(root, entry, language)
    _life_cycle(root, entry)
    about = child(root, "metaMetadata")
    _identified(about, "oai", oai_identifier(entry.origin, entry.uuid))
    child(about, "metadataSchema", BASE)
    child(about, "language", CHINESE)
    _technical(root, entry)
    _educational(root, entry)
    _rights(root, entry)
    for wording, code, title in _values(entry, words):
        if wording.meaning in PURPOSES:
            _classified(root, PURPOSES[wording.meaning], wording.title, code, title)


def _general(root: Element, entry: Entry, language: str) -> None:
    general = child(root, "general")
    _identified(general, "oai", oai_identifier(entry.origin, entry.uuid))
    if address := address_of(entry):
        _identified(general, "URI", address)
    _said(general, "title", entry.title, language)
    child(general, "language", language)
    if entry.description:
        _said(general, "description", entry.description, language)
    for keyword in entry.keywords:
        _said(general, "keyword", keyword, language)


def _life_cycle(root: Element, entry: Entry) -> None:
    life = child(root, "lifeCycle")
    _said(life, "version", str(entry.own_version or entry.version), CHINESE)
    _chosen(life, "status", "final")
    writer, place = _card_text(entry.creator_name), _card_text(entry.publisher[0])
    for role, name, at in (
        ("author", f"FN:{writer}", entry.first_published_at),
        ("publisher", f"FN:{place}\nORG:{place}", entry.published_at),
    ):
        contribution = child(life, "contribute")
        _chosen(contribution, "role", role)
        child(contribution, "entity", f"BEGIN:VCARD\nVERSION:3.0\n{name}\nEND:VCARD")
        child(child(contribution, "date"), "dateTime", at.astimezone(UTC).strftime(DAY))


def _card_text(text: str) -> str:
    """A text in a vCard (RFC 2426)."""
    return re.sub(r"([\\,;])", r"\\\1", " ".join(text.split()))


def _technical(root: Element, entry: Entry) -> None:
    address = address_of(entry)
    if not (entry.formats or address or entry.duration):
        return
    technical = child(root, "technical")
    for media_type in entry.formats:
        child(technical, "format", media_type)
    if address:
        child(technical, "location", address)
    if entry.duration:
        child(child(technical, "duration"), "duration", entry.duration)


def _educational(root: Element, entry: Entry) -> None:
    types = [TYPES[code] for code in entry.facets.get("resource_type", ()) if code in TYPES]
    contexts = dict.fromkeys(CONTEXTS[code] for code in entry.facets.get("stage", ()) if code in CONTEXTS)
    if not types and not contexts:
        return
    educational = child(root, "educational")
    for kind in types:
        _chosen(educational, "learningResourceType", kind)
    for context in contexts:
        _chosen(educational, "context", context)


def _rights(root: Element, entry: Entry) -> None:
    licence = Licence.known(entry.licence)
    rights = child(root, "rights")
    _chosen(rights, "cost", "no")
    _chosen(rights, "copyrightAndOtherRestrictions", "no" if licence == Licence.CC0 else "yes")
    said = f"{licence.label} {terms_of(licence)}".strip() if licence else entry.licence
    _said(rights, "description", said, CHINESE)


def _classified(root: Element, purpose: str, source: str, code: str, title: str) -> None:
    classification = child(root, "classification")
    _chosen(classification, "purpose", purpose)
    path = child(classification, "taxonPath")
    _said(path, "source", source, CHINESE)
    taxon = child(path, "taxon")
    child(taxon, "id", code)
    _said(taxon, "entry", title, CHINESE)


def _identified(above: Element, catalogue: str, entry: str) -> None:
    identifier = child(above, "identifier")
    child(identifier, "catalog", catalogue)
    child(identifier, "entry", entry)


def _said(above: Element, name: str, text: str, language: str) -> None:
    """A text and the language it is in (LOM's LangString)."""
    child(child(above, name), "string", text).set("language", language)


def _chosen(above: Element, name: str, value: str) -> None:
    """A value of a list of the standard's own."""
    vocabulary = child(above, name)
    child(vocabulary, "source", BASE)
    child(vocabulary, "value", value)


def heluo(above: Element, entry: Entry, words: Words) -> None:
    """All that the catalogue holds of an entry, for other nodes: nothing of it is turned into the words of others."""
    root = etree.SubElement(above, f"{{{HELUO}}}entry", {"kind": entry.kind}, nsmap={None: HELUO})
    root.set("version", str(entry.own_version or entry.version))
    child(root, "title", entry.title)
    child(root, "description", entry.description)
    for keyword in entry.keywords:
        child(root, "keyword", keyword)
    staying = staying_facets()
    for key, codes in entry.facets.items():
        for code in codes if key not in staying else ():
            facet = child(root, "facet")
            facet.set("key", xml_text(key))
            facet.set("code", xml_text(code))
    child(root, "language", entry.language)
    child(root, "licence", entry.licence)
    creator = child(root, "creator", entry.creator_name)
    if entry.creator_id:
        creator.set("id", str(entry.creator_id))
    name, identity = entry.publisher
    publisher = child(root, "organisation", name)
    if identity:
        publisher.set("id", xml_text(identity))
    child(root, "firstPublished", entry.first_published_at.astimezone(UTC).strftime(SECOND))
    child(root, "published", entry.published_at.astimezone(UTC).strftime(SECOND))
    if address := address_of(entry):
        child(root, "address", address)
    if entry.duration:
        child(root, "duration", entry.duration)
    for content in entry.contents:
        file = child(root, "file")
        for name, value in (
            ("sha256", content.sha256),
            ("size", str(content.size)),
            ("type", content.type),
            ("name", xml_text(content.name)),
            ("href", content.href or f"{settings.PUBLIC_URL}{download_of(entry.kind, entry.uuid, content.file)}"),
        ):
            file.set(name, value)


SHAPES: Mapping[Prefix, Callable[[Element, Entry, Words], None]] = {
    Prefix.DUBLIN_CORE: dublin_core,
    Prefix.LOM: lom,
    Prefix.HELUO: heluo,
}
