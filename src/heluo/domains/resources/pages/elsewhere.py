"""How resources of other platforms look: what their entry in the catalogue says of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from heluo.domains.resources.enums import ContentLanguage
from heluo.domains.resources.pages.showing import Fact, ShownFile, licence_link, links_to, shown_files
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.domains.textbooks.public import chosen_chapters, places_of_chapters, places_of_points
from heluo.engines.catalogue.enums import Licence, Visibility
from heluo.engines.catalogue.models import Content, Entry, Overlay
from heluo.engines.catalogue.public import deed_of, facets, titles_of
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor
from heluo.kernel.files.public import StoredFile
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.templatetags.pages import inside_marks, when
from heluo.kernel.transfers.public import (
    Copy,
    CopyState,
    Wanted,
    copies_of,
    node_to_ask,
    states_of,
    want_contents,
)

SHOWN_APART = frozenset({"licence", "source"})


@dataclass(frozen=True, slots=True)
class Absent:
    """A file that is not here: what it is called, and how far it is on its way."""

    content: Content
    copy: Copy | None

    @property
    def state(self) -> str:
        if self.copy is None:
            return ""
        return str(self.copy.get_trouble_display() if self.copy.trouble else self.copy.get_state_display())

    @property
    def tone(self) -> Tone:
        failed = self.copy is not None and self.copy.state == CopyState.FAILED
        return Tone.DANGER if failed else Tone.WAITING


def files_here(actor: Actor, entry: Entry) -> tuple[list[ShownFile], list[Absent]]:
    """Its files that came here, as own ones are shown, and the others, each in the order of the entry."""
    contents = entry.contents
    hashes = [content.sha256 for content in contents]
    copies = copies_of(hashes) if hashes else {}
    known = states_of(hashes) if len(copies) < len(set(hashes)) else {}
    shown = shown_files(actor, [copies[one] for one in dict.fromkeys(hashes) if one in copies])
    absent = [Absent(content, known.get(content.sha256)) for content in contents if content.sha256 not in copies]
    return shown, absent


def copy_of(entry: Entry, file: UUID) -> StoredFile:
    """A file of an entry of another platform that is here; `NotFound` otherwise."""
    for copy in copies_of([content.sha256 for content in entry.contents]).values():
        if copy.uuid == file:
            return copy
    raise NotFound


def bring_here(actor: Actor, entry: Entry, *, now: datetime) -> int:
    """Have the files of an entry brought here; how many are on their way."""
    wanted = [
        Wanted(sha256=one.sha256, size=one.size, name=one.name, media_type=one.type, href=one.href)
        for one in entry.contents
    ]
    return want_contents(wanted, from_node=node_to_ask(entry.origin), by=actor, now=now)


def platform_of(entry: Entry) -> str:
    return _said(entry, "platform") or entry.origin


def facts_there(entry: Entry) -> list[Fact]:
    """What is known about it, in the order people ask."""
    languages = dict(ContentLanguage.choices)
    apart = {str(facet.title) for facet in facets() if facet.key in SHOWN_APART}
    return [
        (_("来源平台"), platform_of(entry)),
        (_("作者"), entry.creator_name),
        (_("来源单位"), _said(entry, "publisher")),
        *((title, "、".join(values)) for title, values in titles_of(entry) if title not in apart),
        (_("语种"), languages.get(entry.language, entry.language)),
        (_("许可"), licence_link(entry.licence)),
        (_("关键词"), "、".join(entry.keywords)),
        (_("采集归口"), entry.organisation.name),
        (_("更新"), when(entry.published_at)),
    ]


def additions_here(layer: Overlay) -> list[Fact]:
    """What is laid over it here, in the order of what is known about it."""
    points = [UUID(code) for code in layer.facets.get(POINT_FACET, ())]
    visibility = Visibility(layer.visibility).label if layer.visibility else ""
    facts: list[Fact] = [
        (_("说明"), layer.note),
        (_("标签"), "、".join(layer.keywords)),
        (_("教材章节"), links_to(places_of_chapters(chosen_chapters(layer.facets.get(CHAPTER_FACET, ()))))),
        (_("知识点"), links_to(places_of_points(points))),
        (_("谁能看到"), visibility),
    ]
    return [(title, said) for title, said in facts if said]


def attribution_there(entry: Entry) -> str:
    """A line to copy where it is used: it names its own platform and its own address."""
    licence = Licence.known(entry.licence)
    parts = [
        f"《{inside_marks(entry.title)}》",
        f"{entry.creator_name}（{_said(entry, 'publisher') or platform_of(entry)}）",
        entry.address_elsewhere,
        str(licence.label) if licence else entry.licence,
        deed_of(licence) if licence else "",
    ]
    return "，".join(part for part in parts if part)


def _said(entry: Entry, name: str) -> str:
    said = entry.payload.get(name)
    return said if isinstance(said, str) else ""
