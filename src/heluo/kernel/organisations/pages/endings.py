"""Recode, close, re-open, merge and split: what will happen is said before it is done."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from heluo.kernel.actors.errors import NotAllowed, NotFound, Refusal
from heluo.kernel.actors.public import require
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions import (
    Outcome,
    close_organisation,
    merge_schools,
    recode_school,
    reopen_organisation,
    split_school,
)
from heluo.kernel.organisations.forms import (
    CloseForm,
    MergeForm,
    RecodeForm,
    ReopenForm,
    SplitForm,
)
from heluo.kernel.organisations.models import Organisation
from heluo.kernel.organisations.pages.browse import organisation_address
from heluo.kernel.organisations.pages.change import TEMPLATE, change_context, type_choices
from heluo.kernel.organisations.queries import (
    belongings_of,
    open_classes_of,
    organisation_called,
    organisation_for,
)
from heluo.kernel.pages.forms import ChoosingForm, form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.rules import PageRequest, writes

CONFIRM = "organisations/confirm.html"
ASK, DO, EDIT = "ask", "do", "edit"
"""Steps: the form asks what will happen, the second page does it or goes back to the form."""


def _found(request: PageRequest, uuid: UUID) -> Organisation:
    """An organisation whose end the viewer may decide: the right is asked at its superior."""
    found = organisation_for(request.actor, uuid)
    require(request.actor, Permission.MANAGE, on=found.parent or found)
    return found


def _answer(
    request: PageRequest,
    found: Organisation,
    form: ChoosingForm,
    *,
    heading: str,
    submit_label: str,
    say: Callable[[], tuple[Sequence[str], Sequence[Organisation], str]],
    do: Callable[[], tuple[Organisation, str]],
) -> HttpResponse:
    """The form, then what it will do (`say`: sentences, whose people, what becomes of them), then the deed."""
    context = change_context(found, heading, _("下一步"))
    if form.is_valid() and request.POST.get("step") == DO:
        with form.refusals():
            result, message = do()
            messages.success(request, message)
            return redirect(organisation_address(result))
    elif form.is_valid() and request.POST.get("step") != EDIT:
        with form.refusals():
            sentences, touched, people_words = say()
            return page_response(
                request,
                CONFIRM,
                context
                | {
                    "chosen": form.chosen(),
                    "consequences": sentences,
                    "touched": touched,
                    "people_words": people_words,
                    "form": form,
                    "submit_label": submit_label,
                },
            )
    return form_page(request, TEMPLATE, form, context | {"step": ASK})


@writes(may=Permission.MANAGE)
def recode(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Change the type of a school, and its code where the class of the code changes."""
    found = _found(request, uuid)
    form = RecodeForm(
        request.POST or None,
        choices={"school_type": type_choices(found.parent)},
        initial={"school_type": found.school_type, "on": local_day(now())},
    )

    def say() -> tuple[Sequence[str], Sequence[Organisation], str]:
        if form.cleaned_data["code"]:
            sentence = _("原标识码 {old} 作废，永不再用；启用新码 {new}。").format(
                old=found.code, new=form.cleaned_data["code"]
            )
        else:
            sentence = _("标识码 {code} 不变。").format(code=found.code)
        return [_("办学类型变更写入沿革，以往各日仍按原类型显示。"), sentence], (), ""

    def do() -> tuple[Organisation, str]:
        done = recode_school(by=request.actor, organisation=found, now=now(), **form.cleaned_data)
        return done, _("“{name}”的办学类型和标识码已登记。").format(name=done.name)

    heading = _("变更类型、重编标识码")
    return _answer(request, found, form, heading=heading, submit_label=_("确认变更"), say=say, do=do)


