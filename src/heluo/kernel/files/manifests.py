"""What a courseware package says about itself: H5P's `h5p.json`, and the `imsmanifest.xml` of SCORM 1.2, SCORM 2004 and
IMS Common Cartridge.

XML is read without document type, entities and network. Elements are found by their local names: packages in the wild
mix the namespaces of a dozen drafts.
"""

import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from lxml import etree

from heluo.kernel.files.archives import Entry, Index, Unreadable
from heluo.kernel.files.enums import PLAYABLE, CoursewareKind, ItemKind, Obstacle
from heluo.kernel.files.limits import LARGEST_MANIFEST, MOST_ITEMS

IMS, H5P_JSON, H5P_CONTENT = "imsmanifest.xml", "h5p.json", "content/content.json"
TITLE_LENGTH, TEXT_LENGTH, WORD_LENGTH, MOST_WORDS = 200, 4000, 100, 50
"""Characters kept of a title, of a longer text, of a keyword, and how many of these."""
LAUNCH_LENGTH = 4096
LANGUAGE_LENGTH = 20
_CC_TERMS = ("CC BY", "CC BY-SA", "CC BY-NC", "CC BY-NC-SA", "CC BY-ND", "CC BY-NC-ND")
_CC_URL = re.compile(r"creativecommons\.org/licenses/(by(?:-nc)?(?:-sa|-nd)?)/4\.0", re.IGNORECASE)
_CC0_URL = re.compile(r"creativecommons\.org/publicdomain/zero", re.IGNORECASE)
_CC_WORDS = re.compile(r"\bCC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -]4\.0\b", re.IGNORECASE)
_WEB = frozenset({"http", "https"})
Open = Callable[[Entry], bytes]


