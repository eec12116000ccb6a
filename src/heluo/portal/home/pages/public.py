"""The home page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from heluo.domains.resources.public import KIND
from heluo.engines.catalogue.enums import Sort
from heluo.engines.catalogue.public import cards_of, facet_counts, facets, find_entries
from heluo.kernel.actors.enums import Audience
from heluo.kernel.pages.blocks import Figure
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.tenants.public import current_tenant
from heluo.portal.home.pages.tenant import tenant_home

CARDS = 8
MOST_USED = 4
BROWSED = ("stage", "subject")
COUNTED = (
    ("media", "video", _("视频资源")),
    ("media", "pdf", _("文档资源")),
    ("resource_type", "courseware", _("课件")),
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way in for people of a role."""

    title: str | Promise
    text: str | Promise
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """One way to browse: the values of a facet that hold something."""

    title: str | Promise
    places: list[Figure]


@reads(may=Audience.PUBLIC)
def home(request: PageRequest) -> HttpResponse:
    if (tenant := current_tenant()) is not None:
        return tenant_home(request, tenant)
    actor = request.actor
    newest = find_entries(actor=actor, size=CARDS)
    counts = facet_counts(actor=actor, kinds=(KIND,))
    used = find_entries(actor=actor, kinds=(KIND,), sort=Sort.USED, size=MOST_USED)
    resources = reverse("resources:list")
    context = {
        "heading": _("找到好资源，开始学习"),
        "lead": _("河南省“互联网＋教育”资源公共服务：老师上传，专业审核，人人可学。"),
        "entrances": _entrances(),
        "shelves": _shelves(counts, resources),
        "newest": cards_of(newest.items),
        "used": cards_of([entry for entry in used.items if entry.uses]),  # type: ignore[attr-defined]  # sorted by it
        "figures": [
            Figure(_("全部资源"), newest.total, resources, _("个")),
            *(
                Figure(title, counts[key][code], f"{resources}?{key}={code}", _("个"))
                for key, code, title in COUNTED
                if counts.get(key, {}).get(code)
            ),
        ],
    }
    return page_response(request, "home/home.html", context)


def _entrances() -> list[Entrance]:
    work, resources = reverse("workbench:workbench"), reverse("resources:list")
    textbooks = reverse("textbooks:list")
    return [
        Entrance(_("我是学生"), _("按年级和学科找课、看视频、做练习"), icon="school", url=work),
        Entrance(_("我是教师"), _("上传资源、提交审核、看使用情况"), icon="chalkboard", url=work),
        Entrance(_("我是家长"), _("看孩子的学习，办理监护人同意"), icon="users", url=work),
        Entrance(_("我是管理者"), _("审核资源，看本地区建设情况"), icon="building", url=work),
        Entrance(_("按教材找"), _("选年级和教材，翻到那一节看资源"), icon="book", url=textbooks),
        Entrance(_("随便看看"), _("不用登录，全部公开资源"), icon="books", url=resources),
    ]


def _shelves(counts: Mapping[str, Mapping[str, int]], address: str) -> list[Shelf]:
    """Values that hold something, with how much; all values where there is too much to count."""
    shelves = []
    for facet in facets():
        if facet.key not in BROWSED:
            continue
        counted = counts.get(facet.key)
        places = [
            Figure(value.title, counted[value.code] if counted else "", f"{address}?{facet.key}={value.code}")
            for value in facet.listed()
            if counted is None or counted.get(value.code)
        ]
        if places:
            shelves.append(Shelf(facet.title, places))
    return shelves