@writes(may=Permission.MANAGE)
def close(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Close an organisation. It stays to be read, its code stays taken."""
    found = _found(request, uuid)
    form = CloseForm(request.POST or None, choices={}, initial={"on": local_day(now())})

    def say() -> tuple[Sequence[str], Sequence[Organisation], str]:
        hanging = belongings_of([found], on=form.cleaned_data["on"])
        sentences = [
            _("“{name}”从 {day} 起不再存在，以往的情况仍可查看。").format(
                name=found.name, day=form.cleaned_data["on"].isoformat()
            )
        ]
        if found.code:
            sentences.append(_("标识码 {code} 作废，不再发给别的学校。").format(code=found.code))
        if found.is_school:
            sentences.append(_("{count} 个班级随之撤销。").format(count=hanging.classes))
        if below := hanging.teaching_points + hanging.subordinates:
            sentences.append(_("下面还有 {count} 个单位，须先撤销或调走，否则不能撤销。").format(count=below))
        return sentences, [found], _("他们在这里的任职和学籍位置到这一天为止。")

    def do() -> tuple[Organisation, str]:
        closed = close_organisation(by=request.actor, organisation=found, now=now(), **form.cleaned_data)
        return closed, _("“{name}”已撤销。").format(name=closed.name)

    heading = _("撤销“{name}”").format(name=found.name)
    return _answer(request, found, form, heading=heading, submit_label=_("确认撤销"), say=say, do=do)


@writes(may=Permission.MANAGE)
def reopen(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Bring a closed organisation back with the code it had."""
    found = _found(request, uuid)
    form = ReopenForm(request.POST or None, choices={}, initial={"on": local_day(now())})

    def say() -> tuple[Sequence[str], Sequence[Organisation], str]:
        above = found.parent.name if found.parent else _("无")
        sentences = [_("“{name}”恢复，上级单位仍是“{above}”。").format(name=found.name, above=above)]
        if found.code:
            sentences.append(_("启用原标识码 {code}。").format(code=found.code))
        sentences.append(_("撤销时结束的班级和任职不会自动恢复，需要重新开设和任命。"))
        return sentences, (), ""

    def do() -> tuple[Organisation, str]:
        back = reopen_organisation(by=request.actor, organisation=found, now=now(), **form.cleaned_data)
        return back, _("“{name}”已恢复。").format(name=back.name)

    heading = _("恢复“{name}”").format(name=found.name)
    return _answer(request, found, form, heading=heading, submit_label=_("确认恢复"), say=say, do=do)


@writes(may=Permission.MANAGE)
def merge(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Merge other schools into this one."""
    found = _found(request, uuid)
    form = MergeForm(
        request.POST or None,
        choices={"school_type": type_choices(found.parent)},
        initial={"school_type": found.school_type, "name": found.name, "on": local_day(now())},
    )

    def merged() -> list[Organisation]:
        lines = [line.strip() for line in form.cleaned_data["merged"].splitlines() if line.strip()]
        schools = []
        for line in lines:
            try:
                schools.append(organisation_called(request.actor, line, on=form.cleaned_data["on"]))
            except (NotAllowed, NotFound):
                raise
            except Refusal as refusal:
                refusal.field = "merged"
                raise
        return schools

    def say() -> tuple[Sequence[str], Sequence[Organisation], str]:
        others = merged()
        hanging = belongings_of(others, on=form.cleaned_data["on"])
        code = form.cleaned_data["code"]
        kept = (
            _("“{name}”启用新码 {code}，原码 {old} 作废。").format(name=found.name, code=code, old=found.code)
            if code
            else _("“{name}”沿用标识码 {code}。").format(name=found.name, code=found.code)
        )
        return (
            [
                kept,
                *(
                    _("“{name}”撤销，标识码 {code} 作废。").format(name=one.name, code=one.code or _("无"))
                    for one in others
                ),
                _("{classes} 个班级连同学生转入，班号重复的顺延；{points} 个教学点改由“{name}”管理。").format(
                    classes=hanging.classes, points=hanging.teaching_points, name=found.name
                ),
            ],
            others,
            _("教师和学生转入合并后的学校；被并入学校的管理员、审核员任职结束，需要重新任命。"),
        )

    def do() -> tuple[Organisation, str]:
        outcome = Outcome(
            name=form.cleaned_data["name"],
            school_type=form.cleaned_data["school_type"],
            code=form.cleaned_data["code"],
        )
        stays = merge_schools(
            by=request.actor,
            into=found,
            merged=merged(),
            outcome=outcome,
            reason=form.cleaned_data["reason"],
            on=form.cleaned_data["on"],
            now=now(),
        )
        return stays, _("已合并为“{name}”。").format(name=stays.name)

    heading = _("合并学校")
    return _answer(request, found, form, heading=heading, submit_label=_("确认合并"), say=say, do=do)


@writes(may=Permission.MANAGE)
def split(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Open a new school out of some classes of this one."""
    found = _found(request, uuid)
    year = SchoolYear.on(local_day(now()))
    classes = {str(klass.uuid): klass for klass in open_classes_of(found)}
    form = SplitForm(
        request.POST or None,
        choices={
            "school_type": type_choices(found.parent),
            "classes": [(key, klass.label(year)) for key, klass in classes.items()],
        },
        initial={"school_type": found.school_type, "on": local_day(now())},
    )

    def say() -> tuple[Sequence[str], Sequence[Organisation], str]:
        count = len(form.cleaned_data["classes"])
        return (
            [
                _("设立“{name}”，标识码 {code}，与原校同属一个上级单位。").format(
                    name=form.cleaned_data["name"], code=form.cleaned_data["code"]
                ),
                _("{count} 个班级连同学生划给新校，班号不变。").format(count=count),
                _("“{name}”沿用标识码 {code}；教职工留在原校，调动由学校另行登记。").format(
                    name=found.name, code=found.code
                ),
            ],
            (),
            "",
        )

    def do() -> tuple[Organisation, str]:
        new = split_school(
            by=request.actor,
            school=found,
            now=now(),
            **form.cleaned_data | {"classes": [classes[key] for key in form.cleaned_data["classes"]]},
        )
        return new, _("已设立“{name}”。").format(name=new.name)

    heading = _("分设新校")
    return _answer(request, found, form, heading=heading, submit_label=_("确认分设"), say=say, do=do)
