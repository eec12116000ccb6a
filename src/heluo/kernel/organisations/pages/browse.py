"""Browse the two trees and look at an organisation, today or on a day in the past."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heluo.kernel.actors.public import actor_title, allows
from heluo.kernel.clock.public import SchoolYear, Term
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.enums import ChangeKind, Fact, Level, OrganisationKind, TreeKind
from heluo.kernel.organisations.models import (
    Described,
    Organisation,
    OrganisationChange,
    OrganisationQuerySet,
    OrganisationState,
    OrganisationStateQuerySet,
    Region,
)
from heluo.kernel.organisations.queries import (
    changes_of,
    children_as_of,
    children_of,
    classes_as_of,
    classes_of,
    count_divisions,
    organisation_as_of,
    organisation_for,
    organisations_in,
    parents_among,
    region_with_code,
    regions_below,
    search_as_of,
    search_organisations,
    states_in,
    superiors_as_of,
    superiors_of,
    term_plan,
    tops_as_of,
    tops_for,
    unseen_children_as_of,
)
from heluo.kernel.organisations.school_types import run_by_table, school_types
from heluo.kernel.pages.day import ShownDay, shown_day
from heluo.kernel.pages.exports import ListFile, list_file, wants_file
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import KeysetPage, keyset_page
from heluo.kernel.pages.listing import Choice, Facet, chosen_values, facet
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.search.public import capped_count

PAGE = 50
BY_NAME = ("name_sort", "id")
BY_PLACE = ("place_sort", "id")
LISTING = ("listing",)
KIND = "kind"
Rows = OrganisationQuerySet | OrganisationStateQuerySet


def _trees(current: TreeKind, day: ShownDay) -> list[Choice]:
    """The switch between the two trees; it stays in the day that is shown."""
    addresses = {
        TreeKind.MANAGEMENT: reverse("organisations:tree"),
        TreeKind.REGION: reverse("organisations:regions"),
    }
    return [Choice(kind.label, addresses[kind] + day.suffix, kind == current) for kind in TreeKind]


def _kinds(request: PageRequest, day: ShownDay) -> Facet:
    """The filter by kind: classes of school by the code table, and everybody who is no school."""
    classes = {kind.code_class for kind in school_types().values()}
    names = names_of("school-code-class", on=day.day)
    labels: dict[str, str | Promise] = {OrganisationKind.BUREAU.value: OrganisationKind.BUREAU.label}
    labels |= {code: name for code, name in names.items() if code in classes}
    labels |= {
        kind.value: kind.label
        for kind in OrganisationKind
        if kind not in {OrganisationKind.BUREAU, OrganisationKind.SCHOOL}
    }
    return facet(request.GET, name=KIND, title=_("类别"), labels=labels)


def _of_kinds(rows: Rows, kinds: Facet) -> Rows:
    """The rows of the chosen kinds; all where none is chosen."""
    chosen = {value.value for value in chosen_values([kinds])}
    if not chosen:
        return rows
    types = [kind.code for kind in school_types().values() if kind.code_class in chosen]
    others = sorted(chosen & set(OrganisationKind.values))
    if isinstance(rows, OrganisationQuerySet):
        return rows.filter(Q(school_type__in=types) | Q(kind__in=others))
    return rows.filter(Q(school_type__in=types) | Q(organisation__kind__in=others))


def _listed(rows: Rows, day: ShownDay, order: tuple[str, ...], cursor: str | None) -> dict[str, object]:
    """A page of rows, their number, and which of the page have others below them; for the templates that list them."""
    page: KeysetPage[Organisation] | KeysetPage[OrganisationState]
    if isinstance(rows, OrganisationQuerySet):
        page = keyset_page(rows.select_related("region__parent"), order=order, cursor=cursor, size=PAGE)
        parents = parents_among([one.pk for one in page.items])
    else:
        states = rows.select_related("region__parent", "organisation")
        page = keyset_page(states, order=order, cursor=cursor, size=PAGE)
        parents = parents_among([state.organisation_id for state in page.items], on=day.day)
    return {"page": page, "count": capped_count(rows), "parents": parents}


def _file(name: str, day: ShownDay) -> ListFile[Any]:
    """What a list of organisations becomes as a file; what it holds is open to whoever sees them."""
    types = names_of("school-type", on=day.day)
    titles = (
        _("名称"),
        _("类别"),
        _("办学类型"),
        _("标识码或统一社会信用代码"),
        _("所在区划"),
        _("上级单位"),
        _("状态"),
    )

    def lines(rows: list[Organisation | OrganisationState]) -> Iterator[Sequence[object]]:
        for row in rows:
            of = row.organisation if isinstance(row, OrganisationState) else row
            yield (
                row.name,
                of.get_level_display() if of.kind == OrganisationKind.BUREAU else of.get_kind_display(),
                types.get(row.school_type, row.school_type),
                row.code or row.credit_code,
                row.region.full_name,
                row.parent.name if row.parent else "",
                _("已撤销") if isinstance(row, Organisation) and not row.is_open(day.day) else "",
            )

    return ListFile(name, titles, lines, is_personal=False)


def _as_file(request: PageRequest, file: ListFile[Any], rows: Rows, order: tuple[str, ...]) -> HttpResponseBase:
    whole = rows.select_related("region__parent", "parent")
    if isinstance(whole, OrganisationStateQuerySet):
        whole = whole.select_related("organisation")
    return list_file(request, file, whole, order=order, may=Permission.VIEW)


@writes(may=Permission.VIEW)
def tree(request: PageRequest) -> HttpResponseBase:
    """Where one's view of the management tree begins, and the search through all of it. A POST gives it as a file."""
    day = shown_day(request)
    text = request.GET.get("q", "").strip()
    top: Organisation | None = None
    rows: Rows
    order = BY_PLACE
    if text:
        order = BY_NAME
        rows = search_as_of(request.actor, text, on=day.past) if day.past else search_organisations(request.actor, text)
    else:
        tops = list(tops_for(request.actor).select_related("region__parent")[:2])
        top = tops[0] if len(tops) == 1 else None
        rows = _below(request, top, day) if top else _tops(request, day)
        if top and not rows.exists():
            rows = _tops(request, day)
    kinds = _kinds(request, day)
    rows = _of_kinds(rows, kinds)
    file = _file(_("机构"), day)
    if wants_file(request):
        return _as_file(request, file, rows, order)
    context = {
        "heading": _("机构"),
        "exports": file,
        "facets": [kinds],
        "chosen": chosen_values([kinds]),
        "tabs": _trees(TreeKind.MANAGEMENT, day),
        "text": text,
        "top": top,
        "day": day,
        "unit": _("个单位"),
        **_listed(rows, day, order, request.GET.get("cursor")),
    }
    return page_response(request, "organisations/tree.html", context, fragments=LISTING)