class Broken(ValueError):
    """A package that does not keep to its own format; the text says where, to whoever brought it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in a package, in the order of its author. `number` names it for ever: a content never changes."""

    number: int
    title: str
    kind: str
    depth: int = 0
    href: str = ""
    """Path inside the archive with what follows it, or the address of a web page."""
    launch_data: str = ""
    """What the package wants to be told when this begins."""
    mastery: float | None = None
    """The score from which on this counts as passed, as the package states it."""
    is_tracked: bool = False
    """Whether it reports by itself how far it is (an SCO); anything else is done once it was opened."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """A package as its own description tells it. Empty where it says nothing."""

    kind: str
    version: str = ""
    title: str = ""
    description: str = ""
    language: str = ""
    keywords: tuple[str, ...] = ()
    licence: str = ""
    """SPDX identifier, where the terms are such."""
    items: tuple[Item, ...] = ()
    obstacle: str = ""
    missing: tuple[str, ...] = ()
    """Libraries an H5P needs and does not bring."""

    def stored(self) -> dict[str, Any]:
        """As JSON that `restored` takes back."""
        return asdict(self)

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Self:
        lists = {name: tuple(kept[name]) for name in ("keywords", "missing")}
        return cls(**{**kept, **lists, "items": tuple(Item(**item) for item in kept["items"])})

    @property
    def playable(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.kind in PLAYABLE)

    def item(self, number: int) -> Item | None:
        return next((item for item in self.playable if item.number == number), None)


def is_courseware(paths: Collection[str]) -> bool:
    """Whether an archive with these files is a courseware package. Raises `Broken` for one wrapped once too often."""
    if {H5P_JSON, IMS} & set(paths):
        return True
    _require_unwrapped(paths)
    return False


def manifest_of(index: Index, read: Open) -> Manifest:
    """The description of a courseware package; `read` gives an entry whole. Raises `Broken`."""
    return _h5p(index, read) if H5P_JSON in index else _ims(index, read)


def _require_unwrapped(files: Collection[str]) -> None:
    """Refuse the two ways in which people wrap a package once too often."""
    paths = [
        path for path in files if not path.startswith("__MACOSX/") and not path.endswith((".DS_Store", "Thumbs.db"))
    ]
    if len(paths) == 1 and paths[0].lower().endswith((".h5p", ".imscc", ".zip")):
        raise Broken(_("压缩包里只装着另一个压缩包“{path}”。请直接上传里面的那个。").format(path=paths[0][:80]))
    tops = {path.partition("/")[0] for path in paths}
    if len(tops) == 1 and {f"{next(iter(tops))}/{name}" for name in (H5P_JSON, IMS)} & set(paths):
        raise Broken(
            _("课件包多套了一层文件夹“{folder}”。请进入这个文件夹，选中其中全部内容再打包。").format(
                folder=tops.pop()[:80]
            )
        )


def _bytes(index: Index, path: str, read: Open) -> bytes:
    entry = index[path]
    if entry.size > LARGEST_MANIFEST:
        raise Broken(_("其中的“{path}”太大。").format(path=path))
    try:
        return read(entry)
    except Unreadable:
        raise Broken(_("其中的“{path}”已损坏，读不出来。").format(path=path)) from None


def _text(value: object, length: int = TITLE_LENGTH) -> str:
    """A text of a stranger: without markup and controls, on one line, and not longer than we keep."""
    if not isinstance(value, str):
        return ""
    plain = strip_tags(value[: length * 4])
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())[:length]


# -- H5P ------------------------------------------------------------------------------------------------------------


def _h5p(index: Index, read: Open) -> Manifest:
    said = _json(index, H5P_JSON, read)
    if not isinstance(said.get("mainLibrary"), str) or not isinstance(said.get("preloadedDependencies"), list):
        raise Broken(_("h5p.json 里没有写明主内容库（mainLibrary），不是完整的 H5P 文件。"))
    if H5P_CONTENT not in index:
        raise Broken(_("缺少 content/content.json，不是完整的 H5P 文件。"))
    _json(index, H5P_CONTENT, read)
    missing = _missing_libraries(said, index, read)
    title = _text(said.get("title")) or _text(said.get("extraTitle"))
    words = said.get("metaKeywords")
    return Manifest(
        kind=CoursewareKind.H5P,
        version=_text(said["mainLibrary"], WORD_LENGTH),
        title=title,
        description=_text(said.get("metaDescription"), TEXT_LENGTH),
        language=_language(next((said[key] for key in ("defaultLanguage", "language") if said.get(key)), "")),
        keywords=_keywords(words.split(",") if isinstance(words, str) else ()),
        licence=_h5p_licence(said),
        items=(Item(1, title or _text(said["mainLibrary"]), ItemKind.PAGE, href=H5P_JSON, is_tracked=True),),
        obstacle=Obstacle.NO_LIBRARIES if missing else "",
        missing=tuple(missing),
    )


def _json(index: Index, path: str, read: Open) -> dict[str, Any]:
    try:
        said = json.loads(_bytes(index, path, read).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, Broken):
            raise
        raise Broken(_("其中的“{path}”不是合法的 JSON。").format(path=path)) from None
    if not isinstance(said, dict):
        raise Broken(_("其中的“{path}”不是合法的 JSON。").format(path=path))
    return said


def _missing_libraries(said: Mapping[str, Any], index: Index, read: Open) -> list[str]:
    """Names of libraries that are needed, however indirectly, and not in the archive."""
    waiting, seen, missing = _dependencies(said), set[str](), list[str]()
    if said["mainLibrary"] not in {name for name, _versioned in waiting}:
        missing.append(_text(said["mainLibrary"], WORD_LENGTH))
    while waiting:
        name, versioned = waiting.pop()
        if versioned in seen:
            continue
        seen.add(versioned)
        if len(seen) > MOST_ITEMS:
            raise Broken(_("H5P 的内容库之间的引用太多。"))
        place = next((place for place in (f"{versioned}/library.json", f"{name}/library.json") if place in index), None)
        if place is None:
            missing.append(_text(versioned, WORD_LENGTH))
        else:
            waiting += _dependencies(_json(index, place, read))
    return sorted(missing)[:MOST_WORDS]


def _dependencies(said: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name, and name with version as its folder is called, of what a library needs to begin with."""
    found = said.get("preloadedDependencies")
    return [
        (one["machineName"], f"{one['machineName']}-{one.get('majorVersion')}.{one.get('minorVersion')}")
        for one in (found if isinstance(found, list) else ())
        if isinstance(one, dict) and isinstance(one.get("machineName"), str)
    ]


