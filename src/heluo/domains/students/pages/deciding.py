"""What concerns two parties: transfers from school to school, pairs that may be one pupil, formal numbers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions import (
    confirm_number,
    decide_transfer,
    judge_duplicate,
    order_search,
    request_transfer,
    withdraw_transfer,
)
from heluo.domains.students.enums import DuplicateState, Ground, NumberType, Party, TransferState
from heluo.domains.students.errors import ResidentNumberMissing, WrongNumberType
from heluo.domains.students.forms import ConfirmForm, JudgementForm, TransferDecisionForm, TransferForm
from heluo.domains.students.models import DuplicateCase, StudentRecord, TransferStep
from heluo.domains.students.pages.showing import rows_of
from heluo.domains.students.queries.duplicates import bureaus_of, case_for, deciding_for, duplicate_cases, waiting_cases
from heluo.domains.students.queries.records import (
    classes_for,
    kept_record,
    kept_records,
    number_type_of,
    numbers_of,
    school_for,
    stages_of,
)
from heluo.domains.students.queries.transfers import (
    current_step,
    may_decide,
    record_known_by,
    steps_of,
    transfer_cases,
    transfer_for,
    waiting_transfers,
)
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import actor_title, allows
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.listing import choices
from heluo.kernel.pages.rules import PageRequest, reads, writes
from heluo.kernel.search.public import capped_count

PAGE = 30
NEWEST_FIRST = ("-opened_at", "-id")
OLDEST_FIRST = ("opened_at", "id")
WAITING, ALL = "waiting", "all"
DIFFERENT = "different"
TRANSFER_TONES = {
    TransferState.OPEN: Tone.WAITING,
    TransferState.APPROVED: Tone.SUCCESS,
    TransferState.REFUSED: Tone.DANGER,
}
CASE_TONES = {DuplicateState.WAITING: Tone.WAITING, DuplicateState.SAME: Tone.SUCCESS}


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("学籍"), reverse("students:list")), *more]


# -- transfers --------------------------------------------------------------------------------------------------------


@reads(may=Permission.VIEW)
def transfer_list(request: PageRequest) -> HttpResponse:
    """What waits for this office, or everything that concerns it."""
    labels = {WAITING: _("待我办理"), ALL: _("全部")}
    show_all = request.GET.get("show") == ALL
    cases = transfer_cases(request.actor) if show_all else waiting_transfers(request.actor)
    page = keyset_page(
        cases, order=NEWEST_FIRST if show_all else OLDEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE
    )
    context = {
        "heading": _("转学"),
        "tabs": choices(request.GET, name="show", labels=labels),
        "page": page,
        "rows": [(case, TRANSFER_TONES.get(TransferState(case.state), Tone.NEUTRAL)) for case in page.items],
        "count": capped_count(cases),
        "unit": _("件转学"),
        "crumbs": _crumbs(),
    }
    return page_response(request, "students/transfers.html", context, fragments=("listing",))


@writes(may=Permission.KEEP)
def transfer_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """The receiving school asks for a pupil whom it can name by number and name."""
    school, today = school_for(request.actor, uuid), local_day(now())
    year = SchoolYear.on(today)
    classes = [
        (klass, klass.label(year)) for stage in stages_of(school) for klass in classes_for(school, stage, year=year)
    ]
    form = TransferForm(request.POST or None, classes=classes)
    if form.is_valid():
        with form.refusals():
            given = form.cleaned_data
            record = record_known_by(given["number"], given["name"], on=today)
            if record is None:
                form.add_error("number", _("没有找到学籍号和姓名都相符的在籍学生。请核对两项。"))
            else:
                case = request_transfer(
                    by=request.actor,
                    record=record,
                    to_school=school,
                    klass=next((klass for klass, _label in classes if str(klass.uuid) == given["klass"]), None),
                    reason=given["reason"],
                    now=now(),
                )
                messages.success(request, _("已提出转学，等待下一方办理。"))
                return redirect("students:transfer", uuid=case.uuid)
    back = reverse("students:transfers")
    context = {
        "heading": _("接收转学"),
        "lead": school.name,
        "submit_label": _("提出转学"),
        "cancel_url": back,
        "crumbs": _crumbs((_("转学"), back)),
    }
    return form_page(request, "students/form.html", form, context)


@dataclass(frozen=True, slots=True)
class StepShown:
    """A decision as the trail shows it."""

    title: str
    who: str
    at: datetime | None
    text: str


@writes(may=Permission.VIEW)
def transfer(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One transfer with its steps; whoever's turn it is decides here."""
    case = transfer_for(request.actor, uuid)
    steps = steps_of(case)
    current = current_step(steps) if case.state == TransferState.OPEN else None
    form = TransferDecisionForm(request.POST or None)
    if request.method == "POST" and "withdraw" in request.POST:
        with form.refusals():
            withdraw_transfer(by=request.actor, case=case, now=now())
            messages.success(request, _("已撤回。"))
            return redirect("students:transfer", uuid=case.uuid)
    elif form.is_valid():
        with form.refusals():
            decide_transfer(
                by=request.actor,
                case=case,
                step=_seen(steps, request.POST.get("step", "")),
                approve="approve" in request.POST,
                comment=form.cleaned_data["comment"],
                now=now(),
            )
            messages.success(request, _("已办理。"))
            return redirect("students:transfer", uuid=case.uuid)
    record, year = case.record, SchoolYear.on(local_day(now()))
    number = numbers_of([record.person_id]).get(record.person_id, "")
    context = {
        "heading": _("{name}转学").format(name=record.person.name),
        "lead": _("{before} → {after}").format(before=case.from_school.name, after=case.to_school.name),
        "case": case,
        "state_label": TransferState(case.state).label,
        "state_tone": TRANSFER_TONES.get(TransferState(case.state), Tone.NEUTRAL),
        "steps": [
            {
                "title": Party(step.party).label,
                "is_done": step.is_approved is not None,
                "is_current": current is not None and step.pk == current.pk,
            }
            for step in steps
        ],
        "current": current,
        "can_decide": current is not None and may_decide(request.actor, current),
        "can_withdraw": current is not None and allows(request.actor, Permission.KEEP, on=case.to_school),
        "facts": [
            (_("学籍号"), number),
            (_("转出学校"), case.from_school.name),
            (_("转入学校"), case.to_school.name),
            (_("年级"), record.grade(year)),
            (_("编入班级"), case.to_klass.label(year) if case.to_klass else _("以后再编班")),
            (_("转学理由"), case.reason),
        ],
        "events": [_shown(step) for step in reversed(steps) if step.decided_at],
        "crumbs": _crumbs((_("转学"), reverse("students:transfers"))),
    }
    return form_page(request, "students/transfer.html", form, context)


