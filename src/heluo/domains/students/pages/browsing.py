"""Looking: the list of records, one record, one's own, those of a class one teaches."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.students.access import Permission, may_keep
from heluo.domains.students.enums import BY_THEMSELVES, ChangeKind, NumberType, State
from heluo.domains.students.models import StudentRecord
from heluo.domains.students.pages.showing import facts_of, rows_of, timeline, tone_of
from heluo.domains.students.queries.records import (
    RecordFilter,
    changes_of,
    classes_for,
    kept_records,
    narrowed,
    newest_effective,
    numbers_of,
    own_records,
    record_for,
    schools_of,
    stages_of,
    state_counts,
    taught_records,
    without_record,
    year_groups,
)
from heluo.domains.students.queries.rules import offered_rules
from heluo.kernel.actors.enums import Audience
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.holdings.public import Sight, looked_at, notes_looks
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.pages.exports import ListFile, list_file, wants_file
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import Facet, chosen_values, facet, uuid_or_none
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.public import class_for
from heluo.kernel.search.public import capped_count

PAGE = 50
BY_NAME = ("person__name_sort", "id")
NEWEST_FIRST = ("-id",)
SCHOOLS_SHOWN = 40


def _file(name: str, *, with_numbers: bool) -> ListFile[StudentRecord]:
    """What a list of records becomes as a file: what it shows, numbers masked as it shows them."""
    titles = (_("姓名"), _("平台号"), _("学校"), _("班级或年级"), _("状态"), _("建籍日期"))

    def lines(records: list[StudentRecord]) -> Iterator[Sequence[object]]:
        for row in rows_of(records, with_numbers=with_numbers):
            one = row.record
            line = (one.person.name, one.person.number, one.school.name, row.klass, row.state, one.enrolled_on)
            yield (*line, row.number) if with_numbers else line

    return ListFile(name, (*titles, _("学籍号（脱敏）")) if with_numbers else titles, lines)


@writes(may=Permission.VIEW)
def record_list(request: PageRequest) -> HttpResponseBase:
    """Records of the schools one looks after; of one school in the order of names, else the newest first.

    A POST gives them as a file.
    """
    today = local_day(now())
    query = request.GET
    schools = list(schools_of(request.actor, Permission.VIEW)[: SCHOOLS_SHOWN + 1])
    chosen_school = uuid_or_none(query.get("school", ""))
    school = (
        schools[0]
        if len(schools) == 1
        else schools_of(request.actor, Permission.VIEW).filter(uuid=chosen_school).first()
        if chosen_school
        else None
    )
    wanted = RecordFilter(
        states=query.getlist("state"),
        grades=query.getlist("grade"),
        klass=uuid_or_none(query.get("class", "")),
        number_types=[kind for kind in query.getlist("number") if kind in NumberType.values],
        text=query.get("q", ""),
    )
    records = kept_records(request.actor)
    if school is not None:
        records = records.filter(school=school)
    if not wanted.states:
        records = records.filter(ended_on=None)
    records = narrowed(request.actor, records, wanted, on=today)
    order = BY_NAME if school else NEWEST_FIRST
    file = _file(_("{school}学籍").format(school=school.name) if school else _("学籍"), with_numbers=True)
    if wants_file(request):
        return list_file(request, file, records, order=order, may=Permission.VIEW, on=school)
    page = keyset_page(records, order=order, cursor=query.get("cursor"), size=PAGE)
    facets = _facets(request, schools, school)
    context = {
        "heading": _("学籍"),
        "exports": file,
        "lead": school.name if school else _("从建籍最晚的排起。选定一所学校后，可按年级和班级查看。"),
        "text": wanted.text,
        "school": school,
        "page": page,
        "rows": rows_of(page.items, with_numbers=True),
        "count": capped_count(records),
        "unit": _("份学籍"),
        "facets": facets,
        "chosen": chosen_values(facets),
        "may_keep": allows(request.actor, Permission.KEEP, on=school) if school else False,
        "may_decide": allows(request.actor, Permission.DECIDE),
        "missing": without_record(school, on=today).count() if school else 0,
    }
    return page_response(request, "students/list.html", context, fragments=("listing",))


def _facets(request: PageRequest, schools: list[Organisation], school: Organisation | None) -> list[Facet]:
    query, year = request.GET, SchoolYear.on(local_day(now()))
    states = state_counts(request.actor, school) if school is not None else None
    facets = [
        facet(
            query,
            name="state",
            title=_("状态"),
            labels={state.value: state.label for state in State},
            counts=states,
        ),
        facet(query, name="number", title=_("学籍号"), labels={kind.value: kind.label for kind in NumberType}),
    ]
    if school is not None:
        groups = year_groups(request.actor, school, year=year)
        facets.insert(
            0,
            facet(
                query,
                name="grade",
                title=_("年级"),
                labels={key: label for key, label, _count in groups},
                counts={key: count for key, _label, count in groups},
            ),
        )
        classes = [klass for stage in stages_of(school) for klass in classes_for(school, stage, year=year)]
        labels = {str(klass.uuid): klass.label(year) for klass in classes}
        facets.insert(1, facet(query, name="class", title=_("班级"), labels=labels, is_single=True))
    if 1 < len(schools) <= SCHOOLS_SHOWN:
        names = {str(one.uuid): one.name for one in schools}
        facets.insert(0, facet(query, name="school", title=_("学校"), labels=names, is_single=True))
    return facets


@notes_looks
@reads(may=Audience.SIGNED_IN)
def record_detail(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One record with everything that happened to it, as far as the viewer stands close to it."""
    seen = record_for(request.actor, uuid, on=local_day(now()))
    record = seen.record
    looked_at(request, record.person.uuid, Sight.RECORD)
    keeps = seen.is_keeper and may_keep(request.actor, record)
    changes = list(changes_of(record)) if seen.shows_numbers else []
    newest = newest_effective([record.pk]).get(record.pk)
    may_correct = seen.is_keeper and allows(request.actor, Permission.KEEP, on=record)
    context = {
        "heading": record.person.name,
        "lead": record.school.name,
        "record": record,
        "seen": seen,
        "facts": facts_of(seen),
        "state_label": record.get_state_display(),
        "state_tone": tone_of(record.state),
        "entries": timeline(changes),
        "offered": [(rule.kind, ChangeKind(rule.kind).label) for rule in offered_rules(record)] if keeps else [],
        "may_confirm": seen.is_keeper
        and allows(request.actor, Permission.DECIDE, on=record)
        and numbers_of([record.person_id]).get(record.person_id, "").startswith(NumberType.TEMPORARY),
        "correctable": newest.pk if newest and may_correct and newest.kind not in BY_THEMSELVES else None,
        "crumbs": [(_("学籍"), reverse("students:list"))] if seen.is_keeper else [],
    }
    return page_response(request, "students/detail.html", context)


