"""Open many organisations, and classes of many schools, in a few statements: the rules are those of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.errors import Refusal, refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import Difference, record_batch
from heluo.kernel.clock.public import SchoolYear, local_day
from heluo.kernel.codes.public import codes_of, copy_in, copy_values, mint_identifier, reserve_ids
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.classes import NewClass, check_classes
from heluo.kernel.organisations.actions.steps import (
    CLASSES,
    DECIDED_HERE,
    INSTITUTIONS,
    NO_FACTS,
    ORGANISATIONS,
    OrganisationFacts,
    change_of,
    check_superior,
    checked_facts,
    code_that_fits,
    describe,
    locked_all,
    set_facts,
    state_of,
    subject_of,
    superior,
    tidy_name,
    type_of_school,
)
from heluo.kernel.organisations.enums import ChangeKind, Level, OrganisationKind
from heluo.kernel.organisations.errors import (
    ClassExists,
    CodeTaken,
    CreditCodeMissing,
    CreditCodeTaken,
    OrganisationClosed,
    RowRefused,
)
from heluo.kernel.organisations.events import ClassesOpenedAtSchools, OrganisationsOpened
from heluo.kernel.organisations.models import Klass, Organisation, Region, SchoolCodeIssue
from heluo.kernel.organisations.school_types import TEACHING_POINT_TYPE, school_types

TABLES = ("school-type", "school-founder", "school-run-by", "school-run-by-vocational", "settlement")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganisation:
    """One row of a batch: a school with its type and code, a teaching point under its centre, or an institution."""

    kind: OrganisationKind
    name: str
    region: Region
    parent: Organisation
    on: date
    school_type: str = ""
    code: str = ""
    facts: OrganisationFacts = NO_FACTS


@transaction.atomic
def open_organisations(*, by: Actor, rows: Sequence[NewOrganisation], now: datetime) -> list[Organisation]:
    """Open all organisations of a batch, or none: the refusal names the row (from 1) and says why."""
    for row in {(row.parent.pk, row.kind == OrganisationKind.TEACHING_POINT): row for row in rows}.values():
        is_point = row.kind == OrganisationKind.TEACHING_POINT
        require(by, Permission.MANAGE, on=superior(row.parent) if is_point else row.parent)
    parents = locked_all(row.parent for row in rows)
    checker = _Checker(parents, local_day(now))
    keys = reserve_ids(ORGANISATIONS, len(rows))
    opened = [
        checker.organisation(key, number, row) for number, (key, row) in enumerate(zip(keys, rows, strict=True), 1)
    ]
    if not opened:
        return []
    _write(opened, rows, by=by, now=now)
    record_batch(
        by=by,
        at=now,
        deed="organisations.organisations_opened",
        subject=subject_of(parents[opened[0].parent_id or 0]),
        differences=[
            Difference(
                subject_id=str(one.uuid),
                after={"name": one.name, "code": one.code, "school_type": one.school_type, "path": one.path},
            )
            for one in opened
        ],
    )
    announce(OrganisationsOpened(organisation_ids=tuple(one.uuid for one in opened)), by=by, at=now)
    return opened


class _Checker:
    """Makes organisations of rows that keep the rules, with the code tables read once."""

    def __init__(self, parents: dict[int, Organisation], on: date) -> None:
        self.parents = parents
        self.known = {(table, code.value) for table in TABLES for code in codes_of(table, on=on)}

    def organisation(self, key: int, number: int, row: NewOrganisation) -> Organisation:
        try:
            return self._checked(key, row)
        except Refusal as refusal:
            raise RowRefused(field=refusal.field, row=number, name=row.name, refusal=str(refusal)) from refusal

    def _checked(self, key: int, row: NewOrganisation) -> Organisation:
        parent, name = self.parents[row.parent.pk], tidy_name(row.name)
        if not parent.is_open(row.on):
            raise OrganisationClosed(organisation=parent.name)
        school_type = TEACHING_POINT_TYPE if row.kind == OrganisationKind.TEACHING_POINT else row.school_type
        check_superior(row.kind, school_type, name, parent)
        code = self._code(row) if row.kind == OrganisationKind.SCHOOL else None
        facts = checked_facts(row.facts, school_type=school_type, on=row.on, known=self.known)
        if row.kind in INSTITUTIONS and not facts.credit_code:
            raise CreditCodeMissing(field="credit_code")
        made = Organisation(
            pk=key,
            uuid=mint_identifier("organisation", str(key)),
            kind=row.kind,
            level=Level.SCHOOL,
            name=name,
            code=code,
            school_type=school_type,
            region=row.region,
            parent=parent,
            path=f"{parent.path}{key}.",
            parent_source=DECIDED_HERE,
            opened_on=row.on,
        )
        set_facts(made, facts)
        describe(made)
        return made

    def _code(self, row: NewOrganisation) -> str:
        kind = school_types().get(row.school_type)
        if kind is None or ("school-type", row.school_type) not in self.known:
            kind = type_of_school(row.school_type, on=row.on)
        return code_that_fits(row.code, kind, row.region, on=row.on)


def _write(opened: Sequence[Organisation], rows: Sequence[NewOrganisation], *, by: Actor, now: datetime) -> None:
    """Rows of every table an opening touches. The database says whether a code was given out before."""
    issues = [
        SchoolCodeIssue(code=one.code, organisation_id=one.pk, issued_on=row.on)
        for one, row in zip(opened, rows, strict=True)
        if one.code
    ]
    taken = SchoolCodeIssue.objects.filter(code__in=[issue.code for issue in issues]).values_list("code", flat=True)
    code = taken.first() or _repeated(issue.code for issue in issues)
    if code:
        raise CodeTaken(field="code", code=code)
    with refused_as(CodeTaken, constraint="school_code_once_for_ever", field="code", code=""):
        copy_in(issues)
    with refused_as(
        CreditCodeTaken,
        constraint="credit_code_of_one_organisation",
        field="credit_code",
        code=_repeated(one.credit_code for one in opened),
    ):
        copy_in(opened)
    copy_in([state_of(one, valid_from=one.opened_on, now=now) for one in opened])
    copy_in([change_of(one, ChangeKind.OPENED, by=by, now=now, on=one.opened_on, after=one.name) for one in opened])


def _repeated(codes: Iterable[str]) -> str:
    """The first code that stands twice in a batch; empty if none does."""
    seen: set[str] = set()
    for code in codes:
        if code and code in seen:
            return code
        seen.add(code)
    return ""


@transaction.atomic
def open_classes_at_schools(
    *, by: Actor, rows: Sequence[tuple[Organisation, Sequence[NewClass]]], now: datetime
) -> int:
    """Open classes of many schools, or none; how many. One audit row with a difference for each school."""
    for school, _classes in rows:
        require(by, Permission.MANAGE_CLASSES, on=school)
    today = local_day(now)
    schools = locked_all(school for school, _classes in rows)
    year = SchoolYear.on(today)
    for number, (school, classes) in enumerate(rows, 1):
        try:
            if not schools[school.pk].is_open(today):
                raise OrganisationClosed(organisation=school.name)
            check_classes(schools[school.pk], classes, year)
        except Refusal as refusal:
            raise RowRefused(field=refusal.field, row=number, name=school.name, refusal=str(refusal)) from refusal
    keys = iter(reserve_ids(CLASSES, sum(len(classes) for _school, classes in rows)))
    opened = [
        (key := next(keys), mint_identifier("class", str(key)), school.pk, new.stage.value, new.entry_year, new.number)
        for school, classes in rows
        for new in classes
    ]
    if not opened:
        return 0
    names = "、".join(school.name for school, _classes in rows[:3])
    with refused_as(ClassExists, constraint="klass_once_in_its_school", field="number", school=names, number=""):
        copy_values(Klass, ("id", "uuid", "school_id", "stage", "entry_year", "number"), opened)
    record_batch(
        by=by,
        at=now,
        deed="organisations.classes_opened",
        subject=subject_of(schools[rows[0][0].pk]),
        differences=[
            Difference(
                subject_id=str(school.uuid),
                after={"classes": [[new.stage, new.entry_year, new.number] for new in classes]},
            )
            for school, classes in rows
        ],
        details={"count": len(opened)},
    )
    announce(
        ClassesOpenedAtSchools(school_ids=tuple(school.uuid for school, _classes in rows), count=len(opened)),
        by=by,
        at=now,
    )
    return len(opened)
