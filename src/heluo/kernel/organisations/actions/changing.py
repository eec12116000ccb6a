"""Change an organisation that stays: its name, its superior, its type and code, what is known of it."""

from datetime import date, datetime

from django.db import transaction

from heluo.kernel.actors.errors import refused_as
from heluo.kernel.actors.public import Actor, require
from heluo.kernel.audit.public import record
from heluo.kernel.clock.public import local_day
from heluo.kernel.codes.public import code_of
from heluo.kernel.events.public import announce
from heluo.kernel.organisations.access import Permission
from heluo.kernel.organisations.actions.steps import (
    DECIDED_HERE,
    INSTITUTIONS,
    OrganisationFacts,
    change_of,
    check_superior,
    checked_code,
    checked_facts,
    credit_code_refused,
    describe,
    keep_state,
    lock_tree,
    locked,
    move_below,
    not_in_future,
    open_classes_at,
    set_facts,
    subject_of,
    superior,
    tidy_name,
    tidy_reason,
    type_of_school,
)
from heluo.kernel.organisations.enums import ChangeKind, OrganisationKind, Stage
from heluo.kernel.organisations.errors import (
    AlreadyThere,
    ClassesOfOtherStages,
    CodeNeeded,
    CodeStays,
    CodeTaken,
    CreditCodeMissing,
    FactsUnchanged,
    NameUnchanged,
    NotASchool,
    TreeCycle,
)
from heluo.kernel.organisations.events import (
    OrganisationDescribed,
    OrganisationMoved,
    OrganisationRecoded,
    OrganisationRenamed,
)
from heluo.kernel.organisations.models import Organisation, SchoolCodeIssue
from heluo.kernel.organisations.school_types import school_types

NAMED = ("name", "name_sort", "place_sort", "words")


@transaction.atomic
def rename_organisation(
    *, by: Actor, organisation: Organisation, name: str, reason: str, now: datetime
) -> Organisation:
    """Give an organisation a new name from today on. A school keeps its code."""
    require(by, Permission.MANAGE, on=superior(organisation))
    today = local_day(now)
    fresh = locked(organisation, today)
    name, reason, before = tidy_name(name), tidy_reason(reason), fresh.name
    if name == before:
        raise NameUnchanged(field="name", name=name)
    fresh.name = name
    describe(fresh)
    fresh.save(update_fields=NAMED)
    keep_state(fresh, on=today, now=now)
    change_of(fresh, ChangeKind.RENAMED, by=by, now=now, on=today, before=before, after=name, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_renamed",
        subject=subject_of(fresh),
        details={"before": before, "after": name, "reason": reason},
    )
    announce(OrganisationRenamed(organisation_id=fresh.uuid, old_name=before, new_name=name), by=by, at=now)
    return fresh


@transaction.atomic
def move_organisation(
    *, by: Actor, organisation: Organisation, parent: Organisation, reason: str, now: datetime
) -> Organisation:
    """Put an organisation with everything below it under another superior from today on.

    Paths change in one statement, so rights follow at once; history gets one row, the moved organisation's own.
    """
    require(by, Permission.MANAGE, on=superior(organisation))
    require(by, Permission.MANAGE, on=parent)
    lock_tree()
    today = local_day(now)
    moved, above = locked(organisation, today), locked(parent, today)
    reason = tidy_reason(reason)
    if above.path.startswith(moved.path):
        raise TreeCycle(field="parent", parent=above.name, organisation=moved.name)
    check_superior(OrganisationKind(moved.kind), moved.school_type, moved.name, above)
    if moved.parent_id == above.pk:
        raise AlreadyThere(field="parent", parent=above.name, organisation=moved.name)
    old_path, new_path = moved.path, f"{above.path}{moved.pk}."
    before = moved.parent.name if moved.parent else ""
    count = move_below(old_path, new_path, by=by, now=now)
    moved.parent, moved.parent_source, moved.path = above, DECIDED_HERE, new_path
    moved.save(update_fields=["parent", "parent_source"])
    keep_state(moved, on=today, now=now)
    change_of(moved, ChangeKind.MOVED, by=by, now=now, on=today, before=before, after=above.name, reason=reason).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_moved",
        subject=subject_of(moved),
        details={"before": old_path, "after": new_path, "nodes": count, "reason": reason},
    )
    announce(OrganisationMoved(organisation_id=moved.uuid, old_path=old_path, new_path=new_path), by=by, at=now)
    return moved