def _h5p_licence(said: Mapping[str, Any]) -> str:
    terms, version = said.get("license"), said.get("licenseVersion")
    if terms == "CC0 1.0" or (terms == "PD" and version == "CC0 1.0"):
        return "CC0-1.0"
    return f"{terms.replace(' ', '-')}-4.0" if terms in _CC_TERMS and version == "4.0" else ""


# -- IMS manifests --------------------------------------------------------------------------------------------------


def _ims(index: Index, read: Open) -> Manifest:
    root = _xml(_bytes(index, IMS, read), IMS)
    if _name(root) != "manifest":
        raise Broken(_("imsmanifest.xml 的根元素不是 manifest。"))
    kind, version = _standard(root)
    resources = _resources(root)
    items = list(_items(root, _Package(kind, index, read, resources)))
    if len(items) > MOST_ITEMS:
        raise Broken(_("其中有 {count} 个条目，最多 {most} 个。").format(count=len(items), most=MOST_ITEMS))
    if kind != CoursewareKind.CARTRIDGE and not resources:
        raise Broken(_("imsmanifest.xml 里没有任何资源，没有可以打开的内容。"))
    described = _lom(root, index, read)
    organisation = _default_organisation(root)
    title = described.pop("title", "") or (_text(_said(organisation, "title")) if organisation is not None else "")
    return Manifest(
        kind=kind,
        version=version,
        title=title,
        items=tuple(items),
        obstacle="" if any(item.kind in PLAYABLE for item in items) else Obstacle.NOTHING_TO_OPEN,
        **described,
    )


