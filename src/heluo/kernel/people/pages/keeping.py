"""What a clerk does for one person: register, correct, appoint, put with guardians and classes, hand out a code."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import allows
from heluo.kernel.clock.public import SchoolYear, local_day, now
from heluo.kernel.codes.public import names_of
from heluo.kernel.organisations.models import Klass
from heluo.kernel.organisations.public import classes_of, organisation_called, organisation_for
from heluo.kernel.pages.forms import form_page
from heluo.kernel.pages.fragments import page_response
from heluo.kernel.pages.questions import Question, ask_first
from heluo.kernel.pages.rules import PageRequest, writes
from heluo.kernel.people.access import EVERYDAY_ROLES, Permission
from heluo.kernel.people.actions import (
    appoint,
    assign_teachings,
    correct_person,
    end_guardianship,
    end_post,
    end_teaching,
    enrol_person,
    issue_activation_code,
    record_identifiers,
    register_guardian,
)
from heluo.kernel.people.actions.enrolling import NUMBERS, NewAtSchool
from heluo.kernel.people.actions.identifiers import NewIdentifier
from heluo.kernel.people.actions.places import NewTeaching
from heluo.kernel.people.enums import Deed, IdentifierKind
from heluo.kernel.people.forms import (
    CHOOSE,
    CorrectionForm,
    EndForm,
    EnrolForm,
    GuardianForm,
    NumberForm,
    PostForm,
    TeachingForm,
)
from heluo.kernel.people.models import Person
from heluo.kernel.people.queries import (
    account_of,
    class_for,
    guardians_of,
    identifiers_of,
    person_kept_by,
    posts_at,
    posts_of,
    teachers_of,
)

FORM = "pages/form.html"
LEAVES_BY_RECORD = frozenset({Role.PUPIL, Role.GUARDIAN})
"""Posts nobody ends by hand: pupils leave by a change of their record, guardians with the guardianship."""


def _address(person: Person) -> str:
    return reverse("people:person", args=[person.uuid])


def _context(person: Person, heading: str, submit_label: str) -> dict[str, object]:
    """What every page about one person shows around its form."""
    return {
        "heading": heading,
        "crumbs": [(person.name, _address(person))],
        "known_facts": [(_("姓名"), person.name), (_("平台号"), person.number)],
        "submit_label": submit_label,
        "cancel_url": _address(person),
    }


def _last_day_page(
    request: PageRequest, end: Callable[[date], None], context: dict[str, Any], *, said: str, today: date
) -> HttpResponse:
    """Ask for the last day of something, end it, and lead back to where it stood."""
    form = EndForm(request.POST or None, initial={"on": today})
    if form.is_valid():
        with form.refusals():
            end(form.cleaned_data["on"])
            messages.success(request, said)
            return redirect(context["cancel_url"])
    return form_page(request, FORM, form, context)


def deeds_for(request: PageRequest, person: Person) -> list[tuple[str, str, str]]:
    """What the viewer, who keeps the person, may do for them: words, address, icon. The actions ask again."""
    actor = request.actor
    manages = allows(actor, Permission.MANAGE)
    is_pupil = posts_of([person], on=local_day(now())).filter(role=Role.PUPIL).exists()
    account = account_of(person)
    hands_out = allows(actor, Permission.ACTIVATE) and account is not None and account.is_active
    offers = [
        (manages and person.uuid != actor.person_id, _("更正基本信息"), "correct", "pencil"),
        (manages, _("登记或更换号码"), "record_number", "id-badge-2"),
        (manages and is_pupil, _("登记监护人"), "guardian_new", "heart-handshake"),
        (manages, _("任命职务"), "post_new", "users"),
        (hands_out and person.uuid != actor.person_id, _("发放激活码"), "activation", "lock"),
    ]
    return [
        (words, reverse(f"people:{route}", args=[person.uuid]), icon) for fits, words, route, icon in offers if fits
    ]


@writes(may=Permission.MANAGE)
def enrol(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Register a pupil or a teacher at a school, or find that the register knows them already."""
    school = organisation_for(request.actor, uuid)
    if not school.is_school or not allows(request.actor, Permission.MANAGE, on=school):
        raise NotFound
    today = local_day(now())
    year = SchoolYear.on(today)
    classes = {str(one.uuid): one for one in classes_of(school, year=year)}
    form = EnrolForm(request.POST or None, choices={"klass": [CHOOSE, *_labels(classes.values(), year)]})
    if form.is_valid():
        said = form.cleaned_data
        role = Role(said["role"])
        with form.refusals():
            done = enrol_person(
                by=request.actor,
                school=school,
                new=NewAtSchool(
                    role=role,
                    name=said["name"],
                    sex=said["sex"],
                    born_on=said["born_on"],
                    klass=classes.get(said["klass"]) if role == Role.PUPIL else None,
                    numbers={kind: said[kind] for kind in IdentifierKind},
                ),
                now=now(),
            )
            messages.success(request, _what_became(done.deed).format(name=done.person.name, role=role.label))
            if done.facts_kept:
                messages.warning(
                    request, _("此人还属于别的单位，与登记不一致的内容没有更改；确需更正时请上级管理员办理。")
                )
            return redirect(_address(done.person))
    context = {
        "heading": _("登记一个人"),
        "lead": _("“{name}”的学生或教师，从今天起。很多人请用名册导入。").format(name=school.name),
        "crumbs": [(school.name, reverse("organisations:organisation", args=[school.uuid]))],
        "submit_label": _("登记"),
        "cancel_url": reverse("organisations:organisation", args=[school.uuid]),
    }
    return form_page(request, FORM, form, context)


