"""How resources of other platforms look: what their entry in the catalogue says of them."""

from django.utils.translation import gettext as _

from heluo.domains.resources.enums import ContentLanguage
from heluo.domains.resources.pages.showing import Fact, licence_link
from heluo.engines.catalogue.enums import Licence
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.public import deed_of, facets, titles_of
from heluo.kernel.pages.templatetags.pages import when

SHOWN_APART = frozenset({"licence", "source"})


def platform_of(entry: Entry) -> str:
    return _said(entry, "platform") or entry.origin


def address_there(entry: Entry) -> str:
    """Its page on its own platform; an address of any other scheme leads nowhere."""
    address = _said(entry, "address")
    return address if address.startswith(("https://", "http://")) else ""


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


def attribution_there(entry: Entry) -> str:
    """A line to copy where it is used: it names its own platform and its own address."""
    licence = Licence(entry.licence) if entry.licence in Licence.values else None
    parts = [
        f"《{entry.title.strip('《》')}》",
        f"{entry.creator_name}（{_said(entry, 'publisher') or platform_of(entry)}）",
        address_there(entry),
        str(licence.label) if licence else entry.licence,
        deed_of(licence) if licence else "",
    ]
    return "，".join(part for part in parts if part)


def _said(entry: Entry, name: str) -> str:
    said = entry.payload.get(name)
    return said if isinstance(said, str) else ""
