"""Merge schools into one, split one off another: what becomes of codes, classes and teaching points."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from django.db import transaction

from heluo.kernel.actors.errors import NotFound
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.changing import replace_code
from heluo.kernel.organisations.actions.ending import shut
from heluo.kernel.organisations.actions.opening import insert_organisation
from heluo.kernel.organisations.actions.steps import (
    DECIDED_HERE,
    change_of,
    check_superior,
    checked_code,
    describe,
    keep_state,
    lock_tree,
    locked,
    locked_all,
    move_below,
    not_in_future,
    open_classes_at,
    subject_of,
    superior,
    tidy_name,
    tidy_reason,
    type_of_school,
)
from heluo.kernel.organisations.enums import ChangeKind, OrganisationKind, Stage
from heluo.kernel.organisations.errors import (
    ClassesOfOtherStages,
    ClassNotThere,
    CodeNeeded,
    CodeStays,
    MergedWithItself,
    NobodyToMerge,
    NoClassesChosen,
    NotASchool,
    OrganisationClosed,
)
from heluo.kernel.organisations.events import ClassesMoved, OrganisationShut, SchoolsMerged, SchoolSplit
from heluo.kernel.organisations.models import ClassMove, Klass, Organisation
from heluo.kernel.organisations.school_types import school_types

SETTLED = ("name", "name_sort", "place_sort", "words", "code", "school_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the school that stays is after a merger. Empty: as it was."""

    name: str = ""
    school_type: str = ""
    code: str = ""


AS_IT_WAS = Outcome()


@transaction.atomic
def merge_schools(
    *,
    by: Actor,
    into: Organisation,
    merged: Sequence[Organisation],
    outcome: Outcome = AS_IT_WAS,
    reason: str,
    on: date,
    now: datetime,
) -> Organisation:
    """Merge schools into one that stays: it takes their classes with the pupils, their teaching points and their staff.

    Schools of one code class: the one that stays keeps its code. Otherwise the outcome has a type and a new code.
    The merged close; their codes are void. People follow when they hear of it.
    """
    for school in (into, *merged):
        require(by, Permission.MANAGE, on=superior(school))
    lock_tree()
    not_in_future(on, now)
    reason = tidy_reason(reason)
    stays, others = _locked_schools(into, merged, on)
    classes = [klass for school in others for klass in open_classes_at(school)]
    _settle_outcome(stays, others, outcome, classes, on=on)
    moved = _take_classes(stays, classes, on=on)
    keep_state(stays, on=on, now=now)
    points = _take_teaching_points(stays, others, by=by, on=on, reason=reason, now=now)
    for school in others:
        shut(school, on=on)
        change_of(school, ChangeKind.MERGED, by=by, now=now, on=on, after=stays.name, reason=reason, other=stays).save()
        change_of(
            stays, ChangeKind.ABSORBED, by=by, now=now, on=on, after=school.name, reason=reason, other=school
        ).save()
    record(
        by=by,
        at=now,
        deed="organisations.schools_merged",
        subject=subject_of(stays),
        details={
            "merged": [school.name for school in others],
            "code": stays.code,
            "school_type": stays.school_type,
            "classes": [[klass.stage, klass.entry_year, klass.number] for klass in classes],
            "teaching_points": points,
            "on": on.isoformat(),
            "reason": reason,
        },
    )
    for school in others:
        _announce_classes(moved[school.pk], school, stays, by=by, on=on, now=now)
        announce(OrganisationShut(organisation_id=school.uuid, successor_id=stays.uuid), by=by, at=now)
    announce(
        SchoolsMerged(school_id=stays.uuid, merged_ids=tuple(school.uuid for school in others), on=on), by=by, at=now
    )
    return stays


def _locked_schools(
    into: Organisation, merged: Iterable[Organisation], on: date
) -> tuple[Organisation, list[Organisation]]:
    keys = [school.pk for school in merged]
    if not keys:
        raise NobodyToMerge(field="merged")
    if into.pk in keys:
        raise MergedWithItself(field="merged", organisation=into.name)
    fresh = locked_all([into, *merged])
    for school in fresh.values():
        if school.kind != OrganisationKind.SCHOOL:
            raise NotASchool(organisation=school.name)
        if not school.is_open(on):
            raise OrganisationClosed(organisation=school.name)
    return fresh[into.pk], [fresh[key] for key in dict.fromkeys(keys)]


def code_classes(schools: Iterable[Organisation]) -> set[str]:
    """The classes of the codes that schools have, by their types."""
    known = school_types()
    return {known[school.school_type].code_class for school in schools if school.school_type in known}


def _settle_outcome(
    stays: Organisation, others: Sequence[Organisation], outcome: Outcome, classes: Sequence[Klass], *, on: date
) -> None:
    """Name, type and code of the school that stays, by the rules of the code."""
    same_class = len(code_classes([stays, *others])) == 1
    school_type = outcome.school_type or stays.school_type
    new = type_of_school(school_type, on=on)
    if stays.parent is not None:
        check_superior(OrganisationKind.SCHOOL, school_type, stays.name, stays.parent)
    _check_taught(stays.name, new.stages, [*open_classes_at(stays), *classes])
    if same_class and {new.code_class} == code_classes([stays]):
        if outcome.code.strip():
            raise CodeStays(field="code", code=stays.code)
    elif outcome.code.strip():
        code = checked_code(outcome.code, school_type=school_type, region=stays.region, on=on)
        replace_code(stays, code, on=on)
    else:
        raise CodeNeeded(field="code", expected=new.code_class)
    stays.school_type = school_type
    if outcome.name.strip():
        stays.name = tidy_name(outcome.name)
    describe(stays)
    stays.save(update_fields=SETTLED)


