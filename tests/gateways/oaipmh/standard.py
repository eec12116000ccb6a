"""What the standards' schemas ask of an answer: said here in a page, and the schemas themselves where they are at hand.

They are not kept in this repository. `HELUO_SCHEMAS` may name a folder with `OAI-PMH.xsd` (pyoai's sources have it),
`oai_dc.xsd` and `lom.xsd` (packages of SCORM 2004 have it), and what these include.
"""

import os
import re
from functools import cache
from pathlib import Path

from lxml import etree

from heluo.gateways.oaipmh.pages import SCHEMA

OAI, DC, LOM = (
    "http://www.openarchives.org/OAI/2.0/",
    "http://purl.org/dc/elements/1.1/",
    "http://ltsc.ieee.org/xsd/LOM",
)
OAI_DC = f"{OAI}oai_dc/"
HELUO = "urn:heluo:entry:1"
OWN_SCHEMA = etree.XMLSchema(etree.parse(SCHEMA))
SPACES = {"oai": OAI, "lom": LOM, "dc": DC}
VERBS = ("Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords")
SHAPES = {
    "OAI-PMH": rf"responseDate request (error )+$|responseDate request ({'|'.join(VERBS)}) $",
    "Identify": r"repositoryName baseURL protocolVersion (adminEmail )+earliestDatestamp deletedRecord granularity "
    r"(compression )*(description )*$",
    "ListMetadataFormats": r"(metadataFormat )+$",
    "metadataFormat": r"metadataPrefix schema metadataNamespace $",
    "ListSets": r"(set )+(resumptionToken )?$",
    "set": r"setSpec setName $",
    "GetRecord": r"record $",
    "ListIdentifiers": r"(header )+(resumptionToken )?$",
    "ListRecords": r"(record )+(resumptionToken )?$",
    "record": r"header (metadata (about )?)?$",
    "about": r"provenance $",
    "header": r"identifier datestamp (setSpec )*$",
}
"""Element of the protocol → what it holds, in order."""
TEXTS = {
    "responseDate": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "datestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "earliestDatestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
    "setSpec": r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*",
    "metadataPrefix": r"[A-Za-z0-9\-_.!~*'()]+",
    "adminEmail": r"\S+@(\S+\.)+\S+",
    "identifier": r"\S+",
}
DUBLIN_CORE = frozenset(
    {"title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier"}
    | {"source", "language", "relation", "coverage", "rights"}
)
VOCABULARIES = {
    "status": {"draft", "final", "revised", "unavailable"},
    "role": {"author", "publisher"},
    "learningResourceType": {"exercise", "index", "slide", "narrative text", "exam", "problem statement", "lecture"},
    "context": {"school", "higher education", "training", "other"},
    "cost": {"yes", "no"},
    "copyrightAndOtherRestrictions": {"yes", "no"},
    "purpose": {"discipline", "idea", "educational level"},
}
"""Element of LOM → values of the standard's own list, as far as we use them."""
ONCE = {
    "lom": {"general", "lifeCycle", "metaMetadata", "technical", "rights"},
    "general": {"title"},
    "lifeCycle": {"version", "status"},
    "technical": {"duration", "size"},
    "rights": {"cost", "copyrightAndOtherRestrictions", "description"},
    "classification": {"purpose", "description"},
    "contribute": {"role", "date"},
}
CATEGORIES = ["general", "lifeCycle", "metaMetadata", "technical", "educational", "rights", "classification"]


def check_answer(root: etree._Element) -> None:
    """Every element of an answer is where, and what, the standards say."""
    for element in root.iter():
        space, name = etree.QName(element).namespace, etree.QName(element).localname
        inside = "".join(f"{etree.QName(one).localname} " for one in element)
        if space == OAI and name in SHAPES:
            assert re.match(SHAPES[name], inside), f"{name} holds {inside}"
        if space == OAI and name in TEXTS:
            assert re.fullmatch(TEXTS[name], element.text or ""), f"{name}: {element.text}"
        if space == OAI and name == "metadata":
            assert len(element) == 1
            _check_metadata(element[0])
    _hold(_schema("OAI-PMH.xsd"), root)
    for container in root.iter(f"{{{OAI}}}metadata"):
        space = etree.QName(container[0]).namespace
        _hold(OWN_SCHEMA if space == HELUO else _schema("oai_dc.xsd" if space == OAI_DC else "lom.xsd"), container[0])


def _check_metadata(said: etree._Element) -> None:
    if said.tag == f"{{{OAI_DC}}}dc":
        assert {etree.QName(one).namespace for one in said} == {DC}
        assert {etree.QName(one).localname for one in said} <= DUBLIN_CORE
        return
    if said.tag == f"{{{HELUO}}}entry":  # our own schema says all
        return
    assert said.tag == f"{{{LOM}}}lom"
    assert {etree.QName(one).namespace for one in said.iter()} == {LOM}
    names = [etree.QName(one).localname for one in said]
    assert [name for name in CATEGORIES if name in names] == list(dict.fromkeys(names))
    for element in said.iter():
        name, inside = etree.QName(element).localname, [etree.QName(one).localname for one in element]
        for single in ONCE.get(name, ()):
            assert inside.count(single) <= 1, f"{name} holds {single} twice"
        if name in VOCABULARIES:
            source, value = [one.text for one in element]
            assert source == "LOMv1.0"
            assert value in VOCABULARIES[name]
        if name == "string":
            assert re.fullmatch(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*", element.get("language", ""))
        if name == "dateTime":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", element.text or "")
    assert not said.xpath("//lom:*[not(*) and not(normalize-space())]", namespaces=SPACES), "something says nothing"


@cache
def _schema(name: str) -> etree.XMLSchema | None:
    path = Path(os.environ.get("HELUO_SCHEMAS", "/nowhere")) / name
    return etree.XMLSchema(etree.parse(path)) if path.exists() else None


def _hold(schema: etree.XMLSchema | None, element: etree._Element) -> None:
    """Against a schema, as a document of its own, as whoever receives it would."""
    if schema is not None:
        schema.assertValid(etree.fromstring(etree.tostring(element)))