@transaction.atomic
def recode_school(
    *, by: Actor, organisation: Organisation, school_type: str, code: str = "", reason: str, on: date, now: datetime
) -> Organisation:
    """Change the type of a school, and with the class of its code the code: the old one is void for ever.

    While the class stays, so does the code; then `code` is left empty. The same type with a new code replaces a code
    that was given out wrongly.
    """
    require(by, Permission.MANAGE, on=superior(organisation))
    school = locked(organisation, not_in_future(on, now))
    reason = tidy_reason(reason)
    if school.kind != OrganisationKind.SCHOOL:
        raise NotASchool(organisation=school.name)
    new, old = type_of_school(school_type, on=on), school_types().get(school.school_type)
    if school.parent is not None:
        check_superior(OrganisationKind.SCHOOL, school_type, school.name, school.parent)
    _check_stages(school, new.stages)
    before, before_type = school.code or "", school.school_type
    if old is not None and new.code_class == old.code_class and school_type != school.school_type:
        if code.strip():
            raise CodeStays(field="code", code=before)
        after = before
    elif code.strip():
        after = checked_code(code, school_type=school_type, region=school.region, on=on)
    else:
        raise CodeNeeded(field="code", expected=new.code_class)
    if after != before:
        replace_code(school, after, on=on)
    school.school_type = school_type
    describe(school)
    school.save(update_fields=["code", "school_type", "words"])
    keep_state(school, on=on, now=now)
    _note_recoding(school, before=before, before_type=before_type, reason=reason, on=on, by=by, now=now)
    return school


def _check_stages(school: Organisation, stages: tuple[Stage, ...]) -> None:
    """A school cannot become of a type that does not teach the classes it has."""
    others = [klass for klass in open_classes_at(school) if klass.stage not in stages]
    if others:
        stage = Stage(others[0].stage).label
        raise ClassesOfOtherStages(field="school_type", organisation=school.name, count=len(others), stage=stage)


def replace_code(school: Organisation, code: str, *, on: date) -> None:
    """Void the code of a locked school for ever and give it another; the school itself is not saved."""
    SchoolCodeIssue.objects.filter(organisation=school, withdrawn_on=None).update(withdrawn_on=on)
    with refused_as(CodeTaken, constraint="school_code_once_for_ever", field="code", code=code):
        SchoolCodeIssue.objects.create(code=code, organisation=school, issued_on=on)
    school.code = code


def _note_recoding(
    school: Organisation, *, before: str, before_type: str, reason: str, on: date, by: Actor, now: datetime
) -> None:
    changes = []
    if school.school_type != before_type:
        names = [str(code_of("school-type", value, on=on)) for value in (before_type, school.school_type)]
        changes.append(
            change_of(school, ChangeKind.RETYPED, by=by, now=now, on=on, before=names[0], after=names[1], reason=reason)
        )
    if school.code != before:
        changes.append(
            change_of(
                school,
                ChangeKind.RECODED,
                by=by,
                now=now,
                on=on,
                before=before,
                after=school.code or "",
                reason=reason,
            )
        )
    for change in changes:
        change.save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_recoded",
        subject=subject_of(school),
        details={"before": before, "after": school.code, "school_type": school.school_type, "reason": reason},
    )
    announce(
        OrganisationRecoded(organisation_id=school.uuid, old_code=before, new_code=school.code or ""), by=by, at=now
    )


@transaction.atomic
def record_facts(*, by: Actor, organisation: Organisation, facts: OrganisationFacts, now: datetime) -> Organisation:
    """Replace what is known of an organisation beside its name, from today on. Its own staff may do this."""
    require(by, Permission.RECORD_FACTS, on=organisation)
    today = local_day(now)
    fresh = locked(organisation, today)
    checked = checked_facts(facts, school_type=fresh.school_type, on=today)
    if not checked.credit_code and fresh.kind in INSTITUTIONS:
        raise CreditCodeMissing(field="credit_code")
    changed = set_facts(fresh, checked)
    if not changed:
        raise FactsUnchanged
    describe(fresh)
    with credit_code_refused(fresh):
        fresh.save(update_fields=[*changed, "words"])
    keep_state(fresh, on=today, now=now)
    change_of(fresh, ChangeKind.DESCRIBED, by=by, now=now, on=today, after=",".join(changed)).save()
    record(
        by=by,
        at=now,
        deed="organisations.organisation_described",
        subject=subject_of(fresh),
        details={name: {"before": before, "after": after} for name, (before, after) in changed.items()},
    )
    announce(OrganisationDescribed(organisation_id=fresh.uuid), by=by, at=now)
    return fresh
