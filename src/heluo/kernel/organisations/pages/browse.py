"""Browse the two trees, look at an organisation, read the code tables."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import actor_title, allows
from heluo.kernel.clock.public import SchoolYear, Term, local_day, now
from heluo.kernel.codes.public import code_set_at, code_sets, names_of
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import Level, OrganisationKind, TreeKind
from heluo.kernel.organisations.models import Klass, Organisation, Region
from heluo.kernel.organisations.queries import (
    changes_of,
    children_of,
    classes_of,
    count_divisions,
    organisation_for,
    organisations_in,
    region_with_code,
    regions_below,
    search_organisations,
    superiors_of,
    term_plan,
    tops_for,
    with_child_flag,
)
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import Choice
from heluo.kernel.pages.rules import PageRequest, reads
from heluo.kernel.search.public import capped_count

PAGE = 50
BY_NAME = ("name_sort", "id")
BY_PLACE = ("kind", "region__code", "name_sort", "id")
LISTING = ("listing",)


def _trees(current: TreeKind) -> list[Choice]:
    """The switch between the two trees."""
    addresses = {
        TreeKind.MANAGEMENT: reverse("organisations:tree"),
        TreeKind.REGION: reverse("organisations:regions"),
    }
    return [Choice(kind.label, addresses[kind], kind == current) for kind in TreeKind]


@reads(may=Permission.VIEW)
def tree(request: PageRequest) -> HttpResponse:
    """Where one's view of the management tree begins, and the search through all of it."""
    text = request.GET.get("q", "").strip()
    found: QuerySet[Organisation]
    order: tuple[str, ...]
    if text:
        found, order = search_organisations(request.actor, text), BY_NAME
    else:
        tops = list(tops_for(request.actor)[:2])
        only = tops[0] if len(tops) == 1 else None
        found = children_of(request.actor, only) if only else tops_for(request.actor)
        order = BY_PLACE
        if only and not found.exists():
            found = tops_for(request.actor)
    rows = with_child_flag(found.select_related("region__parent", "parent"))
    context = {
        "heading": _("机构"),
        "tabs": _trees(TreeKind.MANAGEMENT),
        "text": text,
        "top": None if text else tops_for(request.actor).select_related("region__parent").first(),
        "page": keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=PAGE),
        "count": capped_count(found),
        "unit": _("个单位"),
    }
    return page_response(request, "organisations/tree.html", context, fragments=LISTING)