def _seen(steps: list[TransferStep], pk: str) -> TransferStep:
    found = next((step for step in steps if str(step.pk) == pk), None)
    if found is None:
        raise NotFound
    return found


def _shown(step: TransferStep) -> StepShown:
    verdict = _("同意") if step.is_approved else _("不同意")
    return StepShown(
        title=_("{place}：{verdict}").format(place=step.place.name, verdict=verdict),
        who=actor_title(step.by_name, step.by_person),
        at=step.decided_at,
        text=step.comment,
    )


# -- duplicates -------------------------------------------------------------------------------------------------------


@writes(may=Permission.DECIDE)
def duplicates(request: PageRequest) -> HttpResponse:
    """Pairs that wait for a judgement, oldest first; the search over everybody can be started here."""
    if request.method == "POST":
        order_search(by=request.actor, now=now())
        messages.success(request, _("已开始在全部学籍中查找，找到的会出现在这里。"))
        return redirect("students:duplicates")
    labels = {WAITING: _("待判定"), ALL: _("全部")}
    show_all = request.GET.get("show") == ALL
    cases = duplicate_cases(request.actor) if show_all else waiting_cases(request.actor)
    page = keyset_page(
        cases, order=NEWEST_FIRST if show_all else OLDEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE
    )
    context = {
        "heading": _("疑似重复学籍"),
        "tabs": choices(request.GET, name="show", labels=labels),
        "page": page,
        "rows": [
            (
                case,
                _grounds(case),
                DuplicateState(case.state).label,
                CASE_TONES.get(DuplicateState(case.state), Tone.NEUTRAL),
            )
            for case in page.items
        ],
        "count": capped_count(cases),
        "unit": _("组"),
        "crumbs": _crumbs(),
    }
    return page_response(request, "students/duplicates.html", context, fragments=("listing",))


