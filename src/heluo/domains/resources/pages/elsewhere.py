"""How resources of other platforms look: what their entry in the catalogue says of them."""

from uuid import UUID

from django.utils.translation import gettext as _

from heluo.domains.resources.enums import ContentLanguage
from heluo.domains.resources.pages.showing import Fact, licence_link, links_to
from heluo.domains.textbooks.enums import CHAPTER_FACET, POINT_FACET
from heluo.domains.textbooks.public import chosen_chapters, places_of_chapters, places_of_points
from heluo.engines.catalogue.enums import Licence, Visibility
from heluo.engines.catalogue.models import Entry, Overlay
from heluo.engines.catalogue.public import deed_of, facets, titles_of
from heluo.kernel.pages.templatetags.pages import when

SHOWN_APART = frozenset({"licence", "source"})


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
    licence = Licence(entry.licence) if entry.licence in Licence.values else None
    parts = [
        f"《{entry.title.strip('《》')}》",
        f"{entry.creator_name}（{_said(entry, 'publisher') or platform_of(entry)}）",
        entry.address_elsewhere,
        str(licence.label) if licence else entry.licence,
        deed_of(licence) if licence else "",
    ]
    return "，".join(part for part in parts if part)


def _said(entry: Entry, name: str) -> str:
    said = entry.payload.get(name)
    return said if isinstance(said, str) else ""