def _labels(classes: Iterable[Klass], year: SchoolYear) -> list[tuple[str, str]]:
    return [(str(one.uuid), one.label(year)) for one in classes]


def _what_became(deed: Deed) -> str:
    return {
        Deed.NEW: _("已把{name}登记为{role}。"),
        Deed.RETURNS: _("{name}已有登记，现在是本校{role}。"),
        Deed.CHANGED: _("{name}已有登记，已按填写的更新。"),
        Deed.SAME: _("{name}已是本校{role}，没有变化。"),
    }[deed]


@writes(may=Permission.MANAGE)
def correct(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Put name, sex and birthday right."""
    found = person_kept_by(request.actor, uuid, on=local_day(now()))
    form = CorrectionForm(
        request.POST or None,
        initial={
            "name": found.name,
            "sex": found.sex,
            "born_on": found.born_on.isoformat() if found.born_on else "",
        },
    )
    if form.is_valid():
        with form.refusals():
            fixed = correct_person(by=request.actor, person=found, **form.cleaned_data, now=now())
            messages.success(request, _("已更正{name}的基本信息。").format(name=fixed.name))
            return redirect(_address(found))
    context = _context(found, _("更正基本信息"), _("更正登记"))
    context["lead"] = _("更正登记错误或已依法变更的内容。还属于别的单位的人，由管理这些单位的上级更正。")
    return form_page(request, FORM, form, context)


@writes(may=Permission.MANAGE)
def record_number(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Record a number, or put another in place of the one on record."""
    found = person_kept_by(request.actor, uuid, on=local_day(now()))
    form = NumberForm(request.POST or None)
    if form.is_valid():
        kind = IdentifierKind(form.cleaned_data["kind"])
        with form.refusals("value"):
            record_identifiers(
                by=request.actor, identifiers=[NewIdentifier(found, kind, form.cleaned_data["value"])], now=now()
            )
            messages.success(request, _("已登记{kind}。").format(kind=kind.label))
            return redirect(_address(found))
    context = _context(found, _("登记或更换号码"), _("保存"))
    known = [(str(one.get_kind_display()), one.masked) for one in identifiers_of(found)]
    context["known_facts"] = [(_("姓名"), found.name), *known]
    context["lead"] = _("同一种号码只留一个，新号码会替换原来的。号码加密保存，只显示脱敏形式。")
    return form_page(request, FORM, form, context)


@writes(may=Permission.MANAGE)
def post_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Give somebody a post. Which of them the viewer may give where, the action says."""
    today = local_day(now())
    found = person_kept_by(request.actor, uuid, on=today)
    roles = [role for role in Role if role not in LEAVES_BY_RECORD]
    if not allows(request.actor, Permission.APPOINT):
        roles = [role for role in roles if role in EVERYDAY_ROLES]
    here = next((post.organisation.name for post in posts_of([found], on=today)), "")
    form = PostForm(
        request.POST or None,
        choices={"role": [(role.value, role.label) for role in roles]},
        initial={"organisation": here, "starts_on": today},
    )
    if form.is_valid():
        with form.refusals():
            post = appoint(
                by=request.actor,
                person=found,
                role=Role(form.cleaned_data["role"]),
                organisation=organisation_called(request.actor, form.cleaned_data["organisation"], on=today),
                starts_on=form.cleaned_data["starts_on"],
                now=now(),
            )
            messages.success(
                request,
                _("{name}现在是“{organisation}”的{role}。").format(
                    name=found.name, organisation=post.organisation.name, role=post.get_role_display()
                ),
            )
            return redirect(_address(found))
    return form_page(request, FORM, form, _context(found, _("任命职务"), _("任命")))


@writes(may=Permission.MANAGE)
def post_end(request: PageRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Give a post its last day."""
    today = local_day(now())
    found = person_kept_by(request.actor, uuid, on=today)
    post = posts_of([found], on=today).filter(pk=pk).exclude(role__in=LEAVES_BY_RECORD).first()
    if post is None:
        raise NotFound
    context = _context(found, _("结束任职"), _("结束任职"))
    context["known_facts"] = [
        (_("姓名"), found.name),
        (str(post.get_role_display()), post.organisation.name),
        (_("开始日期"), post.starts_on.isoformat()),
    ]
    context["lead"] = _("任职记录保留。教师的任课在同一天结束。")

    def end(on: date) -> None:
        end_post(by=request.actor, post=post, on=on, now=now())

    return _last_day_page(request, end, context, said=_("已结束这项任职。"), today=today)


@writes(may=Permission.MANAGE)
def guardian_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Register somebody as the guardian of a pupil."""
    today = local_day(now())
    child = person_kept_by(request.actor, uuid, on=today)
    post = posts_of([child], on=today).filter(role=Role.PUPIL).first()
    if post is None:
        raise NotFound
    form = GuardianForm(request.POST or None)
    if form.is_valid():
        said = form.cleaned_data
        with form.refusals():
            made = register_guardian(
                by=request.actor,
                child=child,
                school=post.organisation,
                name=said["name"],
                relation=said["relation"],
                numbers={kind: said[kind] for kind in NUMBERS[Role.GUARDIAN]},
                now=now(),
            )
            messages.success(
                request, _("已登记{name}为{child}的监护人。").format(name=made.guardian.name, child=child.name)
            )
            return redirect(_address(child))
    context = _context(child, _("登记监护人"), _("登记"))
    context["lead"] = _("监护人凭手机号或身份证号认出；同一个人可以有几个孩子。")
    return form_page(request, FORM, form, context)


@writes(may=Permission.MANAGE)
def guardian_end(request: PageRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Give a guardianship its last day."""
    today = local_day(now())
    child = person_kept_by(request.actor, uuid, on=today)
    row = guardians_of(child, on=today).filter(pk=pk).first()
    if row is None:
        raise NotFound
    context = _context(child, _("结束这项监护"), _("结束这项监护"))
    context["known_facts"] = [(_("孩子"), child.name), (_("监护人"), row.guardian.name), (_("关系"), row.relation)]

    def end(on: date) -> None:
        end_guardianship(by=request.actor, guardianship=row, on=on, now=now())

    return _last_day_page(request, end, context, said=_("已结束监护关系。"), today=today)


@writes(may=Permission.ACTIVATE)
@never_cache
def activation(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Hand out a code with which the holder sets a password: on the answer to the POST, once."""
    found = person_kept_by(request.actor, uuid, on=local_day(now()))
    account = account_of(found)
    if account is None or not account.is_active:
        raise NotFound
    back = _address(found)
    question = Question(
        title=_("给{name}发放激活码？").format(name=found.name),
        text=_("持有激活码的人可以为这个账号设置密码。以前发放的激活码随即失效。请当面或通过本人电话转交。"),
        verb=_("发放激活码"),
        look="btn-primary",
    )
    if asked := ask_first(request, question, back=back):
        return asked
    code = issue_activation_code(by=request.actor, account=account, now=now())
    context = {
        "heading": _("激活码"),
        "crumbs": [(found.name, back)],
        "facts": [(_("姓名"), found.name), (_("用户名"), account.username)],
        "code": "-".join(code[place : place + 4] for place in range(0, len(code), 4)),
        "address": request.build_absolute_uri(reverse("access:activate")),
        "back": back,
    }
    return page_response(request, "people/code.html", context)


@writes(may=Permission.MANAGE)
def teaching_new(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Say who teaches what to a class, or leads it."""
    today = local_day(now())
    klass = class_for(request.actor, uuid, on=today)
    if not allows(request.actor, Permission.MANAGE, on=klass):
        raise NotFound
    posts = posts_at(request.actor, klass.school, roles=[Role.TEACHER], on=today)
    teachers = {str(post.person.uuid): post.person for post in posts}
    form = TeachingForm(
        request.POST or None,
        choices={
            "teacher": [CHOOSE, *((key, f"{one.name}（{one.number}）") for key, one in teachers.items())],
            "subject": [CHOOSE, *names_of("subject", on=today).items()],
        },
        initial={"starts_on": today},
    )
    if form.is_valid():
        said = form.cleaned_data
        with form.refusals():
            assign_teachings(
                by=request.actor,
                teachings=[
                    NewTeaching(
                        person=teachers[said["teacher"]],
                        klass=klass,
                        subject=said["subject"],
                        is_homeroom=said["is_homeroom"],
                    )
                ],
                starts_on=said["starts_on"],
                now=now(),
            )
            messages.success(request, _("已安排任课。"))
            return redirect("people:klass", uuid=klass.uuid)
    return form_page(request, FORM, form, _class_context(klass, _("安排任课"), _("安排")))


def _class_context(klass: Klass, heading: str, submit_label: str) -> dict[str, object]:
    back = reverse("people:klass", args=[klass.uuid])
    label = klass.label(SchoolYear.on(local_day(now())))
    return {
        "heading": heading,
        "lead": f"{klass.school.name} · {label}",
        "crumbs": [(label, back)],
        "submit_label": submit_label,
        "cancel_url": back,
    }


@writes(may=Permission.MANAGE)
def teaching_end(request: PageRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Give a teaching its last day."""
    today = local_day(now())
    klass = class_for(request.actor, uuid, on=today)
    row = teachers_of(klass, on=today).filter(pk=pk).first()
    if row is None or not allows(request.actor, Permission.MANAGE, on=klass):
        raise NotFound
    context = _class_context(klass, _("结束这门任课"), _("结束这门任课"))
    taught = names_of("subject", on=today).get(row.subject, "") or _("班主任")
    context["known_facts"] = [(_("教师"), row.person.name), (_("学科"), taught)]

    def end(on: date) -> None:
        end_teaching(by=request.actor, teaching=row, on=on, now=now())

    return _last_day_page(request, end, context, said=_("已结束任课。"), today=today)