def _check_taught(name: str, stages: Collection[Stage], classes: Iterable[Klass]) -> None:
    strange = [klass for klass in classes if klass.stage not in stages]
    if strange:
        stage = Stage(strange[0].stage).label
        raise ClassesOfOtherStages(field="school_type", organisation=name, count=len(strange), stage=stage)


def _take_classes(to: Organisation, classes: Sequence[Klass], *, on: date) -> dict[int, list[Klass]]:
    """Give classes to a school, numbered after its own where a number is taken; by the school that gave them."""
    taken: dict[tuple[str, int], set[int]] = defaultdict(set)
    for stage, entry_year, number in Klass.objects.filter(school=to, closed_on=None).values_list(
        "stage", "entry_year", "number"
    ):
        taken[stage, entry_year].add(number)
    given: dict[int, list[Klass]] = defaultdict(list)
    moves = []
    for klass in classes:
        given[klass.school_id].append(klass)
        moves.append(
            ClassMove(klass=klass, from_school_id=klass.school_id, from_number=klass.number, to_school=to, moved_on=on)
        )
        numbers = taken[klass.stage, klass.entry_year]
        if klass.number in numbers:
            klass.number = next(number for number in count(1) if number not in numbers)
        numbers.add(klass.number)
        klass.school = to
    ClassMove.objects.bulk_create(moves)
    Klass.objects.bulk_update(classes, ["school", "number"], batch_size=500)
    return given


def _take_teaching_points(
    to: Organisation, schools: Sequence[Organisation], *, by: Actor, on: date, reason: str, now: datetime
) -> int:
    """Put the teaching points of merged schools under the one that stays."""
    points = list(Organisation.objects.open_on(on).filter(parent__in=schools).select_related("parent", "region"))
    for point in points:
        before = point.parent.name if point.parent else ""
        move_below(point.path, f"{to.path}{point.pk}.", by=by, now=now)
        point.parent, point.parent_source, point.path = to, DECIDED_HERE, f"{to.path}{point.pk}."
        point.save(update_fields=["parent", "parent_source"])
        keep_state(point, on=on, now=now)
        change_of(point, ChangeKind.MOVED, by=by, now=now, on=on, before=before, after=to.name, reason=reason).save()
    return len(points)


def _announce_classes(
    classes: Sequence[Klass], school: Organisation, to: Organisation, *, by: Actor, on: date, now: datetime
) -> None:
    if classes:
        event = ClassesMoved(
            from_id=school.uuid, to_id=to.uuid, class_ids=tuple(klass.uuid for klass in classes), on=on
        )
        announce(event, by=by, at=now)


@transaction.atomic
def split_school(
    *,
    by: Actor,
    school: Organisation,
    name: str,
    code: str,
    school_type: str,
    classes: Sequence[Klass],
    reason: str,
    on: date,
    now: datetime,
) -> Organisation:
    """Open a new school out of some classes of another, under the same superior, with a new code.

    The classes keep their numbers and their pupils. The old school keeps its code and its staff.
    """
    require(by, Permission.MANAGE, on=superior(school))
    lock_tree()
    old = locked(school, not_in_future(on, now))
    name, reason = tidy_name(name), tidy_reason(reason)
    if old.kind != OrganisationKind.SCHOOL:
        raise NotASchool(organisation=old.name)
    if old.parent is None:
        raise NotFound
    check_superior(OrganisationKind.SCHOOL, school_type, name, old.parent)
    checked = checked_code(code, school_type=school_type, region=old.region, on=on)
    wanted = {klass.pk for klass in classes}
    leaving = [klass for klass in open_classes_at(old) if klass.pk in wanted]
    if not wanted:
        raise NoClassesChosen(field="classes")
    if len(leaving) != len(wanted):
        raise ClassNotThere(field="classes", organisation=old.name)
    _check_taught(name, type_of_school(school_type, on=on).stages, leaving)
    new = insert_organisation(
        by=by,
        kind=OrganisationKind.SCHOOL,
        name=name,
        region=old.region,
        parent=old.parent,
        on=on,
        now=now,
        code=checked,
        school_type=school_type,
        change=ChangeKind.SPLIT_OFF,
        reason=reason,
        other=old,
    )
    _take_classes(new, leaving, on=on)
    change_of(old, ChangeKind.SPLIT, by=by, now=now, on=on, after=name, reason=reason, other=new).save()
    record(
        by=by,
        at=now,
        deed="organisations.school_split",
        subject=subject_of(old),
        details={
            "new": name,
            "school_type": school_type,
            "classes": [[klass.stage, klass.entry_year, klass.number] for klass in leaving],
            "on": on.isoformat(),
            "reason": reason,
        },
    )
    _announce_classes(leaving, old, new, by=by, on=on, now=now)
    announce(SchoolSplit(school_id=old.uuid, new_school_id=new.uuid, on=on), by=by, at=now)
    return new