def _xml(content: bytes, path: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Broken(_("其中的“{path}”不是合法的 XML。").format(path=path)) from None
    if root.getroottree().docinfo.doctype:
        raise Broken(_("其中的“{path}”含有 DOCTYPE 或实体声明，请用制作工具重新导出。").format(path=path))
    return root


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _named(element: etree._Element | None, *names: str) -> Iterator[etree._Element]:
    """Children of these local names."""
    if element is not None:
        yield from (child for child in element if isinstance(child.tag, str) and _name(child) in names)


def _said(element: etree._Element | None, name: str) -> str:
    """The text of the first child of a local name."""
    child = next(_named(element, name), None)
    return "".join(child.itertext()).strip() if child is not None else ""


def _given(element: etree._Element, name: str) -> str:
    """An attribute by its local name, whatever its namespace and its case: SCORM 1.2 and 2004 differ in both."""
    return next((value for key, value in element.items() if etree.QName(key).localname.lower() == name.lower()), "")


def _standard(root: etree._Element) -> tuple[CoursewareKind, str]:
    """What a manifest keeps to: what it says, else what its attributes betray."""
    metadata = next(_named(root, "metadata"), None)
    schema, version = _said(metadata, "schema").lower(), _text(_said(metadata, "schemaversion"), WORD_LENGTH)
    namespaces = {namespace for element in root.iter() for namespace in element.nsmap.values() if namespace}
    if "cartridge" in schema or any("imscc" in namespace for namespace in namespaces):
        return CoursewareKind.CARTRIDGE, version
    if any("adlcp_v1p3" in namespace for namespace in namespaces) or "2004" in version or version.startswith("CAM"):
        return CoursewareKind.SCORM2004, version
    if "adl scorm" in schema or any("adlcp_rootv1p2" in namespace for namespace in namespaces):
        return CoursewareKind.SCORM12, version or "1.2"
    return CoursewareKind.CARTRIDGE, version


@dataclass(frozen=True, slots=True)
class _Resource:
    kind: str
    scorm: str
    href: str
    base: str
    files: tuple[str, ...]


def _base(element: etree._Element) -> str:
    return element.get("{http://www.w3.org/XML/1998/namespace}base", "")


def _resources(root: etree._Element) -> dict[str, _Resource]:
    found = {}
    for group in _named(root, "resources"):
        for one in _named(group, "resource"):
            base = _base(root) + _base(group) + _base(one)
            found[_given(one, "identifier")] = _Resource(
                kind=_given(one, "type").lower(),
                scorm=_given(one, "scormType").lower(),
                href=_given(one, "href"),
                base=base,
                files=tuple(_given(file, "href") for file in _named(one, "file")),
            )
    return found


def _default_organisation(root: etree._Element) -> etree._Element | None:
    group = next(_named(root, "organizations"), None)
    choices = list(_named(group, "organization"))
    default = _given(group, "default") if group is not None else ""
    return next((one for one in choices if _given(one, "identifier") == default), choices[0] if choices else None)


@dataclass(frozen=True, slots=True)
class _Package:
    kind: CoursewareKind
    index: Index
    read: Open
    resources: Mapping[str, _Resource]


def _items(root: etree._Element, package: _Package) -> Iterator[Item]:
    """The tree of the organisation as a list in its order; without one, what can be opened."""
    organisation = _default_organisation(root)
    listed = list(_below(organisation, 0)) if organisation is not None else []
    if not any(_given(element, "identifierref") for element, _depth in listed):
        opened = [one for one in package.resources.values() if one.href and "learning-application" not in one.kind]
        for number, one in enumerate(opened, 1):
            yield _item(Item(number, "", ItemKind.PAGE), one, package, None)
        return
    for number, (element, depth) in enumerate(listed, 1):
        bare = Item(number, _text(_said(element, "title")), ItemKind.HEADING, depth)
        resource = package.resources.get(_given(element, "identifierref"))
        yield _item(bare, resource, package, element) if resource else bare


def _below(element: etree._Element, depth: int) -> Iterator[tuple[etree._Element, int]]:
    """Items below one, each with its depth; what is hidden, and cartridges' nameless root, left out."""
    waiting = [(child, depth) for child in reversed(list(_named(element, "item")))]
    while waiting:
        child, level = waiting.pop()
        nameless = not _said(child, "title") and not _given(child, "identifierref")
        if not nameless and _given(child, "isvisible") != "false":
            yield child, min(level, 10)
        waiting += [(one, level if nameless else level + 1) for one in reversed(list(_named(child, "item")))]


def _item(bare: Item, resource: _Resource, package: _Package, element: etree._Element | None) -> Item:
    """An item with what its resource says of it."""
    if package.kind == CoursewareKind.CARTRIDGE:
        return _cartridge_item(bare, resource, package)
    href = _joined(resource, _given(element, "parameters") if element is not None else "")
    mastery = _said(element, "masteryscore")
    return replace(
        bare,
        title=bare.title or posixpath.basename(urlsplit(href).path)[:TITLE_LENGTH],
        kind=_kind_of(href, package.index),
        href=href,
        launch_data=(_said(element, "datafromlms") or _said(element, "dataFromLMS"))[:LAUNCH_LENGTH],
        mastery=_number(mastery) if mastery else _passing(element),
        is_tracked=resource.scorm == "sco",
    )


def _passing(element: etree._Element | None) -> float | None:
    """SCORM 2004: the measure of the primary objective from which on it is satisfied, where it says so."""
    for sequencing in _named(element, "sequencing"):
        for objectives in _named(sequencing, "objectives"):
            for primary in _named(objectives, "primaryObjective"):
                if _given(primary, "satisfiedByMeasure") == "true":
                    return _number(_said(primary, "minNormalizedMeasure"))
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) <= 1e6 else None


def _joined(resource: _Resource, parameters: str = "") -> str:
    """The address of a resource with the item's parameters (SCORM CAM, 3.4.1.3)."""
    href = resource.base + resource.href
    if not parameters or not href:
        return href[:LAUNCH_LENGTH]
    parameters = parameters.lstrip("?&")
    if parameters.startswith("#"):
        return (href if "#" in href else href + parameters)[:LAUNCH_LENGTH]
    return f"{href}{'&' if '?' in href else '?'}{parameters}"[:LAUNCH_LENGTH]


def path_of(href: str) -> str:
    """The path inside the archive that an address of the manifest names."""
    return posixpath.normpath(unquote(urlsplit(href).path)).removeprefix("./")


def _kind_of(href: str, index: Index) -> ItemKind:
    """Whether an address leads into the archive, to the web, or nowhere."""
    try:
        scheme = urlsplit(href).scheme
        path = path_of(href)
    except ValueError:
        return ItemKind.OTHER
    if scheme:
        return ItemKind.LINK if scheme in _WEB else ItemKind.OTHER
    if not href:
        return ItemKind.HEADING
    folded = path.casefold()
    if path in index or any(each.casefold() == folded for each in index):
        return ItemKind.PAGE
    raise Broken(_("imsmanifest.xml 指向的“{path}”不在课件包里。").format(path=path[:80]))


