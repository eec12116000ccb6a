"""Who still waits for an activation code, by class; and the sheets they are handed out on."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import typst
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from heluo.domains.rosters.access import Permission
from heluo.kernel.actors.enums import Role
from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, within
from heluo.kernel.clock.public import SchoolYear
from heluo.kernel.organisations.enums import OrganisationKind
from heluo.kernel.organisations.models import Klass, Organisation
from heluo.kernel.organisations.public import classes_of
from heluo.kernel.people.models import Account, ClassMembership, Guardianship, Person, Post, in_period

SHEET = Path(__file__).parent.parent / "templates" / "rosters" / "activation.typ"
MOST_AT_ONCE = 3000
"""People whose codes one document takes: a second or two of typesetting."""
CODE_PARTS = 4


@dataclass(frozen=True, slots=True)
class Waiting:
    """A class with how many of its pupils and of their guardians have not activated their account."""

    klass: Klass
    label: str
    pupils: int
    guardians: int


@dataclass(frozen=True, slots=True)
class Handed:
    """A line on a sheet."""

    name: str
    username: str
    code: str


@dataclass(slots=True)
class Group:
    """The sheet of a class, or of the staff: who is on it, by primary key in the order of names."""

    title: str
    people: dict[int, str] = field(default_factory=dict)
    """Person → the name as it is printed."""


def schools_to_print(actor: Actor, *, on: date) -> QuerySet[Organisation]:
    """The schools for whose people the actor prints codes."""
    return (
        Organisation.objects.open_on(on)
        .filter(within(actor, Permission.PRINT, "path"))
        .exclude(kind=OrganisationKind.BUREAU)
        .order_by("name_sort", "id")
    )


def school_to_print(actor: Actor, uuid: str, *, on: date) -> Organisation:
    """One of them. Raises `NotFound`."""
    try:
        found = schools_to_print(actor, on=on).filter(uuid=uuid).first()
    except (ValueError, TypeError):
        found = None
    if found is None:
        raise NotFound
    return found


def _waits(person: str) -> Exists:
    return Exists(
        Account.objects.filter(person=OuterRef(person), is_active=True, password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )


def waiting_classes(school: Organisation, *, on: date) -> list[Waiting]:
    """The classes of this school year with their counts; three queries however many."""
    year = SchoolYear.on(on)
    classes = list(classes_of(school, year=year))
    seats = ClassMembership.objects.filter(in_period(on), klass__in=classes)
    pupils = dict(seats.filter(_waits("person")).values_list("klass").annotate(Count("person", distinct=True)))
    guardians = dict(
        seats.filter(
            in_period(on, "person__guardians__"),
            Exists(
                Account.objects.filter(
                    person=OuterRef("person__guardians__guardian"),
                    is_active=True,
                    password__startswith=UNUSABLE_PASSWORD_PREFIX,
                )
            ),
        )
        .values_list("klass")
        .annotate(Count("person__guardians__guardian", distinct=True))
    )
    return [Waiting(one, one.label(year), pupils.get(one.pk, 0), guardians.get(one.pk, 0)) for one in classes]


def waiting_staff(school: Organisation, *, on: date) -> QuerySet[Person]:
    """Those who work at a school and have not activated their account."""
    return Person.objects.filter(
        Exists(
            Post.objects.filter(in_period(on), organisation=school, person=OuterRef("pk")).exclude(
                role__in=(Role.PUPIL, Role.GUARDIAN)
            )
        ),
        _waits("pk"),
    ).order_by("name_sort", "id")


def groups_of(
    school: Organisation,
    classes: Sequence[Klass],
    *,
    with_pupils: bool,
    with_guardians: bool,
    with_staff: bool,
    on: date,
) -> list[Group]:
    """Who stands on which sheet: each class its pupils, then their guardians; the staff last. Nobody stands twice."""
    year = SchoolYear.on(on)
    groups: list[Group] = []
    if with_pupils:
        groups += _pupil_groups(classes, year, on)
    if with_guardians:
        groups += _guardian_groups(classes, year, on)
    if with_staff:
        staff = Group(_("教职工"), {person.pk: person.name for person in waiting_staff(school, on=on)})
        groups.append(staff)
    return [group for group in groups if group.people]


def _pupil_groups(classes: Sequence[Klass], year: SchoolYear, on: date) -> list[Group]:
    groups = {klass.pk: Group(_("{label} 学生").format(label=klass.label(year))) for klass in classes}
    seats = (
        ClassMembership.objects.filter(in_period(on), _waits("person"), klass__in=classes)
        .order_by("person__name_sort", "person")
        .values_list("klass", "person", "person__name")
    )
    for klass, person, name in seats:
        groups[klass].people[person] = name
    return list(groups.values())


def _guardian_groups(classes: Sequence[Klass], year: SchoolYear, on: date) -> list[Group]:
    groups = {klass.pk: Group(_("{label} 家长").format(label=klass.label(year))) for klass in classes}
    seats = dict(ClassMembership.objects.filter(in_period(on), klass__in=classes).values_list("person", "klass"))
    seen: set[int] = set()
    wards = (
        Guardianship.objects.filter(Q(child__in=list(seats)), in_period(on), _waits("guardian"))
        .order_by("child__name_sort", "child", "id")
        .values_list("guardian", "guardian__name", "child", "child__name")
    )
    for guardian, name, child, child_name in wards:
        if guardian not in seen:
            seen.add(guardian)
            groups[seats[child]].people[guardian] = _("{name}（{child}的家长）").format(name=name, child=child_name)
    return list(groups.values())


def class_sheets(
    *, school: Organisation, sheets: Sequence[tuple[str, Sequence[Handed]]], address: str, on: date
) -> bytes:
    """The sheets as a PDF. The codes pass through memory only."""
    fonts = Path(settings.BUILT) / "fonts"
    data = {
        "title": _("激活码"),
        "school": school.name,
        "how": _(
            "打开 {address} ，输入用户名和激活码，自己设置密码。"
            "激活码只能用一次，14 天内有效，请逐人裁开发放，不要公开张贴。"
        ).format(address=address),
        "footer": _("{school} · {day} 打印").format(school=school.name, day=on.isoformat()),
        "headings": [_("姓名"), _("用户名"), _("激活码")],
        "groups": [
            {
                "title": title,
                "rows": [{"name": one.name, "username": one.username, "code": spaced(one.code)} for one in handed],
            }
            for title, handed in sheets
        ],
    }
    pdf: bytes = typst.compile(  # type: ignore[misc]  # its stubs infer too little
        SHEET.read_bytes(),
        font_paths=[str(fonts)] if fonts.exists() else [],
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return pdf


def spaced(code: str) -> str:
    """A code in groups of four, as people read it out."""
    return "-".join(code[place : place + CODE_PARTS] for place in range(0, len(code), CODE_PARTS))