def _tops(request: PageRequest, day: ShownDay) -> Rows:
    return tops_as_of(request.actor, on=day.past) if day.past else tops_for(request.actor)


def _below(request: PageRequest, above: Organisation, day: ShownDay) -> Rows:
    return children_as_of(request.actor, above, on=day.past) if day.past else children_of(request.actor, above)


@writes(may=Permission.VIEW)
def organisation(request: PageRequest, uuid: UUID) -> HttpResponseBase:
    """One organisation: facts, whoever answers to it, its classes. A POST gives whoever answers to it as a file."""
    found = organisation_for(request.actor, uuid)
    day = shown_day(request)
    shown: Organisation | OrganisationState | None = found
    if day.past:
        shown = organisation_as_of(request.actor, uuid, on=day.past)
    below = _below(request, found, day)
    file = _file(_("{name}的下属单位").format(name=shown.name if shown is not None else found.name), day)
    if wants_file(request):
        return _as_file(request, file, below, BY_PLACE)
    year = SchoolYear.on(day.day)
    classes = []
    if found.is_school and shown is not None:
        classes = classes_as_of(found, on=day.past) if day.past else list(classes_of(found, year=year))
    is_open = found.is_open(day.today)
    context = {
        "heading": shown.name if shown is not None else found.name,
        "organisation": found,
        "is_there": shown is not None,
        "day": day,
        "state_label": "" if day.past or is_open else _("已撤销"),
        "superiors": _linked_superiors(request, found, day),
        "facts": _facts(shown, found, day.day) if shown is not None else [],
        "unit": _("个下属单位"),
        "unseen": unseen_children_as_of(request.actor, found, on=day.past) if day.past else 0,
        "classes": [(klass.label(year), klass) for klass in classes],
        "year": year,
        "deeds": [] if day.past else deeds_for(request, found, is_open=is_open),
        "exports": file,
        **_listed(below, day, BY_PLACE, request.GET.get("cursor")),
    }
    return page_response(request, "organisations/organisation.html", context, fragments=LISTING)