def _cartridge_item(bare: Item, resource: _Resource, package: _Package) -> Item:
    href = resource.href or (resource.files[0] if resource.files else "")
    href = resource.base + href if href else ""
    called = replace(bare, title=bare.title or posixpath.basename(urlsplit(href).path)[:TITLE_LENGTH])
    if "imswl" in resource.kind:
        name, address = _web_link(path_of(href), package)
        kind = ItemKind.LINK if address else ItemKind.OTHER
        return replace(called, title=bare.title or name or called.title, kind=kind, href=address)
    for mark, kind in (("imsqti", ItemKind.TEST), ("imsdt", ItemKind.DISCUSSION), ("imsbasiclti", ItemKind.OTHER)):
        if mark in resource.kind:
            return replace(called, kind=kind)
    if not href or not resource.kind.startswith(("webcontent", "associatedcontent")):
        return replace(called, kind=ItemKind.OTHER if href else ItemKind.HEADING)
    return replace(called, kind=_kind_of(href, package.index), href=href[:LAUNCH_LENGTH])


def _web_link(path: str, package: _Package) -> tuple[str, str]:
    """Title and address of a web link of a cartridge; no address where it has none that a browser may follow."""
    if path not in package.index:
        raise Broken(_("imsmanifest.xml 指向的“{path}”不在课件包里。").format(path=path[:80]))
    root = _xml(_bytes(package.index, path, package.read), path)
    link = next(_named(root, "url"), None)
    address = _given(link, "href").strip() if link is not None else ""
    try:
        is_web = urlsplit(address).scheme in _WEB and bool(urlsplit(address).hostname)
    except ValueError:
        is_web = False
    return _text(_said(root, "title")), address[:LAUNCH_LENGTH] if is_web else ""


# -- LOM ------------------------------------------------------------------------------------------------------------


def _lom(root: etree._Element, index: Index, read: Open) -> dict[str, Any]:
    """Description after IEEE LOM: in the manifest itself, or in a file beside it (SCORM's `location`)."""
    metadata = next(_named(root, "metadata"), None)
    lom = next(_named(metadata, "lom"), None)
    if lom is None and (place := path_of(_said(metadata, "location"))) in index:
        lom = _xml(_bytes(index, place, read), place)
    general, rights = next(_named(lom, "general"), None), next(_named(lom, "rights"), None)
    words = [text for keyword in _named(general, "keyword") for text in _strings(keyword)]
    terms = " ".join(text for one in _named(rights, "description") for text in _strings(one))
    return {
        "title": _text(next(iter(_strings(next(_named(general, "title"), None))), "")),
        "description": _text(next(iter(_strings(next(_named(general, "description"), None))), ""), TEXT_LENGTH),
        "language": _language(_said(general, "language")),
        "keywords": _keywords(part for text in words for part in re.split(r"[,，、;；]", text)),
        "licence": _licence_in(terms),
    }


def _strings(element: etree._Element | None) -> list[str]:
    """The texts of a LOM element, one a language; plain text where it has no language strings."""
    if element is None:
        return []
    texts = ["".join(one.itertext()).strip() for one in _named(element, "string", "langstring")]
    return [text for text in (texts or ["".join(element.itertext()).strip()]) if text]


def _keywords(words: Iterable[object]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (_text(word, WORD_LENGTH) for word in words))))[:MOST_WORDS]


def _language(said: object) -> str:
    code = _text(said, LANGUAGE_LENGTH).replace("_", "-")
    return "" if code.lower() in {"und", "x-none", "none"} else code


def _licence_in(terms: str) -> str:
    """A licence by its address or its name, where the rights name exactly one."""
    found = {f"CC-{match.upper()}-4.0" for match in (*_CC_URL.findall(terms), *_CC_WORDS.findall(terms))}
    if _CC0_URL.search(terms):
        found.add("CC0-1.0")
    return found.pop() if len(found) == 1 else ""
