"""What a school's clerk does with single records: open, change, correct."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions import NewRecord, correct_change, open_records, register_change
from heluo.domains.students.enums import STAGE_DEFAULTS, Attendance, ChangeKind, ClassEffect
from heluo.domains.students.forms import ChangeForm, CorrectionForm, OpeningForm
from heluo.domains.students.models import StudentRecord
from heluo.domains.students.pages.showing import label_of, tone_of
from heluo.domains.students.queries.records import (
    changes_of,
    classes_for,
    kept_record,
    last_school_of,
    numbers_of,
    school_for,
    schools_of,
    seats_of,
    stages_of,
    without_record,
)
from heluo.domains.students.queries.rules import offered_rules
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import actor_title
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.organisations.enums import Stage
from heluo.kernel.organisations.models import Klass
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.people.models import ClassMembership
from heluo.kernel.search.public import capped_count

PAGE = 50
BY_CLASS = ("klass__stage", "-klass__entry_year", "klass__number", "person__name_sort", "id")


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("学籍"), reverse("students:list")), *more]


@reads(may=Permission.KEEP)
def choose_school(request: PageRequest) -> HttpResponse:
    """Which school's pupils without a record; straight on where one keeps a single school."""
    schools = list(schools_of(request.actor)[:2])
    if len(schools) == 1:
        return redirect("students:missing", uuid=schools[0].uuid)
    page = keyset_page(schools_of(request.actor), order=("path",), cursor=request.GET.get("cursor"), size=PAGE)
    context = {"heading": _("选择学校"), "page": page, "crumbs": _crumbs()}
    return page_response(request, "students/schools.html", context, fragments=("listing",))


