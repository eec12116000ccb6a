"""Bulk actions for the clerk: what there is, a new preview, the preview with its changes by hand, apply and undo."""

import secrets
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from heluo.domains.students.access import Permission
from heluo.domains.students.actions import (
    apply_bulk,
    discard_bulk,
    draft_division,
    draft_graduation,
    draft_merging,
    draft_promotion,
    set_row,
    swap_rows,
    undo_bulk,
)
from heluo.domains.students.enums import BULK_CHOICES, BulkKind, BulkState, ChangeKind
from heluo.domains.students.forms import BulkForm, RowForm, SwapForm
from heluo.domains.students.models import BulkAction, BulkRow
from heluo.domains.students.pages.showing import label_of
from heluo.domains.students.queries.bulk import bulk_actions, bulk_for, row_for, rows_of_bulk
from heluo.domains.students.queries.division import METHOD, Balance, balance_of
from heluo.domains.students.queries.records import classes_for, school_for, schools_of, stages_of, year_groups
from heluo.kernel.actors.errors import NotFound, Refusal
from heluo.kernel.actors.public import actor_title
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.pages.enums import Tone
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.keyset import keyset_page
from heluo.kernel.pages.rules import PageRequest, reads, writes

PAGE = 30
NEWEST_FIRST = ("-drafted_at", "-id")
ROWS_SHOWN = 2000
"""A year group of one school; the largest known have half as many."""
TONES = {BulkState.DRAFT: Tone.WAITING, BulkState.APPLIED: Tone.SUCCESS}
SEED_BYTES = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """A bulk action in the list."""

    bulk: BulkAction
    title: str
    who: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the preview in words."""

    row: BulkRow
    sex: str
    before: str
    after: str
    outcome: str
    is_changed: bool


@dataclass(frozen=True, slots=True)
class ShownBalance:
    """A class of a division, to be compared with the others."""

    label: str
    balance: Balance
    sexes: str


def _title(bulk: BulkAction) -> str:
    return _("{grade}：{kind}").format(grade=bulk.grade(SchoolYear.on(bulk.on)), kind=BulkKind(bulk.kind).label)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("学籍"), reverse("students:list")), *more]


def uuid_of(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


@reads(may=Permission.KEEP)
def bulk_list(request: PageRequest) -> HttpResponse:
    """What was prepared and done, newest first, with the ways to begin."""
    schools = list(schools_of(request.actor)[:2])
    wanted = request.GET.get("school", "")
    school = school_for(request.actor, uuid_of(wanted)) if wanted else schools[0] if len(schools) == 1 else None
    found = bulk_actions(request.actor)
    if school is not None:
        found = found.filter(school=school)
    page = keyset_page(found, order=NEWEST_FIRST, cursor=request.GET.get("cursor"), size=PAGE)
    context = {
        "heading": _("批量办理"),
        "lead": school.name if school else "",
        "hint": _("先生成预览，核对、调整后再执行；执行后没有别的异动，可以整批撤销。"),
        "page": page,
        "rows": [
            Listed(
                bulk,
                _title(bulk),
                actor_title(bulk.by_name, bulk.by_person),
                TONES.get(BulkState(bulk.state), Tone.NEUTRAL),
            )
            for bulk in page.items
        ],
        "school": school,
        "kinds": BulkKind.choices,
        "crumbs": _crumbs(),
    }
    return page_response(request, "students/bulk_list.html", context, fragments=("listing",))


@writes(may=Permission.KEEP)
def bulk_new(request: PageRequest, uuid: UUID, kind: str) -> HttpResponse:
    """Say which year group, and get the preview."""
    if kind not in BulkKind.values:
        raise NotFound
    wanted, school, today = BulkKind(kind), school_for(request.actor, uuid), local_day(now())
    year = SchoolYear.on(today)
    groups = [
        (key, _("{grade}（{count} 人）").format(grade=label, count=count))
        for key, label, count in year_groups(request.actor, school, year=year)
    ]
    classes = _classes(school, today)
    form = BulkForm(
        request.POST or None,
        kind=wanted,
        groups=groups,
        classes=classes,
        initial={"on": today, "seed": secrets.token_hex(SEED_BYTES)},
    )
    if form.is_valid():
        with form.refusals():
            bulk = _drafted(request, wanted, school, form, {str(klass.uuid): klass for klass, _label in classes})
            return redirect("students:bulk", uuid=bulk.uuid)
    back = reverse("students:bulk_list")
    context = {
        "heading": wanted.label,
        "lead": school.name,
        "submit_label": _("生成预览"),
        "cancel_url": back,
        "crumbs": _crumbs((_("批量办理"), back)),
    }
    return form_page(request, "students/form.html", form, context)


def _classes(school: Organisation, day: date) -> list[tuple[Klass, str]]:
    year = SchoolYear.on(day)
    return [
        (klass, klass.label(year)) for stage in stages_of(school) for klass in classes_for(school, stage, year=year)
    ]


def _drafted(
    request: PageRequest, kind: BulkKind, school: Organisation, form: BulkForm, classes: dict[str, Klass]
) -> BulkAction:
    given, by, at = form.cleaned_data, request.actor, now()
    if kind == BulkKind.MERGING:
        merged = [classes[key] for key in given["classes"]]
        return draft_merging(by=by, school=school, kept=classes[given["kept"]], merged=merged, on=given["on"], now=at)
    stage, entry_year = form.group_chosen()
    if kind == BulkKind.DIVISION:
        return draft_division(
            by=by,
            school=school,
            stage=stage,
            entry_year=entry_year,
            classes=[classes[key] for key in given["classes"]],
            seed=given["seed"],
            marks=given["marks"],
            on=given["on"],
            now=at,
        )
    draft = draft_graduation if kind == BulkKind.GRADUATION else draft_promotion
    return draft(
        by=by,
        school=school,
        stage=stage,
        entry_year=entry_year,
        on=given["on"],
        document=given["document"],
        now=at,
    )


@writes(may=Permission.KEEP)
def bulk(request: PageRequest, uuid: UUID) -> HttpResponse:
    """The preview: every pupil, before and after. Its buttons apply, discard or undo it."""
    found = bulk_for(request.actor, uuid)
    if request.method == "POST":
        _settle(request, found)
        return redirect("students:bulk", uuid=found.uuid)
    rows = list(rows_of_bulk(found)[:ROWS_SHOWN])
    sexes = names_of("sex", on=local_day(now()))
    shown = [_shown(row, found, sexes) for row in rows]
    is_draft = found.state == BulkState.DRAFT
    context = {
        "heading": _title(found),
        "lead": found.school.name,
        "bulk": found,
        "rows": shown,
        "changing": sum(one.is_changed for one in shown),
        "balances": _balances(rows, found, sexes) if found.kind == BulkKind.DIVISION else [],
        "method": METHOD.upper(),
        "state_label": BulkState(found.state).label,
        "state_tone": TONES.get(BulkState(found.state), Tone.NEUTRAL),
        "is_draft": is_draft,
        "may_undo": found.state == BulkState.APPLIED,
        "has_swap": is_draft and found.kind == BulkKind.DIVISION,
        "who": actor_title(found.by_name, found.by_person),
        "crumbs": _crumbs((_("批量办理"), reverse("students:bulk_list"))),
    }
    return page_response(request, "students/bulk.html", context)


def _settle(request: PageRequest, found: BulkAction) -> None:
    try:
        if "apply" in request.POST:
            apply_bulk(by=request.actor, bulk=found, now=now())
            messages.success(request, _("已执行。"))
        elif "undo" in request.POST:
            undo_bulk(by=request.actor, bulk=found, now=now())
            messages.success(request, _("已整批撤销，学籍恢复到执行前。"))
        elif "discard" in request.POST:
            discard_bulk(by=request.actor, bulk=found, now=now())
            messages.success(request, _("已放弃这份预览。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))


def _shown(row: BulkRow, found: BulkAction, sexes: dict[str, str]) -> ShownRow:
    moves = row.to_klass_id is not None and row.to_klass_id != row.from_klass_id
    is_changed = bool(row.kind) and (moves or row.to_klass_id is None)
    return ShownRow(
        row=row,
        sex=sexes.get(row.record.person.sex, ""),
        before=label_of(row.from_klass, found.on) or _("没有编入班级"),
        after=label_of(row.to_klass, found.on) if row.kind else "",
        outcome=str(ChangeKind(row.kind).label) if is_changed else _("不变"),
        is_changed=is_changed,
    )


def _balances(rows: list[BulkRow], found: BulkAction, sexes: dict[str, str]) -> list[ShownBalance]:
    by_class: dict[str, list[BulkRow]] = {}
    for row in rows:
        klass = row.to_klass if row.kind else row.from_klass
        by_class.setdefault(label_of(klass, found.on) or _("没有编入班级"), []).append(row)
    balances = {
        label: balance_of([(row.record.person.sex, row.mark) for row in members]) for label, members in by_class.items()
    }
    return [
        ShownBalance(
            label,
            balance,
            "，".join(f"{sexes.get(sex) or _('性别未登记')} {count}" for sex, count in balance.by_sex.items()),
        )
        for label, balance in balances.items()
    ]


@writes(may=Permission.KEEP)
def bulk_row(request: PageRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Change by hand what is to happen to one pupil."""
    found = bulk_for(request.actor, uuid)
    row = row_for(found, pk)
    row.bulk = found
    classes = _classes(found.school, local_day(now()))
    form = RowForm(
        request.POST or None,
        kinds=BULK_CHOICES[BulkKind(found.kind)],
        classes=classes if found.kind != BulkKind.GRADUATION else [],
        initial={"kind": row.kind, "klass": str(row.to_klass.uuid) if row.to_klass else ""},
    )
    if found.kind == BulkKind.GRADUATION:
        del form.fields["klass"]
    if form.is_valid():
        with form.refusals():
            kind = form.cleaned_data["kind"]
            chosen = form.cleaned_data.get("klass", "")
            set_row(
                by=request.actor,
                row=row,
                kind=ChangeKind(kind) if kind else None,
                klass=next((klass for klass, _label in classes if str(klass.uuid) == chosen), None),
                now=now(),
            )
            return redirect("students:bulk", uuid=found.uuid)
    return _row_page(request, found, row, form, _("手工调整"))


