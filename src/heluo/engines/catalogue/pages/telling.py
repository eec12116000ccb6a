"""What machines read of the catalogue: the map for search engines, and feeds of what is new. The same for everybody;
on the host of a virtual platform, of what it shows as its own, under its own address.
"""

from datetime import UTC, datetime

from django.http import HttpResponse, QueryDict
from django.urls import NoReverseMatch, reverse
from lxml import etree

from heluo.engines.catalogue.enums import Sort
from heluo.engines.catalogue.models import Entry
from heluo.engines.catalogue.queries import find_entries, map_parts, mapped_in
from heluo.engines.catalogue.registry import facets as known_facets
from heluo.engines.catalogue.registry import known_kinds
from heluo.engines.catalogue.vocabulary import xml_text
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import PUBLIC_ACTOR, house_apps, list_of, page_of
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.tenants.public import shown_address, shown_tree

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
ATOM = "http://www.w3.org/2005/Atom"
IN_A_FEED = 50
CLOSED_TO_ROBOTS = ("/accounts/", "/workbench/", "/operations/", "/api/")
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
Element = etree._Element  # noqa: SLF001  # lxml has no other name for it


@reads(may=Audience.PUBLIC)
def robots(request: PageRequest) -> HttpResponse:
    """What search engines may read (RFC 9309), and where the map is."""
    closed = "".join(f"Disallow: {path}\n" for path in CLOSED_TO_ROBOTS)
    text = f"User-agent: *\n{closed}\nSitemap: {shown_address()}{reverse('catalogue:sitemap')}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@reads(may=Audience.PUBLIC)
def sitemap(request: PageRequest) -> HttpResponse:
    """The parts of the map, each with when something in it changed last."""
    root = etree.Element(f"{{{SITEMAP}}}sitemapindex", nsmap={None: SITEMAP})
    for part, changed in map_parts(shown_tree()):
        element = _child(root, "sitemap")
        _child(element, "loc", f"{shown_address()}{reverse('catalogue:sitemap_part', args=[part])}")
        _child(element, "lastmod", _instant(changed))
    return _xml(root, "application/xml")


@reads(may=Audience.PUBLIC)
def sitemap_part(request: PageRequest, part: int) -> HttpResponse:
    """The pages of one part."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP})
    pages = _pages_of_kinds()
    for kind, identifier, changed in mapped_in(part, shown_tree()):
        if kind in pages:
            element = _child(root, "url")
            _child(element, "loc", pages[kind].format(identifier))
            _child(element, "lastmod", _instant(changed))
    if not len(root):
        raise NotFound
    return _xml(root, "application/xml")


def _pages_of_kinds() -> dict[str, str]:
    """Kind → the address of its pages with a gap for the identifier: looked up once, not fifty thousand times."""
    sample = "00000000-0000-0000-0000-000000000000"
    found = {kind: page_of(kind, sample) for kind in known_kinds()}
    return {kind: f"{shown_address()}{page.replace(sample, '{}')}" for kind, page in found.items() if page}


@reads(may=Audience.PUBLIC)
def feed(request: PageRequest, kind: str) -> HttpResponse:
    """What of a kind was published last, as the list of this kind would filter it."""
    listing = _list_of(kind)
    text = request.GET.get("q", "").strip()
    wanted = {facet.key: request.GET.getlist(facet.key) for facet in known_facets() if facet.key in request.GET}
    found = find_entries(
        actor=PUBLIC_ACTOR, text=text, facets=wanted, kinds=(kind,), sort=Sort.NEWEST, size=IN_A_FEED, tree=shown_tree()
    ).items
    asked = _asked(text, wanted)
    here = f"{shown_address()}{request.path}{asked}"
    root = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    _child(root, "id", here)
    _child(root, "title", " · ".join([str(_title_of(kind)), *([text] if text else [])]))
    _child(
        root, "updated", _instant(max((one.published_at for one in found), default=datetime(1970, 1, 1, tzinfo=UTC)))
    )
    _link(root, "self", here, "application/atom+xml")
    _link(root, "alternate", f"{shown_address()}{listing}{asked}", "text/html")
    for entry in found:
        _entry(root, entry)
    return _xml(root, "application/atom+xml")


def _list_of(kind: str) -> str:
    try:
        return list_of(kind if kind in known_kinds() else "")
    except (StopIteration, NoReverseMatch):
        raise NotFound from None


def _title_of(kind: str) -> object:
    return next(app.manifest.kinds[kind] for app in house_apps() if kind in app.manifest.kinds)


def _asked(text: str, facets: dict[str, list[str]]) -> str:
    """What is asked, as the address of the list asks it: without pages, sorts and what senders add."""
    query = QueryDict(mutable=True)
    if text:
        query["q"] = text
    for key, codes in facets.items():
        query.setlist(key, codes)
    return f"?{query.urlencode()}" if query else ""


def _entry(root: Element, entry: Entry) -> None:
    element = _child(root, "entry")
    _child(element, "id", f"urn:uuid:{entry.uuid}")
    _child(element, "title", entry.title)
    _child(element, "updated", _instant(entry.published_at))
    _child(element, "published", _instant(entry.first_published_at))
    _child(_child(element, "author"), "name", f"{entry.creator_name} · {entry.organisation.name}")
    _link(element, "alternate", f"{shown_address()}{page_of(entry.kind, entry.uuid)}", "text/html")
    if entry.description:
        _child(element, "summary", entry.description)
    for keyword in entry.keywords:
        _child(element, "category").set("term", xml_text(keyword))
    _child(element, "rights", entry.licence)


def _link(above: Element, relation: str, address: str, media_type: str) -> None:
    link = _child(above, "link")
    for name, value in (("rel", relation), ("href", address), ("type", media_type)):
        link.set(name, value)


def _child(above: Element, name: str, text: str = "") -> Element:
    element = etree.SubElement(above, f"{{{etree.QName(above).namespace}}}{name}")
    element.text = xml_text(text) or None
    return element


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(root: Element, media_type: str) -> HttpResponse:
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return HttpResponse(body, content_type=f"{media_type}; charset=utf-8")