def _grounds(case: DuplicateCase) -> str:
    return "；".join(str(Ground(ground).label) for ground in case.grounds)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two entries, as far as the viewer may see it."""

    record: StudentRecord
    facts: list[tuple[str, object]]
    is_open_to_viewer: bool


@writes(may=Permission.DECIDE)
def duplicate(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Two entries side by side, and the judgement."""
    case = case_for(request.actor, uuid)
    speaking = deciding_for(request.actor, case)
    spoken = list(case.opinions.select_related("bureau"))
    records = [case.first_record, case.second_record]
    form = JudgementForm(
        request.POST or None,
        verdicts=[
            *(
                (str(record.uuid), _("是同一人，保留 {school} 的学籍").format(school=record.school.name))
                for record in records
            ),
            (DIFFERENT, _("不是同一人，以后不再提示")),
        ],
    )
    if form.is_valid():
        with form.refusals():
            verdict = form.cleaned_data["verdict"]
            judged = judge_duplicate(
                by=request.actor,
                case=case,
                is_same=verdict != DIFFERENT,
                kept=next((record for record in records if str(record.uuid) == verdict), None),
                reason=form.cleaned_data["reason"],
                now=now(),
            )
            if judged.state == DuplicateState.WAITING:
                messages.success(request, _("意见已记下，等另一方；双方不一致时由共同的上级判定。"))
            else:
                messages.success(request, _("已判定。"))
            return redirect("students:duplicate", uuid=case.uuid)
    waits = case.state == DuplicateState.WAITING
    silent = [bureau for bureau in speaking if bureau.pk not in {opinion.bureau_id for opinion in spoken}]
    context = {
        "heading": _("疑似重复学籍"),
        "lead": _grounds(case),
        "state_label": DuplicateState(case.state).label,
        "state_tone": CASE_TONES.get(DuplicateState(case.state), Tone.NEUTRAL),
        "sides": _sides(request, case),
        "can_judge": waits and (bool(silent) or len(speaking) == len(bureaus_of(case))),
        "events": [
            StepShown(
                title=_("{place}：{verdict}").format(
                    place=opinion.bureau.name, verdict=_("是同一人") if opinion.is_same else _("不是同一人")
                ),
                who=actor_title(opinion.by_name, opinion.by_person),
                at=opinion.at,
                text=opinion.reason,
            )
            for opinion in reversed(spoken)
        ],
        "crumbs": _crumbs((_("疑似重复学籍"), reverse("students:duplicates"))),
    }
    return form_page(request, "students/duplicate.html", form, context)


def _sides(request: PageRequest, case: DuplicateCase) -> list[Side]:
    """Both entries with what tells them apart; only one's own leads to the record."""
    pairs = [(case.first, case.first_record), (case.second, case.second_record)]
    for person, record in pairs:
        record.person = person
    rows = rows_of([record for _person, record in pairs], with_numbers=True)
    sexes = names_of("sex", on=local_day(now()))
    own = set(kept_records(request.actor).filter(pk__in=[row.record.pk for row in rows]).values_list("pk", flat=True))
    return [
        Side(
            record=row.record,
            facts=[
                (_("学籍号"), row.number),
                (_("性别"), sexes.get(row.record.person.sex, "")),
                (_("出生日期"), row.record.person.born_on.isoformat() if row.record.person.born_on else ""),
                (_("学校"), row.record.school.name),
                (_("班级"), row.klass),
                (_("状态"), row.state),
                (_("建籍日期"), row.record.enrolled_on.isoformat()),
                (_("原就读学校"), row.record.origin_school),
            ],
            is_open_to_viewer=row.record.pk in own,
        )
        for row in rows
    ]


# -- formal numbers ---------------------------------------------------------------------------------------------------


@writes(may=Permission.DECIDE)
def confirm(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Turn a temporary number into the formal one."""
    record = kept_record(request.actor, uuid, Permission.DECIDE)
    number = numbers_of([record.person_id]).get(record.person_id, "")
    back = reverse("students:record", args=[record.uuid])
    form = ConfirmForm(request.POST or None)
    if form.is_valid():
        with form.refusals():
            kind = number_type_of(number)
            if kind != NumberType.TEMPORARY:
                raise WrongNumberType
            if not confirm_number(by=request.actor, record=record, document=form.cleaned_data["document"], now=now()):
                raise ResidentNumberMissing(person=record.person.name)
            messages.success(request, _("已转为正式学籍号。"))
            return redirect(back)
    context = {
        "heading": _("转为正式学籍号"),
        "lead": record.person.name,
        "known_facts": [(_("现在的学籍号"), number), (_("学校"), record.school.name)],
        "submit_label": _("转为正式号"),
        "cancel_url": back,
        "crumbs": _crumbs((record.person.name, back)),
    }
    return form_page(request, "students/form.html", form, context)