@writes(may=Permission.KEEP)
def bulk_swap(request: PageRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Let two pupils of a division change places."""
    found = bulk_for(request.actor, uuid)
    row = row_for(found, pk)
    others = [one for one in rows_of_bulk(found) if one.to_klass_id != row.to_klass_id and one.to_klass_id is not None]
    form = SwapForm(
        request.POST or None,
        others=[(one.pk, f"{label_of(one.to_klass, found.on)} {one.record.person.name}") for one in others],
    )
    if form.is_valid():
        with form.refusals():
            second = next(one for one in others if one.pk == form.cleaned_data["other"])
            row.bulk = second.bulk = found
            swap_rows(by=request.actor, first=row, second=second, now=now())
            return redirect("students:bulk", uuid=found.uuid)
    return _row_page(request, found, row, form, _("对调"))


def _row_page(
    request: PageRequest, found: BulkAction, row: BulkRow, form: RowForm | SwapForm, submit_label: str
) -> HttpResponse:
    back = reverse("students:bulk", args=[found.uuid])
    context = {
        "heading": row.record.person.name,
        "lead": _title(found),
        "known_facts": [
            (_("现在的班级"), label_of(row.from_klass, found.on)),
            (_("预览中的班级"), label_of(row.to_klass, found.on)),
        ],
        "submit_label": submit_label,
        "cancel_url": back,
        "crumbs": _crumbs((_("批量办理"), reverse("students:bulk_list")), (_title(found), back)),
    }
    return form_page(request, "students/form.html", form, context)
