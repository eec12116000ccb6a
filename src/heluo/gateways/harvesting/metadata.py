"""The metadata of a record, in whichever of the three formats, as one set of facts in the words of its source."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from heluo.gateways.harvesting.enums import Fault, Field
from heluo.gateways.harvesting.errors import BadRecord

HELUO = "urn:heluo:entry:1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
LONGEST_TITLE = 200
LONGEST_DESCRIPTION = 20_000
LONGEST_KEYWORD, MOST_KEYWORDS = 60, 30
MOST_WORDS, MOST_FILES = 60, 200
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,2}")
LANGUAGES: Mapping[str, str] = {"zh": "zh-CN", "chi": "zh-CN", "zho": "zh-CN", "eng": "en", "zh-hans": "zh-CN"}
"""Short and bibliographic codes → how the catalogue writes them."""
_CONTRIBUTOR = re.compile(r"^(?:FN|ORG)[^:\n]*:(.+)$", re.MULTILINE | re.IGNORECASE)
_SHA256, _SIZE = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9]{1,15}")
File = dict[str, str | int]
Element = etree._Element  # noqa: SLF001  # lxml has no other name for it


@dataclass(frozen=True, slots=True)
class Word:
    """A word of theirs. A taxon says of which scheme it is, and its code there."""

    field: Field
    value: str
    scheme: str = ""
    code: str = ""


@dataclass(slots=True, kw_only=True)
class Facts:
    """What a record says."""

    title: str = ""
    description: str = ""
    keywords: list[str] = field(default_factory=list)
    language: str = ""
    creators: list[str] = field(default_factory=list)
    creator_id: str = ""
    publisher: str = ""
    publisher_id: str = ""
    licence: str = ""
    """An SPDX identifier; other formats have words for it."""
    address: str = ""
    formats: list[str] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    facets: list[tuple[str, str]] = field(default_factory=list)
    """Keys and codes of our own."""
    version: int | None = None
    files: list[File] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    """That must be understood."""


def facts_of(metadata: Element | None) -> Facts:
    """What a record says, within bounds. Raises `BadRecord`."""
    reader = READERS.get(str(metadata.tag)) if metadata is not None else None
    if metadata is None or reader is None:
        raise BadRecord(Fault.NO_METADATA, str(metadata.tag)[:200] if metadata is not None else "")
    facts = reader(metadata)
    if not facts.title:
        raise BadRecord(Fault.NO_TITLE)
    if len(facts.title) > LONGEST_TITLE:
        raise BadRecord(Fault.LONG_TITLE, facts.title[:100])
    facts.description = facts.description[:LONGEST_DESCRIPTION]
    once = dict.fromkeys(one for one in facts.keywords if 0 < len(one) <= LONGEST_KEYWORD)
    facts.keywords = list(once)[:MOST_KEYWORDS]
    facts.language = language_tag(facts.language)
    facts.words = list(dict.fromkeys(word for word in facts.words if word.value))[:MOST_WORDS]
    if not facts.address.startswith(("http://", "https://")) or len(facts.address) > 1000:
        facts.address = ""
    return facts


def language_tag(text: str) -> str:
    """How the catalogue writes a language; Chinese where nothing is said that could be understood."""
    known = LANGUAGES.get(text.lower())
    return known or (text if _LANGUAGE.fullmatch(text) and len(text) <= 20 else "zh-CN")


def _dublin_core(root: Element) -> Facts:

    def said(name: str) -> list[str]:
        return [text for one in root.iter(f"{{{DC}}}{name}") if (text := _whole(one))]

    subjects = said("subject")
    return Facts(
        title=_first(said("title")),
        description="\n\n".join(said("description")),
        keywords=subjects,
        language=_first(said("language")),
        creators=said("creator"),
        publisher=_first(said("publisher")),
        address=_first(one for one in said("identifier") if one.startswith(("http://", "https://"))),
        formats=[one.lower() for one in said("format") if _is_media_type(one)],
        words=[
            *(Word(Field.SUBJECT, _short(one)) for one in subjects),
            *(Word(Field.TYPE, _short(one)) for one in said("type")),
            *(Word(Field.RIGHTS, _short(one)) for one in said("rights")),
        ],
    )


def _lom(root: Element) -> Facts:

    def at(path: str) -> list[Element]:
        return root.findall("/".join(f"{{{LOM}}}{step}" for step in path.split("/")))

    def texts(path: str) -> list[str]:
        return [text for one in at(path) if (text := _whole(one))]

    people: dict[str, list[str]] = {}
    for one in at("lifeCycle/contribute"):
        role = _whole(one.find(f"{{{LOM}}}role/{{{LOM}}}value"))
        for entity in one.findall(f"{{{LOM}}}entity"):
            people.setdefault(role, []).append(_in_card(entity.text or ""))
    located = [*texts("technical/location"), *texts("general/identifier/entry")]
    return Facts(
        title=_first(texts("general/title/string")),
        description="\n\n".join(texts("general/description/string")),
        keywords=texts("general/keyword/string"),
        language=_first(texts("general/language")),
        creators=people.get("author", []),
        publisher=_first(people.get("publisher", [])),
        address=_first(one for one in located if one.startswith(("http://", "https://"))),
        formats=[one.lower() for one in texts("technical/format") if _is_media_type(one)],
        words=[
            *_taxa(at("classification")),
            *(Word(Field.TYPE, _short(one)) for one in texts("educational/learningResourceType/value")),
            *(Word(Field.RIGHTS, _short(one)) for one in texts("rights/description/string")),
        ],
    )


def _taxa(classifications: Sequence[Element]) -> Iterator[Word]:
    """The last step of each path says what the others lead to."""
    for path in (path for one in classifications for path in one.findall(f"{{{LOM}}}taxonPath")):
        scheme = _whole(path.find(f"{{{LOM}}}source/{{{LOM}}}string"))
        for taxon in path.findall(f"{{{LOM}}}taxon")[-1:]:
            code = _whole(taxon.find(f"{{{LOM}}}id"))
            words = _whole(taxon.find(f"{{{LOM}}}entry/{{{LOM}}}string")) or code
            yield Word(Field.TAXON, _short(" · ".join(filter(None, [scheme, words]))), scheme, code)


def _heluo(root: Element) -> Facts:

    def one(name: str) -> str:
        return _kept(root.find(f"{{{HELUO}}}{name}"))

    def every(name: str) -> list[Element]:
        return root.findall(f"{{{HELUO}}}{name}")

    creator, organisation = root.find(f"{{{HELUO}}}creator"), root.find(f"{{{HELUO}}}organisation")
    version = root.get("version", "")
    files = [_file(file) for file in every("file")[:MOST_FILES]]
    return Facts(
        title=one("title"),
        description=one("description"),
        keywords=[_kept(each) for each in every("keyword")],
        language=one("language"),
        creators=[one("creator")] if one("creator") else [],
        creator_id=creator.get("id", "") if creator is not None else "",
        publisher=one("organisation"),
        publisher_id=organisation.get("id", "") if organisation is not None else "",
        licence=one("licence"),
        address=one("address"),
        formats=sorted({kind for file in files if _is_media_type(kind := str(file["type"]))}),
        facets=[(each.get("key", "")[:60], each.get("code", "")[:100]) for each in every("facet")],
        version=int(version) if version.isdecimal() and len(version) < 9 else None,
        files=files,
        dates=[text for name in ("firstPublished", "published") if (text := one(name))],
    )


READERS: Mapping[str, Callable[[Element], Facts]] = {
    f"{{{OAI_DC}}}dc": _dublin_core,
    f"{{{LOM}}}lom": _lom,
    f"{{{HELUO}}}entry": _heluo,
}


def _whole(element: Element | None) -> str:
    """The text of an element, spaces run together."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _kept(element: Element | None) -> str:
    """The text of an element with its lines."""
    return "".join(element.itertext()).strip() if element is not None else ""


def _file(element: Element) -> File:
    said = {name: element.get(name, "")[:1000] for name in ("sha256", "type", "name", "href")}
    if not _SHA256.fullmatch(said["sha256"]) or not _SIZE.fullmatch(element.get("size", "")):
        raise BadRecord(Fault.BAD_FILE, said["name"][:100])
    return {**said, "size": int(element.get("size", ""))}


def _first(texts: Sequence[str] | Iterator[str]) -> str:
    return next(iter(texts), "")


def _short(text: str) -> str:
    return text[:200]


def _is_media_type(text: str) -> bool:
    return re.fullmatch(r"[a-zA-Z0-9.+-]+/[a-zA-Z0-9.+-]+", text) is not None and len(text) <= 100


def _in_card(text: str) -> str:
    """The name in a vCard, or the text where it is none."""
    found = _CONTRIBUTOR.search(text)
    name = found.group(1) if found else text
    return " ".join(re.sub(r"\\([\\,;])", r"\1", name).split())