@writes(may=Permission.KEEP)
def missing(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Pupils of a school without a record; one button opens them all with what is usual for their stage."""
    school = school_for(request.actor, uuid)
    today = local_day(now())
    seats = without_record(school, on=today)
    if request.method == "POST":
        try:
            made = open_records(by=request.actor, records=[_usual(seat) for seat in seats], on=today, now=now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已为 {count} 名学生建立学籍。").format(count=len(made)))
            return redirect(f"{reverse('students:list')}?school={school.uuid}")
    page = keyset_page(seats, order=BY_CLASS, cursor=request.GET.get("cursor"), size=PAGE)
    year = SchoolYear.on(today)
    context = {
        "heading": _("尚未建籍的学生"),
        "lead": school.name,
        "school": school,
        "page": page,
        "rows": [(seat, seat.klass.label(year)) for seat in page.items],
        "count": capped_count(seats),
        "unit": _("名学生"),
        "crumbs": _crumbs(),
    }
    return page_response(request, "students/missing.html", context, fragments=("listing",))


def _usual(seat: ClassMembership) -> NewRecord:
    stage = Stage(seat.klass.stage)
    category, length = STAGE_DEFAULTS[stage]
    return NewRecord(
        person=seat.person,
        school=seat.klass.school,
        stage=stage,
        entry_year=seat.klass.entry_year,
        category=category,
        length=length,
    )


@writes(may=Permission.KEEP)
def open_one(request: PageRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """Open the record of one pupil, pre-filled with what the register holds."""
    school = school_for(request.actor, uuid)
    today = local_day(now())
    seat = without_record(school, on=today).filter(person__uuid=person).first()
    if seat is None:
        raise NotFound
    stage = Stage(seat.klass.stage)
    category, length = STAGE_DEFAULTS[stage]
    number = numbers_of([seat.person_id]).get(seat.person_id, "")
    form = OpeningForm(
        request.POST or None,
        stages=stages_of(school),
        has_number=bool(number),
        initial={
            "stage": stage,
            "entry_year": seat.klass.entry_year,
            "category": category,
            "length": length,
            "on": today,
            "origin_school": last_school_of(seat.person),
        },
    )
    if form.is_valid():
        with form.refusals():
            given = dict(form.cleaned_data)
            on = given.pop("on")
            new = NewRecord(
                person=seat.person,
                school=school,
                stage=Stage(given.pop("stage")),
                attendance=Attendance(given.pop("attendance")),
                **given,
            )
            [made] = open_records(by=request.actor, records=[new], on=on, now=now())
            messages.success(request, _("已为{name}建立学籍。").format(name=seat.person.name))
            return redirect("students:record", uuid=made.uuid)
    back = reverse("students:missing", args=[school.uuid])
    context = {
        "heading": _("建立学籍"),
        "lead": seat.person.name,
        "known_facts": [
            (_("姓名"), seat.person.name, _("人员登记")),
            (_("出生日期"), seat.person.born_on.isoformat() if seat.person.born_on else "", _("人员登记")),
            (_("班级"), seat.klass.label(SchoolYear.on(today)), _("班级名单")),
            *([(_("学籍号"), number, _("人员登记"))] if number else []),
        ],
        "submit_label": _("建立学籍"),
        "cancel_url": back,
        "crumbs": _crumbs((_("尚未建籍的学生"), back)),
    }
    return form_page(request, "students/form.html", form, context)


@writes(may=Permission.KEEP)
def change(request: PageRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Register one change; the form asks for just what the stage's rule needs."""
    record = kept_record(request.actor, uuid)
    back = reverse("students:record", args=[record.uuid])
    rule = next((rule for rule in offered_rules(record) if rule.kind == kind), None)
    if record.ended_on is not None or rule is None:
        raise NotFound
    wanted = ChangeKind(rule.kind)
    classes = _classes(record) if rule.class_effect == ClassEffect.CHOOSE else []
    form = ChangeForm(request.POST or None, rule=rule, classes=classes, initial={"on": local_day(now())})
    if form.is_valid():
        with form.refusals():
            register_change(
                by=request.actor,
                record=record,
                kind=wanted,
                on=form.cleaned_data["on"],
                reason=form.cleaned_data.get("reason", ""),
                document=form.cleaned_data["document"],
                note=form.cleaned_data["note"],
                klass=form.klass_chosen(classes),
                now=now(),
            )
            messages.success(
                request, _("已登记{name}的“{change}”。").format(name=record.person.name, change=wanted.label)
            )
            return redirect(back)
    seat = seats_of([record.person_id], on=local_day(now())).get(record.person_id)
    context = {
        "heading": _("登记{change}").format(change=wanted.label),
        "lead": record.person.name,
        "rule": rule,
        "known_facts": [
            (_("学校"), record.school.name),
            (_("班级"), label_of(seat, local_day(now())) or _("没有编入班级")),
            (_("现在的状态"), record.get_state_display()),
        ],
        "submit_label": _("登记"),
        "cancel_url": back,
        "crumbs": _crumbs((record.person.name, back)),
    }
    return form_page(request, "students/change.html", form, context)


def _classes(record: StudentRecord) -> list[tuple[Klass, str]]:
    year = SchoolYear.on(local_day(now()))
    return [(klass, klass.label(year)) for klass in classes_for(record.school, record.stage, year=year)]


@writes(may=Permission.KEEP)
def correct(request: PageRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Undo the newest change by a new fact."""
    record = kept_record(request.actor, uuid)
    wrong = changes_of(record).filter(pk=pk).first()
    if wrong is None:
        raise NotFound
    back = reverse("students:record", args=[record.uuid])
    form = CorrectionForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            correct_change(by=request.actor, change=wrong, reason=form.cleaned_data["reason"], now=now())
            messages.success(request, _("已更正。原来的异动仍留在记录里，标明已被更正。"))
            return redirect(back)
    context = {
        "heading": _("更正“{change}”").format(change=ChangeKind(wrong.kind).label),
        "lead": record.person.name,
        "known_facts": [
            (_("生效日期"), wrong.on.isoformat()),
            (_("登记人"), actor_title(wrong.by_name, wrong.by_person)),
            (_("更正后恢复为"), str(wrong.get_from_state_display())),
        ],
        "state_tone": tone_of(record.state),
        "submit_label": _("更正"),
        "cancel_url": back,
        "crumbs": _crumbs((record.person.name, back)),
    }
    return form_page(request, "students/form.html", form, context)