@reads(may=Permission.VIEW)
def organisation(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One organisation: facts, whoever answers to it, its classes."""
    found = organisation_for(request.actor, uuid)
    today = local_day(now())
    year = SchoolYear.on(today)
    children = with_child_flag(children_of(request.actor, found).select_related("region__parent", "parent"))
    klasses: list[Klass] = list(classes_of(found, year=year)) if found.is_school else []
    context = {
        "heading": found.name,
        "organisation": found,
        "state_label": "" if found.is_open(today) else _("已撤销"),
        "superiors": _linked_superiors(request, found),
        "facts": _facts(found),
        "page": keyset_page(children, order=BY_PLACE, cursor=request.GET.get("cursor"), size=PAGE),
        "count": capped_count(children_of(request.actor, found)),
        "unit": _("个下属单位"),
        "classes": [(klass.label(year), klass) for klass in klasses],
        "year": year,
        "deeds": _deeds(request, found) if found.is_open(today) else [],
    }
    return page_response(request, "organisations/organisation.html", context, fragments=LISTING)


def _deeds(request: PageRequest, organisation: Organisation) -> list[tuple[str, str, str]]:
    """What the viewer may do to an organisation: words, address, icon. The actions ask again."""
    deeds = []
    may_change = allows(request.actor, Permission.MANAGE, on=organisation.parent or organisation)
    if organisation.kind == OrganisationKind.BUREAU and allows(request.actor, Permission.MANAGE, on=organisation):
        deeds.append((_("登记学校"), "organisations:school_new", "school"))
    if organisation.kind == OrganisationKind.SCHOOL and may_change:
        deeds.append((_("设立教学点"), "organisations:teaching_point_new", "home-edit"))
    if may_change:
        deeds += [
            (_("更改名称"), "organisations:rename", "pencil"),
            (_("调整隶属关系"), "organisations:move", "sitemap"),
            (_("撤销"), "organisations:close", "archive"),
        ]
    return [(words, reverse(route, args=[organisation.uuid]), icon) for words, route, icon in deeds]


def _linked_superiors(request: PageRequest, organisation: Organisation) -> list[tuple[str, str]]:
    """Name and address of everyone above; no address for those one may not open."""
    return [
        (above.name, reverse("organisations:organisation", args=[above.uuid]) if _may_open(request, above) else "")
        for above in superiors_of(organisation)
    ]


def _may_open(request: PageRequest, organisation: Organisation) -> bool:
    return allows(request.actor, Permission.VIEW, on=organisation)


def _facts(organisation: Organisation) -> list[tuple[str, object, str]]:
    today = local_day(now())
    plan = term_plan(organisation, Term.on(today))
    facts: list[tuple[str, object, str]] = [(_("类别"), organisation.get_kind_display(), "")]
    if organisation.code:
        facts.append((_("学校（机构）标识码"), organisation.code, ""))
    if organisation.school_type:
        names = names_of("school-type", on=today)
        facts.append((_("办学类型"), names.get(organisation.school_type, organisation.school_type), ""))
    if not organisation.is_school:
        facts.append((_("层级"), organisation.get_level_display(), ""))
    facts += [
        (_("所在区划"), organisation.region.full_name, organisation.region.source),
        (_("上级单位"), organisation.parent.name if organisation.parent else _("无"), organisation.parent_source),
    ]
    if organisation.opened_on:
        facts.append((_("设立日期"), organisation.opened_on.isoformat(), ""))
    if organisation.closed_on:
        facts.append((_("撤销日期"), organisation.closed_on.isoformat(), ""))
    if plan:
        days = _("{first} 至 {last}").format(first=plan.starts_on.isoformat(), last=plan.ends_on.isoformat())
        facts.append((plan.term.label, days, plan.organisation.name))
    return facts


@reads(may=Permission.VIEW)
def history(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What happened to an organisation, newest first."""
    found = organisation_for(request.actor, uuid)
    page = keyset_page(changes_of(found), order=("-at", "-id"), cursor=request.GET.get("cursor"), size=PAGE)
    events = [
        {
            "title": change.get_kind_display(),
            "who": actor_title(change.by_name, change.by_person),
            "at": change.at,
            "text": _change_in_words(change.before, change.after, change.reason),
        }
        for change in page.items
    ]
    context = {
        "heading": _("沿革"),
        "lead": found.name,
        "crumbs": [(_("机构"), reverse("organisations:tree")), (found.name, _address(found))],
        "events": events,
        "page": page,
    }
    return page_response(request, "organisations/history.html", context)


def _address(organisation: Organisation) -> str:
    return reverse("organisations:organisation", args=[organisation.uuid])


def _change_in_words(before: str, after: str, reason: str) -> str:
    change = _("由“{before}”改为“{after}”").format(before=before, after=after) if before and after else before or after
    return _("{change}。理由：{reason}").format(change=change, reason=reason) if reason else change


# -- regions ----------------------------------------------------------------------------------------------------------


@reads(may=Permission.VIEW)
def regions(request: PageRequest) -> HttpResponse:
    """The province, with its divisions counted once."""
    return _region_page(request, regions_below(None, on=local_day(now())).get())


@reads(may=Permission.VIEW)
def region(request: PageRequest, code: str) -> HttpResponse:
    """A division, the ones inside it, and the organisations that lie there, whoever manages them."""
    return _region_page(request, region_with_code(code, on=local_day(now())))


def _region_page(request: PageRequest, shown: Region) -> HttpResponse:
    today = local_day(now())
    inside = organisations_in(request.actor, shown)
    crumbs = [] if shown.parent is None else [(shown.parent.name, _region_address(shown.parent))]
    if shown.parent is not None and shown.parent.parent_id is not None:
        crumbs.insert(0, (_("全省"), reverse("organisations:regions")))
    context = {
        "heading": shown.name,
        "region": shown,
        "crumbs": crumbs,
        "tabs": _trees(TreeKind.REGION),
        "divisions": regions_below(shown, on=today),
        "counts": count_divisions(on=today) if shown.level == Level.PROVINCE else None,
        "page": keyset_page(
            inside.select_related("region__parent", "parent"),
            order=BY_NAME,
            cursor=request.GET.get("cursor"),
            size=PAGE,
        ),
        "count": capped_count(inside),
        "unit": _("个单位"),
    }
    return page_response(request, "organisations/region.html", context, fragments=LISTING)


def _region_address(region: Region) -> str:
    return reverse("organisations:region", args=[region.code])


# -- code tables ------------------------------------------------------------------------------------------------------


@reads(may=Audience.PUBLIC)
def code_tables(request: PageRequest) -> HttpResponse:
    """Every code table with its standard, edition and source."""
    context = {"heading": _("代码表"), "tables": code_sets()}
    return page_response(request, "codes/tables.html", context)


@reads(may=Audience.PUBLIC)
def code_table(request: PageRequest, key: str, version: str) -> HttpResponse:
    """One code table. What nobody compared with the published text says so."""
    table = code_set_at(key, version)
    if table is None:
        raise NotFound
    codes = list(table.codes.select_related("parent"))
    context = {
        "heading": str(table),
        "table": table,
        "crumbs": [(_("代码表"), reverse("organisations:code_tables"))],
        "codes": codes,
        "has_parents": any(code.parent_id for code in codes),
        "facts": [
            (_("标准"), table.standard),
            (_("版本"), table.version),
            (
                _("来源"),
                table.source if table.is_verified else _("{source}（以发布文本为准）").format(source=table.source),
            ),
        ],
    }
    return page_response(request, "codes/table.html", context)