@reads(may=Permission.SEE_OWN)
def mine(request: PageRequest) -> HttpResponse:
    """One's own records, and those of one's children: read-only."""
    today = local_day(now())
    records = list(own_records(request.actor, on=today))
    context = {"heading": _("学籍"), "rows": rows_of(records, with_numbers=True)}
    return page_response(request, "students/mine.html", context)


@writes(may=Permission.SEE_CLASS)
def of_class(request: PageRequest, uuid: UUID) -> HttpResponseBase:
    """The records of a class one teaches, without numbers. A POST gives them as a file."""
    today = local_day(now())
    klass: Klass = class_for(request.actor, uuid, on=today)
    records = narrowed(request.actor, taught_records(request.actor, on=today), RecordFilter(klass=klass.uuid), on=today)
    title = _("{label}的学籍").format(label=klass.label(SchoolYear.on(today)))
    file = _file(title, with_numbers=False)
    if wants_file(request):
        return list_file(request, file, records, order=BY_NAME, may=Permission.SEE_CLASS, on=klass)
    page = keyset_page(records, order=BY_NAME, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": title,
        "exports": file,
        "lead": klass.school.name,
        "page": page,
        "rows": rows_of(page.items, with_numbers=False),
        "count": capped_count(records),
        "unit": _("份学籍"),
    }
    return page_response(request, "students/of_class.html", context, fragments=("listing",))