@dataclass(frozen=True, slots=True)
class Offer:
    """A deed that a page offers to whoever may do it."""

    may: bool
    words: str
    route: str
    icon: str


def deeds_for(request: PageRequest, organisation: Organisation, *, is_open: bool) -> list[tuple[str, str, str]]:
    """What the viewer may do to an organisation: words, address, icon. The actions ask again."""
    actor, on = request.actor, organisation
    manages = on.kind == OrganisationKind.BUREAU and allows(actor, Permission.MANAGE, on=on)
    is_numbered = on.kind == OrganisationKind.SCHOOL
    may_change = allows(actor, Permission.MANAGE, on=on.parent or on)
    teaches = on.is_school and allows(actor, Permission.MANAGE_CLASSES, on=on)
    if is_open:
        offers = [
            Offer(manages, _("登记学校"), "school_new", icon="school"),
            Offer(manages, _("登记企业或培训机构"), "institution_new", icon="building"),
            Offer(is_numbered and may_change, _("设立教学点"), "teaching_point_new", icon="home-edit"),
            Offer(teaches, _("开设班级"), "classes_new", icon="users-group"),
            Offer(allows(actor, Permission.RECORD_FACTS, on=on), _("登记信息"), "facts", icon="forms"),
            Offer(allows(actor, Permission.PLAN_TERMS, on=on), _("安排学期"), "term", icon="calendar"),
            Offer(may_change, _("更改名称"), "rename", icon="pencil"),
            Offer(may_change, pgettext("deed", "调整隶属关系"), "move", icon="sitemap"),
            Offer(is_numbered and may_change, _("变更类型、重编标识码"), "recode", icon="list-numbers"),
            Offer(is_numbered and may_change, _("合并学校"), "merge", icon="arrows-join"),
            Offer(is_numbered and may_change, _("分设新校"), "split", icon="arrows-split"),
            Offer(may_change, pgettext("deed", "撤销"), "close", icon="archive"),
        ]
    else:
        offers = [Offer(may_change, pgettext("deed", "恢复"), "reopen", icon="refresh")]
    return [
        (offer.words, reverse(f"organisations:{offer.route}", args=[on.uuid]), offer.icon)
        for offer in offers
        if offer.may
    ]


def _linked_superiors(request: PageRequest, organisation: Organisation, day: ShownDay) -> list[tuple[str, str]]:
    """Name and address of everyone above; no address for those one may not open."""
    above: list[tuple[str, Organisation]]
    if day.past:
        above = [(state.name, state.organisation) for state in superiors_as_of(organisation, on=day.past)]
    else:
        above = [(one.name, one) for one in superiors_of(organisation)]
    return [
        (name, organisation_address(one) + day.suffix if allows(request.actor, Permission.VIEW, on=one) else "")
        for name, one in above
    ]


def organisation_address(organisation: Organisation) -> str:
    return reverse("organisations:organisation", args=[organisation.uuid])


def _facts(shown: Organisation | OrganisationState, found: Organisation, day: date) -> list[tuple[str, object, str]]:
    plan = term_plan(found, Term.on(day))
    facts: list[tuple[str, object, str]] = [(_("类别"), found.get_kind_display(), "")]
    if shown.code:
        facts.append((_("学校（机构）标识码"), shown.code, ""))
    if shown.school_type:
        names = names_of("school-type", on=day)
        facts.append((_("办学类型"), names.get(shown.school_type, shown.school_type), ""))
    if found.kind == OrganisationKind.BUREAU:
        facts.append((_("层级"), found.get_level_display(), ""))
    source = found.parent_source if shown.parent_id == found.parent_id else ""
    facts += [
        (_("所在区划"), shown.region.full_name, shown.region.source),
        (_("上级单位"), shown.parent.name if shown.parent else _("无"), source),
    ]
    if found.opened_on:
        facts.append((_("设立日期"), found.opened_on.isoformat(), ""))
    if found.closed_on and isinstance(shown, Organisation):
        facts.append((_("撤销日期"), found.closed_on.isoformat(), ""))
    facts += [(title, value, "") for title, value in known_facts(shown, on=day)]
    if plan:
        days = _("{first} 至 {last}").format(first=plan.starts_on.isoformat(), last=plan.ends_on.isoformat())
        facts.append((plan.term.label, days, plan.organisation.name))
    return facts


def known_facts(shown: Described, *, on: date) -> list[tuple[str, str]]:
    """Registered facts that somebody gave, codes in words."""
    tables = {
        Fact.FOUNDER: "school-founder",
        Fact.RUN_BY: run_by_table(shown.school_type),
        Fact.SETTLEMENT: "settlement",
    }
    known = []
    for fact in Fact:
        value = getattr(shown, fact.value)
        if not value:
            continue
        text = value.isoformat() if isinstance(value, date) else str(value)
        if fact in tables:
            text = names_of(tables[fact], on=on).get(text, text)
        known.append((str(fact.label), text))
    return known


@reads(may=Permission.VIEW)
def history(request: PageRequest, uuid: UUID) -> HttpResponse:
    """What happened to an organisation, newest first, with the days before and after to look at."""
    found = organisation_for(request.actor, uuid)
    page = keyset_page(changes_of(found), order=("-at", "-id"), cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": _("沿革"),
        "lead": found.name,
        "crumbs": [(_("机构"), reverse("organisations:tree")), (found.name, organisation_address(found))],
        "events": [_in_words(request, change) for change in page.items],
        "organisation": found,
        "page": page,
    }
    return page_response(request, "organisations/history.html", context)


def _in_words(request: PageRequest, change: OrganisationChange) -> dict[str, object]:
    other = change.other
    return {
        "title": change.get_kind_display(),
        "on": change.effective_on,
        "who": actor_title(change.by_name, change.by_person),
        "at": change.at,
        "text": _change_in_words(change),
        "reason": change.reason,
        "other": other if other is not None and allows(request.actor, Permission.VIEW, on=other) else None,
    }


def _change_in_words(change: OrganisationChange) -> str:
    if change.kind == ChangeKind.DESCRIBED:
        titles = [str(Fact(name).label) for name in change.after.split(",") if name in Fact.values]
        return _("、").join(titles)
    if change.before and change.after:
        return _("由“{before}”改为“{after}”").format(before=change.before, after=change.after)
    return change.before or change.after


# -- regions ----------------------------------------------------------------------------------------------------------


@writes(may=Permission.VIEW)
def regions(request: PageRequest) -> HttpResponseBase:
    """The province, with its divisions counted once."""
    day = shown_day(request)
    return _region_page(request, regions_below(None, on=day.day).get(), day)


@writes(may=Permission.VIEW)
def region(request: PageRequest, code: str) -> HttpResponseBase:
    """A division, the ones inside it, and the organisations that lie there, whoever manages them."""
    day = shown_day(request)
    return _region_page(request, region_with_code(code, on=day.day), day)


def _region_page(request: PageRequest, shown: Region, day: ShownDay) -> HttpResponseBase:
    inside: Rows = states_in(request.actor, shown, on=day.past) if day.past else organisations_in(request.actor, shown)
    kinds = _kinds(request, day)
    inside = _of_kinds(inside, kinds)
    file = _file(shown.name, day)
    if wants_file(request):
        return _as_file(request, file, inside, BY_NAME)
    crumbs = [] if shown.parent is None else [(shown.parent.name, _region_address(shown.parent, day))]
    if shown.parent is not None and shown.parent.parent_id is not None:
        crumbs.insert(0, (_("全省"), reverse("organisations:regions") + day.suffix))
    context = {
        "heading": shown.name,
        "exports": file,
        "region": shown,
        "crumbs": crumbs,
        "tabs": _trees(TreeKind.REGION, day),
        "day": day,
        "facets": [kinds],
        "chosen": chosen_values([kinds]),
        "divisions": regions_below(shown, on=day.day),
        "counts": count_divisions(on=day.day) if shown.level == Level.PROVINCE else None,
        "unit": _("个单位"),
        **_listed(inside, day, BY_NAME, request.GET.get("cursor")),
    }
    return page_response(request, "organisations/region.html", context, fragments=LISTING)


def _region_address(region: Region, day: ShownDay) -> str:
    return reverse("organisations:region", args=[region.code]) + day.suffix
